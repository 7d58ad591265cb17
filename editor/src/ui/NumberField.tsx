import { Minus, Plus } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import {
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
} from 'react-aria-components/NumberField';
import { classes } from './classes.ts';
import { FIELD_LOOK, FieldLabel, FieldNotes, type FieldTexts, inputLook } from './Field.tsx';

export interface NumberFieldProps
  extends FieldTexts,
    Omit<AriaNumberFieldProps, 'className' | 'style' | 'children' | 'isInvalid' | 'render'> {
  /** Shown at the end of the box, as `°C`. */
  readonly unit?: string | undefined;
  readonly placeholder?: string | undefined;
}

const STEP_LOOK =
  'flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-soft data-hovered:bg-hover data-disabled:opacity-40';

/** A number with its unit; arrow keys and small buttons step it. `onChange` gets NaN when the box was emptied. */
export function NumberField(props: NumberFieldProps) {
  const {
    label,
    isLabelHidden,
    description,
    error,
    size = 'medium',
    unit,
    placeholder = '',
    ...rest
  } = props;
  const texts: FieldTexts = { label, isLabelHidden, description, error, size };
  return (
    <AriaNumberField
      formatOptions={{ maximumFractionDigits: 12, useGrouping: false }}
      {...rest}
      isInvalid={error !== undefined}
      className={FIELD_LOOK}
    >
      <FieldLabel {...texts} />
      <Group className={classes(inputLook(size), 'flex items-center gap-0.5 pr-1!')}>
        <Input
          placeholder={placeholder}
          className="w-full min-w-0 flex-1 bg-transparent tabular-nums outline-none!"
        />
        {unit !== undefined && <span className="shrink-0 pr-2 pl-1 text-ink-soft">{unit}</span>}
        <Button slot="decrement" className={STEP_LOOK}>
          <Minus size={14} aria-hidden="true" />
        </Button>
        <Button slot="increment" className={STEP_LOOK}>
          <Plus size={14} aria-hidden="true" />
        </Button>
      </Group>
      <FieldNotes {...texts} />
    </AriaNumberField>
  );
}
