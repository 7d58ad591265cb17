import type { ReactNode, Ref } from 'react';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import { TextArea } from 'react-aria-components/TextArea';
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components/TextField';
import { classes } from './classes.ts';
import { FIELD_LOOK, FieldLabel, FieldNotes, type FieldTexts, inputLook } from './Field.tsx';

export interface TextFieldProps
  extends FieldTexts,
    Omit<AriaTextFieldProps, 'className' | 'style' | 'children' | 'isInvalid' | 'render'> {
  readonly placeholder?: string | undefined;
  /** As many lines as this; one without it. */
  readonly lines?: number | undefined;
  /** For paths, topics and code. */
  readonly isMono?: boolean | undefined;
  /** A unit or a small button at the end of the box. */
  readonly suffix?: ReactNode;
  /** The element that is typed into, where there is one line; for the focus. */
  readonly inputRef?: Ref<HTMLInputElement> | undefined;
}

/** One line of text, or several. */
export function TextField(props: TextFieldProps) {
  const { label, isLabelHidden, description, error, size = 'medium', ...own } = props;
  const { placeholder = '', lines, isMono = false, suffix, inputRef, ...rest } = own;
  const texts: FieldTexts = { label, isLabelHidden, description, error, size };
  return (
    <AriaTextField {...rest} isInvalid={error !== undefined} className={FIELD_LOOK}>
      <FieldLabel {...texts} />
      {lines === undefined ? (
        <Line placeholder={placeholder} isMono={isMono} suffix={suffix} size={size} inputRef={inputRef} />
      ) : (
        <TextArea
          rows={lines}
          placeholder={placeholder}
          className={classes(inputLook(size), 'resize-y py-1.5', isMono && 'font-mono')}
        />
      )}
      <FieldNotes {...texts} />
    </AriaTextField>
  );
}

function Line({
  placeholder = '',
  isMono,
  suffix,
  inputRef = null,
  size = 'medium',
}: Omit<TextFieldProps, 'label'>) {
  if (suffix === undefined) {
    return (
      <Input
        ref={inputRef}
        placeholder={placeholder}
        className={classes(inputLook(size), isMono === true && 'font-mono')}
      />
    );
  }
  return (
    <Group className={classes(inputLook(size), 'flex items-center gap-1')}>
      <Input
        ref={inputRef}
        placeholder={placeholder}
        className={classes(
          'w-full min-w-0 flex-1 bg-transparent outline-none!',
          isMono === true && 'font-mono',
        )}
      />
      <span className="shrink-0 text-ink-soft">{suffix}</span>
    </Group>
  );
}
