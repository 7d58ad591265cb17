import { useState } from 'react';
import { TextField } from '../ui/TextField.tsx';
import { type ControlProps, shownValue, textsOf } from './field.ts';
import { jsonProblem } from './jsonText.ts';

/** Any JSON, as text. Text that is not JSON yet stays in the box and is not written to the settings. */
export function JsonField(props: ControlProps & { readonly isLabelHidden?: boolean }) {
  const written = toText(shownValue(props));
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const problem = draft === undefined ? undefined : jsonProblem(draft);
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
        else if (jsonProblem(text) === undefined) props.onChange(JSON.parse(text));
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
