import type { User } from '@sluice/shared/protocol/people.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { acceptUser, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { FormProblem } from './FormProblem.tsx';

export interface SignInFormProps {
  readonly email?: string | undefined;
  readonly onSignedIn: (user: User) => void;
}

/**
 * E-mail and password. What is wrong is said in words, and the password is emptied after a wrong try. Part of the first
 * load, since it has to come up over an open page without loading anything, so it does without a form library.
 */
export function SignInForm({ email: startEmail = '', onSignedIn }: SignInFormProps) {
  const [email, setEmail] = useState(startEmail);
  const [password, setPassword] = useState('');
  const [isChecked, setIsChecked] = useState(false);
  const passwordInput = useRef<HTMLInputElement>(null);
  const signIn = useMutation({
    mutationFn: () => remote.call('signIn', { body: { email: email.trim(), password } }),
    onSuccess: (user) => {
      acceptUser(user);
      onSignedIn(user);
    },
    onError: () => {
      setPassword('');
      setIsChecked(false);
      passwordInput.current?.focus();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setIsChecked(true);
    if (email.trim() !== '' && password !== '') signIn.mutate();
  }
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        size="large"
        value={email}
        onChange={setEmail}
        error={isChecked && email.trim() === '' ? 'Write the e-mail address of your account.' : undefined}
        autoFocus={startEmail === ''}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        size="large"
        value={password}
        onChange={setPassword}
        inputRef={passwordInput}
        error={isChecked && password === '' ? 'Write your password.' : undefined}
        autoFocus={startEmail !== ''}
      />
      <FormProblem sentence={signIn.isError ? sentenceOf(signIn.error) : undefined} />
      <Button type="submit" variant="primary" size="large" isWide isPending={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
