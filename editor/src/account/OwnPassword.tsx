import { TextField } from '../ui/TextField.tsx';

export interface OwnPasswordProps {
  readonly password: string;
  readonly onChange: (password: string) => void;
  readonly error: string | undefined;
}

/** Asks for the password of who is signed in, before a step that must not be done by who finds the page open. */
export function OwnPassword({ password, onChange, error }: OwnPasswordProps) {
  return (
    <TextField
      label="Your password"
      name="password"
      type="password"
      autoComplete="current-password"
      value={password}
      onChange={onChange}
      error={error}
      autoFocus
    />
  );
}
