import { useState } from 'react';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { Section } from '../ui/Page.tsx';
import { rotatedWords } from './workspaceWords.ts';

/** New keys for the secrets of all workspaces. */
export function NewKeys() {
  const [isAsked, setIsAsked] = useState(false);
  const [done, setDone] = useState<string>();
  return (
    <Section title="Keys of the secrets">
      <div className="flex max-w-2xl flex-col items-start gap-3">
        <p className="text-ink-soft">
          Passwords and tokens of connections are kept sealed, each workspace’s with a key of its own, which
          is sealed with the master key of this server. New keys are due when somebody may have seen an old
          one, or as often as your rules ask for it.
        </p>
        <Button onPress={() => setIsAsked(true)}>Make new keys…</Button>
        <p role="status" className="rounded-md bg-good-soft px-3 py-2 text-good empty:hidden">
          {done}
        </p>
      </div>
      <ConfirmDialog
        title="Make new keys for all workspaces?"
        action="Make new keys"
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        onConfirm={async () => setDone(rotatedWords(await remote.call('rotateKeys')))}
      >
        Each workspace gets a new key, and every secret is sealed anew with it. Flows and connections go on
        meanwhile, nobody has to type a secret again, and the master key stays as it is.
      </ConfirmDialog>
    </Section>
  );
}
