import type { Invitation } from '@sluice/shared/protocol/people.ts';
import { MailPlus } from 'lucide-react';
import { useState } from 'react';
import { remote } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Time } from '../ui/Time.tsx';
import { toastDone } from '../ui/toasts.ts';
import { refreshPeople } from './peopleQueries.ts';
import { ROLE_WORDS } from './roleWords.ts';

export interface InvitationListProps {
  readonly invitations: readonly Invitation[];
  readonly onInvite: () => void;
}

/** Who is invited and has not come yet. */
export function InvitationList({ invitations, onInvite }: InvitationListProps) {
  if (invitations.length === 0) {
    return (
      <div className="rounded-md border border-dashed border-line-strong">
        <EmptyState
          icon={<MailPlus size={20} aria-hidden="true" />}
          title="Nobody is invited at the moment"
          action={<Button onPress={onInvite}>Invite somebody</Button>}
        >
          An invitation is a link that counts once and for seven days. Whoever opens it makes an account, or
          signs in with theirs, and is in this workspace.
        </EmptyState>
      </div>
    );
  }
  return (
    <ul
      aria-label="Open invitations"
      className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface shadow-card"
    >
      {invitations.map((invitation) => (
        <InvitationRow key={invitation.id} invitation={invitation} />
      ))}
    </ul>
  );
}

function InvitationRow({ invitation }: { readonly invitation: Invitation }) {
  const { id, email, role, invitedBy, expiresAt } = invitation;
  const [isAsked, setIsAsked] = useState(false);
  return (
    <li aria-label={email} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-52 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium wrap-anywhere">{email}</span>
          <Badge>{ROLE_WORDS[role].title}</Badge>
        </p>
        <p className="text-editor wrap-anywhere text-ink-soft">
          invited by {invitedBy} · expires <Time at={expiresAt} />
        </p>
      </div>
      <Button
        size="small"
        aria-label={`Withdraw the invitation of ${email}`}
        onPress={() => setIsAsked(true)}
      >
        Withdraw…
      </Button>
      <ConfirmDialog
        title={`Withdraw the invitation of ${email}?`}
        action="Withdraw"
        isDanger
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        onConfirm={async () => {
          await remote.call('withdrawInvitation', { params: { id } });
          await refreshPeople();
          toastDone(`The invitation of ${email} is withdrawn`);
        }}
      >
        The link that was sent works no more. You can invite them again at any time.
      </ConfirmDialog>
    </li>
  );
}
