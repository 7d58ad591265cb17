import type { Account } from '@sluice/shared/protocol/people.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { remote, queries } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastDone } from '../ui/toasts.ts';
import { sessionsQuery } from './accountQueries.ts';
import { FormProblem } from './FormProblem.tsx';
import { passwordAdvice } from './passwordAdvice.ts';
import { PasswordMeter } from './PasswordMeter.tsx';
import { type PasswordProblems, passwordProblems } from './passwordProblems.ts';
import { refusedBy } from './refused.ts';

const EMPTY = { current: '', next: '' };

/** Changes one's own password. */
export function PasswordForm({ account }: { readonly account: Account }) {
  const [fields, setFields] = useState(EMPTY);
  const [problems, setProblems] = useState<PasswordProblems>({});
  const change = useMutation({
    mutationFn: () => remote.call('changePassword', { body: fields }),
    onSuccess: async () => {
      setFields(EMPTY);
      toastDone('Your password is changed', { detail: 'Your other sessions have ended.' });
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  const refused = refusedBy(change.error, { 'wrong-credentials': 'current', 'invalid-input': 'next' });
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = passwordProblems(fields);
    setProblems(found);
    if (Object.keys(found).length === 0) change.mutate();
  }
  return (
    <form noValidate onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <p className="text-ink-soft">
        A new password ends your other sessions: every other browser has to sign in again. API tokens stay.
      </p>
      <TextField
        label="Present password"
        name="current"
        type="password"
        autoComplete="current-password"
        value={fields.current}
        onChange={(current) => setFields({ ...fields, current })}
        error={problems.current ?? refused.at('current')}
      />
      <TextField
        label="New password"
        name="next"
        type="password"
        autoComplete="new-password"
        value={fields.next}
        onChange={(next) => setFields({ ...fields, next })}
        description={<PasswordMeter advice={passwordAdvice(fields.next, [account.name, account.email])} />}
        error={problems.next ?? refused.at('next')}
      />
      <FormProblem sentence={refused.whole} />
      <div>
        <Button type="submit" variant="primary" isPending={change.isPending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
