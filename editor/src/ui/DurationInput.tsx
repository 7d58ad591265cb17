import { useState } from 'react';
import { Group } from 'react-aria-components/Group';
import type { FieldTexts } from './Field.tsx';
import { NumberField } from './NumberField.tsx';
import { Select } from './Select.tsx';
import { TextField } from './TextField.tsx';

const UNITS = [
  { id: 'ms', label: 'milliseconds' },
  { id: 's', label: 'seconds' },
  { id: 'm', label: 'minutes' },
  { id: 'h', label: 'hours' },
  { id: 'd', label: 'days' },
] as const;

export interface DurationInputProps extends Pick<FieldTexts, 'label' | 'description' | 'error'> {
  /** As `10m`; empty for none. */
  readonly value: string;
  /** `undefined` when the box was emptied. */
  readonly onChange: (duration: string | undefined) => void;
  readonly onDone?: (() => void) | undefined;
}

/** A length of time: a number and its unit. One of several parts, such as `1h30m`, stays a text. */
export function DurationInput(props: DurationInputProps) {
  const { label, description, error, value, onChange, onDone = () => {} } = props;
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value);
  const [unitWhenEmpty, setUnitWhenEmpty] = useState('s');
  if (value !== '' && parts === null) {
    return (
      <TextField
        label={label}
        description={description}
        error={error}
        value={value}
        onChange={onChange}
        onBlur={onDone}
        isMono
      />
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
        onChange={(number) => onChange(Number.isNaN(number) ? undefined : `${number}${unit}`)}
        onBlur={onDone}
      />
      <div className="w-32 pt-6">
        <Select
          label={`Unit of ${label}`}
          isLabelHidden
          choices={UNITS}
          value={unit}
          onChange={(next) => {
            setUnitWhenEmpty(next);
            if (parts !== null) onChange(`${parts[1]}${next}`);
            onDone();
          }}
        />
      </div>
    </Group>
  );
}
