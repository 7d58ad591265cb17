import { ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ComboBox as AriaComboBox } from 'react-aria-components/ComboBox';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import { Popover } from 'react-aria-components/Popover';
import { classes } from './classes.ts';
import { FIELD_LOOK, FieldLabel, FieldNotes, type FieldTexts, inputLook } from './Field.tsx';
import { type Choice, ChoiceList, POPUP_LOOK } from './ListItems.tsx';

interface ComboBoxBase extends FieldTexts {
  readonly choices: readonly Choice[];
  readonly placeholder?: string | undefined;
  /** Shown in place of the list when nothing fits what was typed. */
  readonly empty?: string | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly isMono?: boolean | undefined;
  readonly autoFocus?: boolean | undefined;
  readonly onBlur?: (() => void) | undefined;
}

export interface ComboBoxProps extends ComboBoxBase {
  /** The id that is chosen; `null` for none. */
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

/** One out of many, found by typing. */
export function ComboBox({ value, onChange, ...base }: ComboBoxProps) {
  return (
    <AriaComboBox<Choice>
      defaultItems={base.choices}
      value={value}
      onChange={(id) => onChange(id === null ? null : String(id))}
      {...shared(base)}
    >
      <ComboBoxParts {...base} />
    </AriaComboBox>
  );
}

export interface SuggestFieldProps extends ComboBoxBase {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A text field that suggests: what is typed is kept, also where no suggestion fits. A choice writes its label. */
export function SuggestField({ value, onChange, ...base }: SuggestFieldProps) {
  return (
    <AriaComboBox<Choice>
      defaultItems={base.choices}
      inputValue={value}
      onInputChange={onChange}
      allowsCustomValue
      {...shared(base)}
    >
      <ComboBoxParts {...base} />
    </AriaComboBox>
  );
}

function shared(base: ComboBoxBase) {
  return {
    isDisabled: base.isDisabled ?? false,
    isInvalid: base.error !== undefined,
    autoFocus: base.autoFocus ?? false,
    menuTrigger: 'input' as const,
    allowsEmptyCollection: base.empty !== undefined,
    className: FIELD_LOOK,
    onBlur: () => base.onBlur?.(),
  };
}

function ComboBoxParts(props: ComboBoxBase) {
  const { size = 'medium', placeholder = '', empty = 'Nothing fits.', isMono = false } = props;
  return (
    <>
      <FieldLabel {...props} />
      <Group className={classes(inputLook(size), 'flex items-center pr-1!')}>
        <Input
          placeholder={placeholder}
          className={classes('w-full min-w-0 flex-1 bg-transparent outline-none!', isMono && 'font-mono')}
        />
        <Button className="flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-soft data-hovered:bg-hover">
          <ChevronDown size={16} aria-hidden="true" />
        </Button>
      </Group>
      <FieldNotes {...props} />
      <Popover className={POPUP_LOOK} offset={4}>
        <ChoiceList empty={empty} />
      </Popover>
    </>
  );
}
