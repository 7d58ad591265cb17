import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import { FlaskConical, Play, StepForward } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../ui/Button.tsx';
import { Segments } from '../ui/Segments.tsx';
import { DurationInput } from '../ui/DurationInput.tsx';
import { KeepScenario } from './KeepScenario.tsx';
import { RunResult } from './RunResult.tsx';
import { SampleList } from './SampleList.tsx';
import { ScenarioList } from './ScenarioList.tsx';
import { useTests } from './useTests.ts';

export interface DryRunPanelProps {
  /** What is looked at; without it the flow as a whole. */
  readonly node?: FlowNode | undefined;
}

/** Tries the draft on sample messages: in and out of each node, what would be done, and scenarios to keep. */
export function DryRunPanel({ node }: DryRunPanelProps) {
  const tests = useTests();
  const samples = useStore(tests, (state) => state.samples);
  const isRunning = useStore(tests, ({ run }) => run.kind === 'running');
  const isDone = useStore(tests, ({ run }) => run.kind === 'done');
  return (
    <>
      <p className="flex gap-2 rounded-md bg-notice-soft px-3 py-2 text-notice">
        <FlaskConical size={16} aria-hidden="true" className="mt-0.5 shrink-0" />
        The draft runs on your sample messages, apart from everything. Nothing is sent; what would be is
        listed.
      </p>
      <SampleList node={node} />
      {samples.length > 0 && (
        <>
          <TimeToPass />
          <div className="flex flex-wrap gap-2">
            <Button
              variant="primary"
              icon={<Play size={16} aria-hidden="true" />}
              isPending={isRunning}
              onPress={() => void tests.run()}
            >
              Run
            </Button>
            {node !== undefined && (
              <Button
                icon={<StepForward size={16} aria-hidden="true" />}
                isDisabled={isRunning}
                onPress={() => void tests.run(node.id)}
              >
                Run to here
              </Button>
            )}
          </div>
        </>
      )}
      <RunResult node={node} />
      {samples.length > 0 && isDone && <KeepScenario />}
      <ScenarioList />
    </>
  );
}

const LATER = [
  { id: '0s', label: 'No time' },
  { id: '1m', label: '1 min' },
  { id: '10m', label: '10 min' },
  { id: '1h', label: '1 h' },
  { id: 'other', label: 'Other' },
] as const;
type Later = (typeof LATER)[number]['id'];

/** How the clock goes on after the last message, so that “for 10 minutes” can be over. */
function TimeToPass() {
  const tests = useTests();
  const runFor = useStore(tests, (state) => state.runFor);
  const [isOther, setIsOther] = useState(false);
  const known: Later | undefined = LATER.find(({ id }) => id === runFor)?.id;
  const choose = (later: Later) => {
    setIsOther(later === 'other');
    if (later !== 'other') tests.setRunFor(later);
  };
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium">Then let pass</p>
      <Segments
        label="Then let pass"
        choices={LATER}
        value={isOther ? 'other' : (known ?? 'other')}
        onChange={choose}
      />
      {(isOther || known === undefined) && (
        <DurationInput
          label="How long"
          value={runFor}
          onChange={(duration) => tests.setRunFor(duration ?? '0s')}
        />
      )}
      <p className="text-small text-ink-soft">
        After the last message the clock goes on for so long, in a moment: timers run out as they would.
      </p>
    </div>
  );
}
