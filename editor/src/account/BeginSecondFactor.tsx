import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { remote } from '../state/remoteQueries.ts';
import type { Authenticator } from './ConfirmAuthenticator.tsx';
import { FormDialog } from './FormDialog.tsx';
import { OwnPassword } from './OwnPassword.tsx';
import { refusedBy } from './refused.ts';

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
  const refused = refusedBy(begin.error, { 'wrong-credentials': 'password' });
  return (
    <FormDialog
      title="Turn on the second factor"
      lead="You need an authenticator app on your phone, such as one of those that come with it. Nothing changes until a code of it is confirmed."
      action="Go on"
      isPending={begin.isPending}
      problem={refused.whole}
      onSubmit={() => {
        setIsMissing(password === '');
        if (password !== '') begin.mutate();
      }}
      onClose={onClose}
    >
      <OwnPassword
        password={password}
        onChange={(text) => {
          setPassword(text);
          setIsMissing(false);
          begin.reset();
        }}
        error={isMissing ? 'Write your password.' : refused.at('password')}
      />
    </FormDialog>
  );
}
