import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';
import * as z from 'zod';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { RemoteError, sentenceOf } from '../state/remoteError.ts';
import { remote, sessionQuery } from '../state/remoteQueries.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { ButtonLink } from '../ui/TextLink.tsx';
import { AccountFrame } from './AccountFrame.tsx';
import { type Invited, invitedSentence, signedInSentence } from './invitation.ts';
import { JoinForm } from './JoinForm.tsx';
import { tokenOf } from './linkToken.ts';
import { NewAccountForm } from './NewAccountForm.tsx';
import { OutsideWay } from './OutsideWay.tsx';

const keptSchema = z.object({ token: z.string() });

/** `/invitation#token=…`: says who invites to what, and lets in. */
export default function InvitationScreen() {
  usePageTitle('Invitation');
  const token = useLinkToken();
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => remote.call('readInvitation', { body: { token } }, signal),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { error } = invitation;
  if (token === '') return <LinkNeeded />;
  if (error instanceof RemoteError && error.code === 'link-used') return <NotOpen error={error} />;
  if (invitation.data !== undefined) {
    return <Invitation token={token} invited={invitation.data} onChanged={() => void invitation.refetch()} />;
  }
  return (
    <AccountFrame title="Invitation" lead="This link invites you into a workspace.">
      {invitation.isError ? (
        <ErrorState
          title="The invitation could not be read"
          error={error}
          onRetry={() => void invitation.refetch()}
        />
      ) : (
        <Spinner label="Reading the invitation" />
      )}
    </AccountFrame>
  );
}

/** The token of the link. It leaves the address bar, where others may read it, and stays with this tab. */
function useLinkToken(): string {
  const { hash, state, pathname } = useLocation();
  const navigate = useNavigate();
  const linked = tokenOf(hash);
  useEffect(() => {
    if (linked !== '') void navigate(pathname, { replace: true, state: { token: linked } });
  }, [linked, pathname, navigate]);
  return linked === '' ? (keptSchema.safeParse(state).data?.token ?? '') : linked;
}

interface InvitationProps {
  readonly token: string;
  readonly invited: Invited;
  /** The invitation is not what it was: somebody took it, or there is an account now. */
  readonly onChanged: () => void;
}

function Invitation({ token, invited, onChanged }: InvitationProps) {
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  const note = signedInSentence(invited, session.data);
  const parts = { token, invited, onChanged, onJoined: () => void navigate('/', { replace: true }) };
  return (
    <AccountFrame title={`Join “${invited.workspace}”`} lead={invitedSentence(invited)}>
      <div className="flex flex-col gap-4">
        {note !== undefined && (
          <p className="rounded-md bg-caution-soft px-3 py-2 text-operator text-caution wrap-anywhere">
            {note}
          </p>
        )}
        {invited.hasAccount ? <JoinForm {...parts} /> : <NewAccountForm {...parts} />}
        <OutsideWay verb="Join" />
      </div>
    </AccountFrame>
  );
}

function LinkNeeded() {
  return (
    <AccountFrame
      title="Open the link of your invitation"
      lead="Who invites you sends you a link. It ends in /invitation#token=… and works once, for seven days."
    >
      <ButtonLink to="/sign-in" variant="primary" size="large">
        Go to the sign-in
      </ButtonLink>
    </AccountFrame>
  );
}

function NotOpen({ error }: { readonly error: RemoteError }) {
  return (
    <AccountFrame title="This invitation is not open any more" lead={sentenceOf(error)}>
      <p className="mb-5 text-operator text-ink-soft">
        If you have accepted it already, you can sign in with your e-mail and password.
      </p>
      <ButtonLink to="/sign-in" variant="primary" size="large">
        Go to the sign-in
      </ButtonLink>
    </AccountFrame>
  );
}
