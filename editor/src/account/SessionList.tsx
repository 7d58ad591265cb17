import type { Session } from '@sluice/shared/protocol/people.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { queries, remote, signOut } from '../state/remoteQueries.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Section } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { Time } from '../ui/Time.tsx';
import { toastDone } from '../ui/toasts.ts';
import { sessionsQuery } from './accountQueries.ts';
import { browserWords } from './browserWords.ts';

/** Where one is signed in, and the way to end that from here. */
export function SessionList() {
  const sessions = useQuery(sessionsQuery);
  const [isLeaving, setIsLeaving] = useState(false);
  const [ending, setEnding] = useState<Session>();
  return (
    <Section
      title="Where you are signed in"
      actions={<Button onPress={() => setIsLeaving(true)}>Sign out everywhere…</Button>}
    >
      {sessions.isPending && <Spinner label="Loading your sessions" />}
      {sessions.isError && sessions.data === undefined && (
        <ErrorState
          title="Your sessions could not be loaded"
          error={sessions.error}
          onRetry={() => void sessions.refetch()}
        />
      )}
      {sessions.data !== undefined && (
        <ul className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface shadow-card">
          {sessions.data.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => setEnding(session)} />
          ))}
        </ul>
      )}
      {ending !== undefined && <EndDialog session={ending} onClose={() => setEnding(undefined)} />}
      {isLeaving && <LeaveDialog onClose={() => setIsLeaving(false)} />}
    </Section>
  );
}

function SessionRow({ session, onEnd }: { readonly session: Session; readonly onEnd: () => void }) {
  const browser = browserWords(session.browser);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-52 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium" title={session.browser}>
            {browser}
          </span>
          {session.isCurrent && <Badge tone="accent">this one</Badge>}
        </p>
        <p className="text-editor text-ink-soft">
          From {session.address} · last used <Time at={session.lastUsedAt} /> · signed in{' '}
          <Time at={session.createdAt} />
        </p>
      </div>
      {!session.isCurrent && (
        <Button
          size="small"
          aria-label={`End the session of ${browser} from ${session.address}`}
          onPress={onEnd}
        >
          End…
        </Button>
      )}
    </li>
  );
}

interface EndDialogProps {
  readonly session: Session;
  readonly onClose: () => void;
}

function EndDialog({ session, onClose }: EndDialogProps) {
  return (
    <ConfirmDialog
      title={`End the session of ${browserWords(session.browser)}?`}
      action="End session"
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await remote.call('endSession', { params: { id: session.id } });
        await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
        toastDone('The session has ended');
      }}
    >
      That browser is signed out at once. What is not saved yet stays on its open pages until somebody signs
      in there again. If it was not you who signed in there, change your password too.
    </ConfirmDialog>
  );
}

function LeaveDialog({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  return (
    <ConfirmDialog
      title="Sign out everywhere?"
      action="Sign out everywhere"
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await remote.call('signOutEverywhere');
        await signOut();
        await navigate('/sign-in');
      }}
    >
      Every browser that you are signed in with is signed out at once, this one too. What is not saved yet
      stays on the other open pages until you sign in there again. API tokens stay valid; revoke them on their
      own page.
    </ConfirmDialog>
  );
}
