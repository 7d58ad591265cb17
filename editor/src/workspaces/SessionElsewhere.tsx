import { useMutation, useQuery } from '@tanstack/react-query';
import { useStore } from 'zustand';
import { sentenceOf } from '../state/remoteError.ts';
import { comeBack, KEYS, remote, sessionElsewhere, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { elsewhereWords } from './elsewhereWords.ts';
import { goHomeAnew } from './goToWorkspace.ts';

/**
 * Comes up over the open page when the session of this browser stands in another workspace than the page shows: chosen in
 * another tab, or because this one is gone. Nothing of the page reaches the other workspace meanwhile.
 */
export default function SessionElsewhere() {
  const shown = useUser();
  const now = useStore(sessionElsewhere, ({ user }) => user);
  const account = useQuery({
    queryKey: [...KEYS.account, 'elsewhere', now?.workspace],
    queryFn: ({ signal }) => remote.call('account', undefined, signal),
  });
  const back = useMutation({ mutationFn: comeBack });
  if (now === undefined) return null;
  const { title, sentence, goOn, goBack } = elsewhereWords(shown, now, account.data?.workspaces ?? []);
  return (
    <Dialog
      title={title}
      isOpen
      role="alertdialog"
      actions={
        <>
          {goBack !== undefined && (
            <Button isPending={back.isPending} onPress={() => back.mutate()}>
              {goBack}
            </Button>
          )}
          <Button variant="primary" onPress={goHomeAnew}>
            {goOn}
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">{sentence}</p>
      {back.isError && (
        <p role="alert" className="mt-3 text-danger">
          {sentenceOf(back.error)}
        </p>
      )}
    </Dialog>
  );
}
