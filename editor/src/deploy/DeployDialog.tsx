import { diffFlows } from '@sluice/shared/flow/diff.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { describeNode } from '../flow/describe.ts';
import { count } from '../flow/count.ts';
import { useDocument, useEditor, useProblems } from '../flow/EditorContext.tsx';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { TextField } from '../ui/TextField.tsx';
import { CarriedChoice } from './CarriedChoice.tsx';
import { ScenarioCheck, useScenarioCheck } from './ScenarioCheck.tsx';
import { needsConfirmation } from './checkState.ts';

/** Deploys with a note for those who read the list of versions later, after a look at what changes. */
export function DeployDialog() {
  const { actions, session } = useEditor();
  const hasErrors = useProblems().some((problem) => problem.severity === 'error');
  const [note, setNote] = useState('');
  const [reset, setReset] = useState<readonly string[]>([]);
  const [isConfirmed, setIsConfirmed] = useState(false);
  const [isWorking, setIsWorking] = useState(false);
  const check = useScenarioCheck();
  const isHeldBack = check.kind === 'running' || (needsConfirmation(check) && !isConfirmed);
  const deploy = async () => {
    setIsWorking(true);
    const isDone = await actions.deploy(note.trim(), reset);
    setIsWorking(false);
    if (isDone) session.closeOverlay();
  };
  return (
    <Dialog
      title="Deploy"
      isOpen
      onClose={session.closeOverlay}
      actions={
        <>
          <Button onPress={session.closeOverlay}>Cancel</Button>
          <Button
            variant="primary"
            isPending={isWorking}
            isDisabled={hasErrors || isHeldBack}
            onPress={() => void deploy()}
          >
            Deploy
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Changes />
        <ScenarioCheck check={check} isConfirmed={isConfirmed} onConfirm={setIsConfirmed} />
        <CarriedChoice reset={reset} onChange={setReset} />
        {hasErrors && (
          <p role="alert" className="text-danger">
            The flow has problems that must be mended first. They are listed on the left.
          </p>
        )}
        <TextField
          label="Note"
          description="What this version is for. It stands in the list of versions."
          value={note}
          onChange={setNote}
          lines={3}
          maxLength={2_000}
        />
      </div>
    </Dialog>
  );
}

/** What is different from what runs, in words. */
function Changes() {
  const { catalog } = useEditor();
  const flow = useDocument((state) => state.flow);
  const running = useDocument((state) => state.about.deployment?.version);
  const before = useQuery({
    queryKey: ['version', flow.id, running],
    queryFn: ({ signal }) =>
      remote.call('version', { params: { id: flow.id, version: running ?? 0 } }, signal),
    enabled: running !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (running === undefined) return <p className="text-ink-soft">This is the first version of this flow.</p>;
  if (before.isPending) return <Spinner label="Comparing with what runs" size={16} />;
  if (before.isError) return <p className="text-ink-soft">What runs now could not be read for comparing.</p>;
  const difference = diffFlows(before.data.flow, flow);
  const lines = [
    ...difference.added.map((node) => `Added: ${describeNode(node, catalog).name}`),
    ...difference.removed.map((node) => `Removed: ${describeNode(node, catalog).name}`),
    ...difference.changed.map(
      ({ after, fields }) => `${describeNode(after, catalog).name}: ${fields.join(', ')}`,
    ),
    ...(difference.wiresAdded.length > 0 ? [`${count(difference.wiresAdded.length, 'wire')} added`] : []),
    ...(difference.wiresRemoved.length > 0
      ? [`${count(difference.wiresRemoved.length, 'wire')} removed`]
      : []),
  ];
  if (lines.length === 0) {
    return <p className="text-ink-soft">Nothing that runs is different from version {running}.</p>;
  }
  return (
    <section aria-label={`Changes since version ${running}`}>
      <h3 className="font-medium">Changes since version {running}</h3>
      <ul className="mt-1 list-disc pl-5 text-ink-soft">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
