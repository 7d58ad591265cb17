import type { DeadLetter } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { sentenceOf } from '../state/remoteError.ts';
import { KEYS, queries, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { Time } from '../ui/Time.tsx';
import { toastDone, toastFailed } from '../ui/toasts.ts';
import { MessageView } from './MessageView.tsx';

const EVERY_MS = 5_000;

/** Messages on which a node failed and that no error wire took: to look at, to send again, to drop (EN7). */
export function FailedTab() {
  const flow = useDocument((state) => state.flow.id);
  const letters = useQuery({
    queryKey: KEYS.deadLetters(flow),
    queryFn: ({ signal }) => remote.call('deadLetters', { query: { flow } }, signal),
    refetchInterval: EVERY_MS,
  });
  const [open, setOpen] = useState<string | undefined>(undefined);
  if (letters.isPending) return <Spinner label="Loading failed messages" />;
  if (letters.isError)
    return (
      <ErrorState
        title="The failed messages cannot be read"
        error={letters.error}
        onRetry={() => void letters.refetch()}
      />
    );
  if (letters.data.length === 0) {
    return (
      <EmptyState icon={<CircleCheck size={20} />} title="No message has failed">
        A message that a node cannot handle is kept here, with the reason, until somebody sends it again or
        drops it.
      </EmptyState>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {letters.data.map((letter) => (
        <li key={letter.id}>
          <Letter
            letter={letter}
            isOpen={open === letter.id}
            onToggle={() => setOpen(open === letter.id ? undefined : letter.id)}
          />
        </li>
      ))}
    </ul>
  );
}

interface LetterProps {
  readonly letter: DeadLetter;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Letter({ letter, isOpen, onToggle }: LetterProps) {
  const { catalog } = useEditor();
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === letter.node));
  const name = node === undefined ? letter.node : describeNode(node, catalog).name;
  return (
    <div className="px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{name}</span>
        {letter.message.device !== undefined && (
          <span className="text-ink-soft">{letter.message.device}</span>
        )}
        <span className="text-small text-ink-soft">
          <Time at={letter.at} />
        </span>
        <span className="ml-auto flex gap-2">
          <Button size="small" variant="quiet" aria-expanded={isOpen} onPress={onToggle}>
            {isOpen ? 'Hide message' : 'Show message'}
          </Button>
          <Button size="small" icon={<RotateCcw size={14} />} onPress={() => void send(letter)}>
            Send again
          </Button>
          <Button size="small" icon={<Trash2 size={14} />} onPress={() => void drop(letter)}>
            Drop
          </Button>
        </span>
      </div>
      <p className="text-danger">{letter.sentence}</p>
      {isOpen && <MessageView message={letter.message} />}
    </div>
  );
}

async function send(letter: DeadLetter): Promise<void> {
  await tried(letter, () => remote.call('replayDeadLetter', { params: { id: letter.id } }), 'Sent again.');
}

async function drop(letter: DeadLetter): Promise<void> {
  await tried(letter, () => remote.call('dropDeadLetter', { params: { id: letter.id } }), 'Dropped.');
}

async function tried(letter: DeadLetter, action: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await action();
    toastDone(done);
  } catch (error) {
    toastFailed(sentenceOf(error));
  }
  await queries.invalidateQueries({ queryKey: KEYS.deadLetters(letter.flow) });
}
