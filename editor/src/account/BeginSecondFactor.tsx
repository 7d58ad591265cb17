import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { RemoteError } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { Authenticator } from './ConfirmAuthenticator.tsx';
import { FormProblem } from './FormProblem.tsx';

const FORM_ID = 'begin-second-factor';

export interface BeginSecondFactorProps {
  readonly onClose: () => void;
  readonly onBegun: (authenticator: Authenticator) => void;
}

/** Asks for the password: who finds a page open must not be able to lock its owner out. */
export function BeginSecondFactor({ onClose, onBegun }: BeginSecondFactorProps) {
  const [password, setPassword] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const begin = useMutation({
    mutationFn: () => remote.call('beginSecondFactor', { body: { password } }),
    onSuccess: onBegun,
  });
  const refused = begin.error instanceof RemoteError ? begin.error : undefined;
  const wrong = refused?.code === 'wrong-credentials' ? refused.message : undefined;
  function submit(event: FormEvent) {
    event.preventDefault();
    setIsMissing(password === '');
    if (password !== '') begin.mutate();
  }
  return (
    <Dialog
      title="Turn on the second factor"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isPending={begin.isPending}>
            Go on
          </Button>
        </>
      }
    >
      <form id={FORM_ID} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-ink-soft">
          You need an authenticator app on your phone, such as one of those that come with it. Nothing changes
          until a code of it is confirmed.
        </p>
        <TextField
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(text) => {
            setPassword(text);
            begin.reset();
          }}
          error={isMissing && password === '' ? 'Write your password.' : wrong}
          autoFocus
        />
        <FormProblem sentence={wrong === undefined ? begin.error?.message : undefined} />
      </form>
    </Dialog>
  );
}
