import { TextField } from '../ui/TextField.tsx';
import type { SignInSteps } from './useSignInSteps.ts';

export interface PasswordFieldProps {
  readonly steps: SignInSteps;
  readonly label: string;
  readonly autoFocus: boolean;
}

/** Asks for the password of an account that is there. */
export function PasswordField({ steps, label, autoFocus }: PasswordFieldProps) {
  const { fields, change, isChecked, input } = steps;
  return (
    <TextField
      label={label}
      name="password"
      type="password"
      autoComplete="current-password"
      size="large"
      value={fields.password}
      onChange={(password) => change({ password })}
      inputRef={input}
      error={isChecked && fields.password === '' ? 'Write your password.' : undefined}
      autoFocus={autoFocus}
    />
  );
}
