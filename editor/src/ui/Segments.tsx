import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';

export interface SegmentsProps<Id extends string> {
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly choices: readonly { readonly id: Id; readonly label: string }[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

/** One out of two or three, all of them to be seen. */
export function Segments<Id extends string>({ label, choices, value, onChange }: SegmentsProps<Id>) {
  return (
    <RadioGroup
      aria-label={label}
      orientation="horizontal"
      value={value}
      onChange={(chosen) => {
        const found = choices.find(({ id }) => id === chosen);
        if (found !== undefined) onChange(found.id);
      }}
      className="flex w-fit gap-0.5 rounded-md border border-line bg-sunken p-0.5"
    >
      {choices.map((choice) => (
        <Radio
          key={choice.id}
          value={choice.id}
          className="flex h-7 min-w-12 cursor-default items-center justify-center rounded-sm px-2.5 whitespace-nowrap text-ink-soft data-focus-visible:outline-2 data-focus-visible:outline-accent data-hovered:text-ink data-selected:bg-surface data-selected:font-medium data-selected:text-accent-text data-selected:shadow-card"
        >
          {choice.label}
        </Radio>
      ))}
    </RadioGroup>
  );
}
