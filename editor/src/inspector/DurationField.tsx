import { useState } from 'react';
import { Group } from 'react-aria-components/Group';
import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { TextField } from '../ui/TextField.tsx';
import { type ControlProps, textsOf, textValue } from './field.ts';

const UNITS = [
  { id: 'ms', label: 'milliseconds' },
  { id: 's', label: 'seconds' },
  { id: 'm', label: 'minutes' },
  { id: 'h', label: 'hours' },
  { id: 'd', label: 'days' },
] as const;

/** A length of time: a number and its unit. One of several parts, such as `1h30m`, stays a text. */
export function DurationField(props: ControlProps) {
  const text = textValue(props);
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const [unitWhenEmpty, setUnitWhenEmpty] = useState('s');
  const { label, description, error } = textsOf(props);
  if (text !== '' && parts === null) {
    return (
      <TextField {...textsOf(props)} value={text} onChange={props.onChange} onBlur={props.onDone} isMono />
    );
  }
  const unit = parts?.[2] ?? unitWhenEmpty;
  return (
    <Group aria-label={label} className="grid grid-cols-[1fr_auto] items-start gap-x-2">
      <NumberField
        label={label}
        description={description}
        error={error}
        value={parts === null ? Number.NaN : Number(parts[1])}
        minValue={0}
        onChange={(number) => props.onChange(Number.isNaN(number) ? undefined : `${number}${unit}`)}
        onBlur={props.onDone}
      />
      <div className="w-32 pt-6">
        <Select
          label={`Unit of ${label}`}
          isLabelHidden
          choices={UNITS}
          value={unit}
          onChange={(next) => {
            setUnitWhenEmpty(next);
            if (parts !== null) props.onChange(`${parts[1]}${next}`);
            props.onDone();
          }}
        />
      </div>
    </Group>
  );
}
