import { useQuery } from '@tanstack/react-query';
import { Link } from 'lucide-react';
import { useLocation, useNavigate } from 'react-router';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { firstStartQuery } from '../state/remoteQueries.ts';
import { ButtonLink } from '../ui/TextLink.tsx';
import { AccountFrame } from './AccountFrame.tsx';
import { FirstAccountForm } from './FirstAccountForm.tsx';
import { tokenOf } from './linkToken.ts';

/** `/first-start#token=…`: makes the first account, and signs it in. */
export default function FirstStartScreen() {
  usePageTitle('First start');
  const navigate = useNavigate();
  const token = tokenOf(useLocation().hash);
  const state = useQuery(firstStartQuery);
  if (state.data?.needed === false) return <AlreadyDone />;
  if (token === '') return <LinkNeeded />;
  return (
    <AccountFrame
      title="Make the first account"
      lead="It is the administrator of this Sluice. Others get their accounts from it."
    >
      <FirstAccountForm token={token} onMade={() => void navigate('/', { replace: true })} />
    </AccountFrame>
  );
}

function AlreadyDone() {
  return (
    <AccountFrame
      title="Sluice is set up"
      lead="The first account was made already, so this link has done its work."
    >
      <ButtonLink to="/sign-in" variant="primary" size="large">
        Go to the sign-in
      </ButtonLink>
    </AccountFrame>
  );
}

function LinkNeeded() {
  return (
    <AccountFrame
      title="Open the link from the terminal"
      lead="Nobody has an account on this Sluice yet, and there is no default password."
    >
      <ol className="flex list-decimal flex-col gap-2 pl-5 text-operator">
        <li>Look at the terminal in which Sluice was started.</li>
        <li>
          Open the link that it printed: it ends in{' '}
          <code className="rounded-sm bg-sunken px-1 font-mono text-editor">/first-start#token=…</code>
        </li>
        <li>The link works once, for 30 minutes. Start Sluice again to get a new one.</li>
      </ol>
      <p className="mt-5 flex items-start gap-2 text-editor text-ink-soft">
        <Link size={16} className="mt-0.5 shrink-0" aria-hidden="true" />
        The link shows that whoever makes the first account can reach the machine itself.
      </p>
    </AccountFrame>
  );
}
