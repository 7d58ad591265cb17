import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { CodeField } from './CodeField.tsx';
import { ConnectionField } from './ConnectionField.tsx';
import { DevicesField } from './DevicesField.tsx';
import { DurationField } from './DurationField.tsx';
import { type ControlProps, shownValue, textsOf, textValue } from './field.ts';
import { JsonField } from './JsonField.tsx';
import { ListField } from './ListField.tsx';
import { PathField } from './PathField.tsx';
import { SuggestingField } from './SuggestingField.tsx';
import { ValueField } from './ValueField.tsx';

/** The control of one setting, by what its schema says of it. */
export function ConfigField(props: ControlProps) {
  switch (props.field.meta.widget) {
    case 'text':
    case 'topic':
      return <Line {...props} />;
    case 'multiline':
      return <Line {...props} lines={4} />;
    case 'number':
      return <NumberControl {...props} />;
    case 'switch':
      return <SwitchControl {...props} />;
    case 'choice':
      return <ChoiceControl {...props} />;
    case 'duration':
      return <DurationField {...props} />;
    case 'path':
      return <PathField {...props} />;
    case 'value':
      return <ValueField {...props} />;
    case 'devices':
      return <DevicesField {...props} />;
    case 'connection':
      return <ConnectionField {...props} />;
    case 'code':
      return <CodeField {...props} />;
    case 'unit':
    case 'zone':
      return <SuggestingField {...props} />;
    case 'json':
      return <JsonField {...props} />;
    case 'list':
      return <ListField {...props} Control={ConfigField} />;
  }
}

function Line(props: ControlProps & { readonly lines?: number }) {
  const { meta, isOptional } = props.field;
  return (
    <TextField
      {...textsOf(props)}
      value={textValue(props)}
      onChange={(text) => props.onChange(text === '' && isOptional ? undefined : text)}
      onBlur={props.onDone}
      lines={props.lines}
      isMono={meta.widget === 'topic'}
      placeholder={meta.placeholder}
      suffix={meta.unit}
    />
  );
}

function NumberControl(props: ControlProps) {
  const shown = shownValue(props);
  return (
    <NumberField
      {...textsOf(props)}
      value={typeof shown === 'number' ? shown : Number.NaN}
      onChange={(number) => props.onChange(Number.isNaN(number) ? undefined : number)}
      onBlur={props.onDone}
      unit={props.field.meta.unit}
      placeholder={props.field.meta.placeholder}
    />
  );
}

function SwitchControl(props: ControlProps) {
  const { label, description, error } = textsOf(props);
  return (
    <Switch
      isSelected={shownValue(props) === true}
      onChange={props.onChange}
      description={error ?? description}
    >
      {label}
    </Switch>
  );
}

function ChoiceControl(props: ControlProps) {
  const options = props.field.meta.options ?? [];
  return (
    <Select
      {...textsOf(props)}
      choices={options.map((option) => ({
        id: option.value,
        label: option.label,
        description: option.description,
      }))}
      value={textValue(props) === '' ? null : textValue(props)}
      onChange={props.onChange}
      onBlur={props.onDone}
    />
  );
}
