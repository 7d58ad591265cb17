import { useState } from 'react';
import { TextField } from '../ui/TextField.tsx';
import { type ControlProps, shownValue, textsOf } from './field.ts';

/** Any JSON, as text. Text that is not JSON yet stays in the box and is not written to the settings. */
export function JsonField(props: ControlProps & { readonly isLabelHidden?: boolean }) {
  const written = toText(shownValue(props));
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const problem = draft === undefined ? undefined : problemOf(draft);
  const { isLabelHidden = false } = props;
  return (
    <TextField
      {...textsOf(props)}
      isLabelHidden={isLabelHidden}
      error={problem ?? props.error}
      value={draft ?? written}
      onChange={(text) => {
        setDraft(text);
        if (text.trim() === '' && props.field.isOptional) props.onChange(undefined);
        else if (problemOf(text) === undefined) props.onChange(JSON.parse(text));
      }}
      onBlur={() => {
        if (problem === undefined) setDraft(undefined);
        props.onDone();
      }}
      lines={written.includes('\n') || (draft ?? '').includes('\n') ? 5 : 2}
      placeholder={props.field.meta.placeholder ?? '"text", 12, true or { "a": 1 }'}
      isMono
    />
  );
}

function toText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, undefined, 2);
}

function problemOf(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `This is not JSON yet: ${reason}. Text goes in double quotes.`;
  }
}
