import type { Person } from '@sluice/shared/protocol/people.ts';
import { queries, remote, sessionQuery } from '../state/remoteQueries.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { toastDone } from '../ui/toasts.ts';
import { goHomeAnew } from '../workspaces/goToWorkspace.ts';
import { refreshPeople } from './peopleQueries.ts';

export interface PersonDialogProps {
  readonly person: Person;
  readonly isSelf: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks before somebody is signed out wherever they are. */
export function SignOutDialog({ person, isSelf, isOpen, onClose }: PersonDialogProps) {
  const { id, name } = person;
  return (
    <ConfirmDialog
      title={`Sign out ${isSelf ? 'yourself' : name}?`}
      action="Sign out"
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={async () => {
        await remote.call('signOutUser', { params: { id } });
        if (isSelf) await queries.refetchQueries({ queryKey: sessionQuery.queryKey });
        else await refreshPeople();
        toastDone(isSelf ? 'You are signed out everywhere' : `${name} is signed out everywhere`);
      }}
    >
      Every browser that {isSelf ? 'you are' : `${name} is`} signed in with is signed out at once, of all
      workspaces. What is not saved yet stays on the open pages until somebody signs in there again. API
      tokens stay valid.
    </ConfirmDialog>
  );
}

/** Asks before somebody is taken out of the workspace, and says what goes with them. */
export function RemoveDialog({ person, isSelf, isOpen, onClose }: PersonDialogProps) {
  const { id, name } = person;
  return (
    <ConfirmDialog
      title={isSelf ? 'Leave this workspace?' : `Take ${name} out of this workspace?`}
      action={isSelf ? 'Leave workspace' : 'Take out'}
      isDanger
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={async () => {
        await remote.call('removeUser', { params: { id } });
        if (isSelf) {
          goHomeAnew();
          return;
        }
        await refreshPeople();
        toastDone(`${name} is not in this workspace any more`);
      }}
    >
      {isSelf ? 'You' : name} can see and do nothing here any more, at once. {isSelf ? 'Your' : 'Their'} API
      tokens for this workspace are deleted, so what uses them stops working. Flows, devices and connections
      that {isSelf ? 'you' : 'they'} made stay, and so does what the audit log says. To come back,{' '}
      {isSelf ? 'you need' : 'they need'} a new invitation.
    </ConfirmDialog>
  );
}
