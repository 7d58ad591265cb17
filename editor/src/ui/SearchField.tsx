import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { Button } from 'react-aria-components/Button';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import { SearchField as AriaSearchField } from 'react-aria-components/SearchField';
import type { ControlSize } from './Button.tsx';
import { classes } from './classes.ts';
import { inputLook } from './Field.tsx';

export interface SearchFieldProps {
  /** What is searched, as `Search devices`: the name of the field, and its placeholder. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onSubmit?: ((text: string) => void) | undefined;
  readonly size?: ControlSize | undefined;
  readonly autoFocus?: boolean | undefined;
  readonly inputRef?: Ref<HTMLInputElement> | undefined;
}

/** Narrows down what is below it while one types. Escape empties it. */
export function SearchField(props: SearchFieldProps) {
  const { label, value, onChange, onSubmit, size = 'medium', autoFocus = false, inputRef } = props;
  return (
    <AriaSearchField
      aria-label={label}
      value={value}
      onChange={onChange}
      onSubmit={(text) => onSubmit?.(text)}
      autoFocus={autoFocus}
      className="group min-w-0"
    >
      <Group className={classes(inputLook(size), 'flex items-center gap-2 pr-1!')}>
        <Search size={16} className="shrink-0 text-ink-soft" aria-hidden="true" />
        <Input
          ref={inputRef ?? null}
          placeholder={label}
          className="w-full min-w-0 flex-1 bg-transparent outline-none! [&::-webkit-search-cancel-button]:hidden"
        />
        <Button className="flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-soft group-data-empty:invisible data-hovered:bg-hover">
          <X size={14} aria-hidden="true" />
        </Button>
      </Group>
    </AriaSearchField>
  );
}
