import { useEffect } from 'react';
import { useMutation } from '@tanstack/react-query';
import { DoorOpen } from 'lucide-react';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { tellDrawn } from '../state/firstDrawing.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { signOut } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';

/** For somebody who was taken out of their last workspace: nothing is shown, until they are invited again. */
export default function NoWorkspace({ error }: { readonly error: Error }) {
  usePageTitle('No workspace');
  useEffect(tellDrawn, []);
  const leave = useMutation({ mutationFn: signOut });
  return (
    <main className="flex h-full flex-col items-center justify-center">
      <EmptyState
        isPage
        icon={<DoorOpen size={20} aria-hidden="true" />}
        title="You are in no workspace any more"
        action={
          <Button variant="primary" isPending={leave.isPending} onPress={() => leave.mutate()}>
            Sign out
          </Button>
        }
      >
        {sentenceOf(leave.error ?? error)}
      </EmptyState>
    </main>
  );
}
