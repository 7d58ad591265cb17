import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { Popover } from 'react-aria-components/Popover';
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select';
import { ListBox } from 'react-aria-components/ListBox';
import { classes } from './classes.ts';
import { FIELD_LOOK, FieldLabel, FieldNotes, type FieldTexts, inputLook } from './Field.tsx';
import { type Choice, ChoiceItem, POPUP_LOOK } from './ListItems.tsx';

export interface SelectProps extends FieldTexts {
  readonly choices: readonly Choice[];
  /** The id that is chosen; `null` for none. */
  readonly value: string | null;
  readonly onChange: (id: string) => void;
  readonly placeholder?: string | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly isRequired?: boolean | undefined;
  readonly autoFocus?: boolean | undefined;
  readonly onBlur?: (() => void) | undefined;
}

/** One out of a few. For many, or to type one's own, take `ComboBox`. */
export function Select(props: SelectProps) {
  const { choices, value, onChange, placeholder = 'Choose…', size = 'medium' } = props;
  return (
    <AriaSelect
      value={value}
      onChange={(id) => {
        if (id !== null) onChange(String(id));
      }}
      onFocusChange={(isFocused) => {
        if (!isFocused) props.onBlur?.();
      }}
      isDisabled={props.isDisabled ?? false}
      isRequired={props.isRequired ?? false}
      autoFocus={props.autoFocus ?? false}
      isInvalid={props.error !== undefined}
      placeholder={placeholder}
      className={FIELD_LOOK}
    >
      <FieldLabel {...props} />
      <Button className={classes(inputLook(size), 'flex items-center justify-between gap-2 text-left')}>
        <SelectValue className="truncate data-placeholder:text-ink-faint">
          {({ isPlaceholder, selectedText }) => (isPlaceholder ? placeholder : selectedText)}
        </SelectValue>
        <ChevronDown size={16} className="shrink-0 text-ink-soft" aria-hidden="true" />
      </Button>
      <FieldNotes {...props} />
      <Popover className={POPUP_LOOK} offset={4}>
        <ListBox
          items={choices}
          className="max-h-80 min-w-[var(--trigger-width)] overflow-auto p-1 outline-none"
        >
          {(choice: Choice) => <ChoiceItem choice={choice} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
