import type { Json } from '@sluice/shared/message/message.ts';
import type { StateEntry } from '@sluice/shared/protocol/running.ts';
import { lazy, Suspense, useState } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { Time } from '../ui/Time.tsx';
import { toastDone } from '../ui/toasts.ts';
import { jsonProblem } from './jsonText.ts';
import { keyName } from './keptState.ts';

const CodeEditor = lazy(() => import('./CodeEditor.tsx'));

export interface EditKeptProps {
  readonly entry: StateEntry;
  readonly onSave: (key: string, state: Json) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Changes what is kept for one key. Only JSON is taken; node types do not say which shape theirs has, so nothing more is checked. */
export function EditKept({ entry, onSave, onClose }: EditKeptProps) {
  const { key, setAt } = entry;
  const [text, setText] = useState(() => JSON.stringify(entry.state, undefined, 2));
  const [refusal, setRefusal] = useState<string>();
  const [isWorking, setIsWorking] = useState(false);
  const problem =
    text.trim() === '' ? 'Nothing is written here. Write a value, or forget the key.' : jsonProblem(text);
  const save = async () => {
    setIsWorking(true);
    setRefusal(undefined);
    try {
      await onSave(key, JSON.parse(text) as Json);
      toastDone(`Changed what is kept for ${keyName(key)}.`);
      onClose();
    } catch (error) {
      setRefusal(sentenceOf(error));
    } finally {
      setIsWorking(false);
    }
  };
  return (
    <Dialog
      title={`What is kept for ${keyName(key)}`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isPending={isWorking}
            isDisabled={problem !== undefined}
            onPress={() => void save()}
          >
            Change
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">
        <Suspense fallback={<Spinner label="Loading the code editor" size={16} />}>
          <CodeEditor label="Value" text={text} language="json" onChange={setText} onBlur={() => {}} />
        </Suspense>
        {(problem ?? refusal) !== undefined && (
          <p role="alert" className="text-small text-danger">
            {problem ?? refusal}
          </p>
        )}
        <p className="text-small text-ink-soft">
          Any JSON is taken, and nothing checks it: with a value of another shape than the node’s own, its
          next messages for this key may fail or be judged wrongly.
          {setAt !== undefined && (
            <>
              {' '}
              The node set this one <Time at={setAt} />, and may set another meanwhile.
            </>
          )}
        </p>
      </div>
    </Dialog>
  );
}
