import type { Account } from '@sluice/shared/protocol/people.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ROLE_WORDS } from '../people/roleWords.ts';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { accountQuery } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { PageTitle, Section } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { oidcQuery } from './accountQueries.ts';
import { ChangeName } from './ChangeName.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { SecondFactor } from './SecondFactor.tsx';
import { SessionList } from './SessionList.tsx';

/** `/settings/account`: who one is, how one signs in, and where one is signed in. */
export default function AccountScreen() {
  usePageTitle('Your account');
  const account = useQuery(accountQuery);
  return (
    <>
      <PageTitle
        title="Your account"
        lead="Who you are here, how you sign in, and where you are signed in."
      />
      {account.isPending && <Spinner label="Loading your account" />}
      {account.isError && account.data === undefined && (
        <ErrorState
          title="Your account could not be loaded"
          error={account.error}
          onRetry={() => void account.refetch()}
        />
      )}
      {account.data !== undefined && (
        <>
          <You account={account.data} />
          {account.data.hasPassword ? <OwnWays account={account.data} /> : <OutsideOnly />}
          <SessionList />
        </>
      )}
    </>
  );
}

function You({ account }: { readonly account: Account }) {
  const [isChanging, setIsChanging] = useState(false);
  const here = account.workspaces.find(({ workspace }) => workspace === account.workspace)?.name;
  return (
    <Section title="You">
      <dl className="grid max-w-xl grid-cols-[auto_1fr] items-baseline gap-x-6 gap-y-2">
        <dt className="text-ink-soft">Name</dt>
        <dd className="flex min-w-0 flex-wrap items-baseline gap-x-1 wrap-anywhere">
          {account.name}
          <Button variant="quiet" size="small" onPress={() => setIsChanging(true)}>
            Change…
          </Button>
        </dd>
        <dt className="text-ink-soft">E-mail</dt>
        <dd className="min-w-0 wrap-anywhere">{account.email}</dd>
        <dt className="text-ink-soft">Role</dt>
        <dd className="min-w-0 wrap-anywhere">
          {ROLE_WORDS[account.role].title}
          {here !== undefined && ` in ${here}`}
        </dd>
      </dl>
      {isChanging && <ChangeName before={account.name} onClose={() => setIsChanging(false)} />}
    </Section>
  );
}

function OwnWays({ account }: { readonly account: Account }) {
  return (
    <>
      <Section title="Password">
        <PasswordForm account={account} />
      </Section>
      <Section title="Second factor">
        <SecondFactor account={account} />
      </Section>
    </>
  );
}

/** For people who have no password here. */
function OutsideOnly() {
  const name = useQuery(oidcQuery).data?.name ?? 'a provider outside';
  return (
    <Section title="Signing in">
      <p className="max-w-xl text-ink-soft">
        You sign in with {name}, so there is no password of yours here. A password or a second factor is set
        up there.
      </p>
    </Section>
  );
}
