import { signOut, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SignInForm } from './SignInForm.tsx';

/** Comes up over the open page when the session has ended, so that nothing that is on it is lost. */
export default function SignInAgain() {
  const user = useUser();
  return (
    <Dialog
      title="Sign in again"
      isOpen
      role="alertdialog"
      actions={
        <Button variant="quiet" onPress={() => void signOut()}>
          Sign in as somebody else
        </Button>
      }
    >
      <p className="mb-4 text-ink-soft">
        Your session has ended. What you have on this page is still here; sign in to go on.
      </p>
      <SignInForm email={user.email} onSignedIn={() => {}} />
    </Dialog>
  );
}
