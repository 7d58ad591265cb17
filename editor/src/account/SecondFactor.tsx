import type { Account } from '@sluice/shared/protocol/people.ts';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { accountQuery, queries } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { codesLeftSentence } from './codes.ts';
import { EndSecondFactor } from './EndSecondFactor.tsx';
import { RenewRecoveryCodes } from './RenewRecoveryCodes.tsx';
import { SetUpSecondFactor } from './SetUpSecondFactor.tsx';

/** Whether a code is asked for at sign-in, and the way to change that. */
export function SecondFactor({ account }: { readonly account: Account }) {
  // Not told by the account: it is on already while the recovery codes are still shown.
  const [open, setOpen] = useState<'set-up' | 'renew' | 'end'>();
  function close() {
    setOpen(undefined);
    void queries.invalidateQueries({ queryKey: accountQuery.queryKey });
  }
  return (
    <div className="flex max-w-xl flex-col items-start gap-3">
      {account.hasSecondFactor ? (
        <>
          <Badge tone="good" icon={<ShieldCheck size={12} aria-hidden="true" />}>
            On
          </Badge>
          <p className="text-ink-soft">
            Signing in asks for a code of your authenticator app after the password.{' '}
            {codesLeftSentence(account.recoveryCodesLeft ?? 0)}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button onPress={() => setOpen('renew')}>New recovery codes…</Button>
            <Button onPress={() => setOpen('end')}>Turn off…</Button>
          </div>
        </>
      ) : (
        <>
          <p className="text-ink-soft">
            Off. With one, somebody who learns your password still cannot sign in: a code is asked for that an
            app on your phone shows.
          </p>
          <Button variant="primary" onPress={() => setOpen('set-up')}>
            Turn on…
          </Button>
        </>
      )}
      {open === 'set-up' && <SetUpSecondFactor onClose={close} />}
      {open === 'renew' && <RenewRecoveryCodes onClose={close} />}
      {open === 'end' && <EndSecondFactor onClose={close} />}
    </div>
  );
}
