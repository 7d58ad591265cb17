import type { Flow } from '@sluice/shared/flow/flow.ts';
import { CircleX, Upload } from 'lucide-react';
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { useNavigate } from 'react-router';
import { may } from '../account/permission.ts';
import { RemoteError, type RemoteProblem, sentenceOf } from '../state/remoteError.ts';
import { KEYS, queries, remote, useUser } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { toastDone } from '../ui/toasts.ts';
import { readFlowFile } from './flowFile.ts';

interface Refused {
  readonly file: string;
  readonly sentence: string;
  readonly problems: readonly RemoteProblem[];
}

/** Makes a flow out of a flow file, or says what is wrong with it. */
export function ImportFlow() {
  const user = useUser();
  const navigate = useNavigate();
  const [refused, setRefused] = useState<Refused>();
  const [isWorking, setIsWorking] = useState(false);
  if (!may(user, 'createFlow')) return null;

  async function take(file: File) {
    const read = await readFlowFile(file);
    if (!read.ok) return setRefused({ file: file.name, sentence: read.sentence, problems: [] });
    try {
      const made = await create(read.flow);
      toastDone(`“${made.name}” is imported as a draft`);
      await navigate(`/flows/${encodeURIComponent(made.id)}`);
    } catch (error) {
      const problems = error instanceof RemoteError ? error.problems : [];
      setRefused({ file: file.name, sentence: sentenceOf(error), problems });
    }
  }
  return (
    <>
      <FileTrigger
        acceptedFileTypes={['application/json', '.json']}
        onSelect={(files) => {
          const file = files?.item(0);
          if (file == null) return;
          setIsWorking(true);
          void take(file).finally(() => setIsWorking(false));
        }}
      >
        <Button icon={<Upload size={16} aria-hidden="true" />} isPending={isWorking}>
          Import
        </Button>
      </FileTrigger>
      <Dialog
        title="The file was not imported"
        isOpen={refused !== undefined}
        onClose={() => setRefused(undefined)}
        actions={<Button onPress={() => setRefused(undefined)}>Close</Button>}
      >
        {refused !== undefined && <Reasons {...refused} />}
      </Dialog>
    </>
  );
}

async function create(flow: Flow) {
  const made = await remote.call('createFlow', { body: { name: flow.name, flow } });
  await queries.invalidateQueries({ queryKey: KEYS.flows });
  return made;
}

function Reasons({ file, sentence, problems }: Refused) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-soft wrap-anywhere">{file}</p>
      <p className="flex gap-2 text-operator">
        <CircleX size={18} className="mt-0.5 shrink-0 text-danger" aria-hidden="true" />
        {sentence}
      </p>
      {problems.length > 0 && (
        <ul className="flex list-disc flex-col gap-1 pl-6">
          {problems.map((problem) => (
            <li key={`${problem.code} ${problem.node ?? ''} ${problem.field ?? ''} ${problem.sentence}`}>
              {problem.sentence}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
