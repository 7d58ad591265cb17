import { formOf, type Value, type ValueKind } from '@sluice/shared/message/value.ts';
import { Group } from 'react-aria-components/Group';
import { SuggestField } from '../ui/ComboBox.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { TextField } from '../ui/TextField.tsx';
import { type ControlProps, shownValue, textsOf } from './field.ts';
import { JsonField } from './JsonField.tsx';
import { pathChoices } from './PathField.tsx';

const KINDS: readonly { readonly id: ValueKind; readonly label: string; readonly description: string }[] = [
  { id: 'literal', label: 'Fixed', description: 'The same for every message.' },
  { id: 'path', label: 'From the message', description: 'A field of the message that comes in.' },
  { id: 'template', label: 'Text with fields', description: 'Text in which {{payload.x}} is filled in.' },
  { id: 'expression', label: 'Calculated', description: 'A JSONata expression over the message.' },
];

/** A setting that is fixed or comes from the message. */
export function ValueField(props: ControlProps) {
  const form = formOf(asValue(shownValue(props)));
  const { label } = textsOf(props);
  return (
    <Group aria-label={label} className="flex flex-col gap-1">
      <div className="flex items-end justify-between gap-2">
        <span className="font-medium">{label}</span>
        <div className="w-40">
          <Select
            label={`How “${label}” is given`}
            isLabelHidden
            size="small"
            choices={KINDS}
            value={form.kind}
            onChange={(kind) => {
              if (kind !== form.kind) props.onChange(emptyOf(kind, props));
              props.onDone();
            }}
          />
        </div>
      </div>
      <Box {...props} />
    </Group>
  );
}

function Box(props: ControlProps) {
  const form = formOf(asValue(shownValue(props)));
  const texts = { ...textsOf(props), isLabelHidden: true };
  switch (form.kind) {
    case 'literal':
      return <Literal {...props} value={shownValue(props) === undefined ? undefined : form.literal} />;
    case 'path':
      return (
        <SuggestField
          {...texts}
          value={form.path}
          onChange={(path) => props.onChange({ path })}
          onBlur={props.onDone}
          choices={pathChoices(props.sample)}
          empty="No message has come yet to choose from. Type a path such as payload.temperature."
          isMono
        />
      );
    case 'template':
      return (
        <TextField
          {...texts}
          value={form.template}
          onChange={(template) => props.onChange({ template })}
          onBlur={props.onDone}
          placeholder="alerts/{{device}}"
          lines={2}
          isMono
        />
      );
    case 'expression':
      return (
        <TextField
          {...texts}
          value={form.expression}
          onChange={(expression) => props.onChange({ expression })}
          onBlur={props.onDone}
          placeholder="payload.temperature * 1.8 + 32"
          lines={2}
          isMono
        />
      );
  }
}

function Literal(props: ControlProps) {
  const { of: kind, unit, placeholder } = props.field.meta;
  const texts = { ...textsOf(props), isLabelHidden: true };
  if (kind === 'number') {
    return (
      <NumberField
        {...texts}
        value={typeof props.value === 'number' ? props.value : Number.NaN}
        onChange={(number) => props.onChange(Number.isNaN(number) ? undefined : number)}
        onBlur={props.onDone}
        unit={unit}
      />
    );
  }
  if (kind === 'text') {
    return (
      <TextField
        {...texts}
        value={typeof props.value === 'string' ? props.value : ''}
        onChange={(text) => props.onChange(text === '' && props.field.isOptional ? undefined : text)}
        onBlur={props.onDone}
        placeholder={placeholder}
        suffix={unit}
      />
    );
  }
  return <JsonField {...props} isLabelHidden />;
}

/** Settings are JSON; a setting that is not there reads as an empty text. */
function asValue(shown: unknown): Value {
  return shown === undefined ? '' : (shown as Value);
}

function emptyOf(kind: string, { field }: ControlProps): unknown {
  switch (kind) {
    case 'path':
      return { path: 'payload.value' };
    case 'template':
      return { template: '' };
    case 'expression':
      return { expression: 'payload.value' };
    default:
      return field.fallback;
  }
}
