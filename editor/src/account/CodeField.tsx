import type { Ref } from 'react';
import type { ControlSize } from '../ui/Button.tsx';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { CODE_WORDS, type CodeWay } from './codes.ts';

export interface CodeFieldProps {
  readonly way: CodeWay;
  readonly onWay: (way: CodeWay) => void;
  readonly code: string;
  readonly onChange: (code: string) => void;
  readonly error: string | undefined;
  readonly inputRef?: Ref<HTMLInputElement> | undefined;
  readonly size?: ControlSize | undefined;
  readonly autoFocus?: boolean | undefined;
}

/** Asks for the code of the authenticator, or for a recovery code in its place. */
export function CodeField(props: CodeFieldProps) {
  const { way, onWay, code, onChange, error, inputRef, size = 'large', autoFocus = false } = props;
  const words = CODE_WORDS[way];
  return (
    <div className="flex flex-col items-start gap-1">
      <div className="w-full">
        <TextField
          label={words.label}
          name="code"
          autoComplete={way === 'authenticator' ? 'one-time-code' : 'off'}
          inputMode={way === 'authenticator' ? 'numeric' : 'text'}
          autoCorrect="off"
          spellCheck="false"
          isMono
          size={size}
          value={code}
          onChange={onChange}
          inputRef={inputRef}
          description={words.description}
          error={error}
          autoFocus={autoFocus}
          maxLength={40}
        />
      </div>
      <span className="-ml-2">
        <Button
          variant="quiet"
          size="small"
          onPress={() => onWay(way === 'authenticator' ? 'recovery' : 'authenticator')}
        >
          {words.other}
        </Button>
      </span>
    </div>
  );
}
