import { useEffect } from 'react';
import { acceptUser, remote, signOut, useUser } from '../state/remoteQueries.ts';
import { RemoteError, sentenceOf } from '../state/remoteError.ts';
import { liveConnection } from '../state/socket.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { toastFailed } from '../ui/toasts.ts';
import { SignInForm } from './SignInForm.tsx';

/** Comes up over the open page when the session has ended, so that nothing that is on it is lost. */
export default function SignInAgain() {
  const user = useUser();
  useSignInElsewhere();
  return (
    <Dialog
      title="Sign in again"
      isOpen
      role="alertdialog"
      actions={
        <Button variant="quiet" onPress={() => void leave()}>
          Sign in as somebody else
        </Button>
      }
    >
      <p className="mb-4 text-ink-soft">
        You are signed out: in another tab, by an admin, or because your session has ended. What you have on
        this page is still here; sign in to go on.
      </p>
      <SignInForm email={user.email} isOverPage onSignedIn={() => liveConnection().tryNow()} />
    </Dialog>
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch (error) {
    toastFailed('Nobody else can sign in yet', { detail: sentenceOf(error) });
  }
}

/** Who signs in in another tab, as with a provider outside, is signed in here as well when they come back. */
function useSignInElsewhere(): void {
  useEffect(() => {
    const look = () => void lookForSession();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, []);
}

async function lookForSession(): Promise<void> {
  try {
    acceptUser(await remote.call('session'));
    liveConnection().tryNow();
  } catch (error) {
    // Nobody has signed in yet: the form stays.
    if (!(error instanceof RemoteError)) throw error;
  }
}
