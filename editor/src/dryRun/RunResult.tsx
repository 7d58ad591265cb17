import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import type { DryRun } from '@sluice/shared/protocol/running.ts';
import { CircleX } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { describeNode } from '../flow/describe.ts';
import { count } from '../flow/count.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { EffectList } from './EffectList.tsx';
import { offsetText } from './offset.ts';
import { isSameWork } from './sample.ts';
import { StepList } from './StepList.tsx';
import { WayThrough } from './WayThrough.tsx';
import { useTests } from './useTests.ts';

/** What came of the last run: what would be done, then in and out of the node that is looked at. */
export function RunResult({ node }: { readonly node: FlowNode | undefined }) {
  const tests = useTests();
  const run = useStore(tests, (state) => state.run);
  const flow = useDocument((state) => state.flow);
  switch (run.kind) {
    case 'none':
      return null;
    case 'running':
      return <Spinner label="Running the draft on the samples" size={16} />;
    case 'failed':
      return <Refused sentences={[run.sentence]} />;
    case 'done': {
      const errors = run.run.problems.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) return <Refused sentences={errors.map(({ sentence }) => sentence)} />;
      return (
        <section aria-label="Result" className="flex flex-col gap-4">
          {!isSameWork(run.flow, flow) && <Changed />}
          <InView>
            <Summary run={run.run} until={run.until} />
            <EffectList effects={run.run.effects} isPart={run.until !== undefined} />
          </InView>
          {node !== undefined && <StepList run={run.run} node={node} />}
          <WayThrough run={run.run} looked={node?.id} />
        </section>
      );
    }
  }
}

/** Scrolls to what came of a run when it comes: on a small panel it is below what was pressed. */
function InView({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={place} className="flex flex-col gap-4">
      {children}
    </div>
  );
}

function Refused({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <div role="alert" className="flex flex-col gap-1 rounded-md bg-danger-soft px-3 py-2 text-danger">
      {sentences.map((sentence) => (
        <p key={sentence} className="flex gap-2">
          <CircleX size={16} aria-hidden="true" className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words">{sentence}</span>
        </p>
      ))}
    </div>
  );
}

/** The flow is another one by now; what is shown is of the one before. */
function Changed() {
  const tests = useTests();
  return (
    <p className="flex flex-wrap items-center gap-2 rounded-md bg-caution-soft px-3 py-2 text-caution">
      The flow was changed since this run.
      <Button size="small" onPress={() => void tests.run()}>
        Run again
      </Button>
    </p>
  );
}

function Summary({ run, until }: { readonly run: DryRun; readonly until: string | undefined }) {
  const { catalog } = useEditor();
  const last = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === until));
  const failures = Object.values(run.counts).reduce((sum, { errors }) => sum + errors, 0);
  const covered = run.coveredMs === 0 ? '' : `, ${offsetText(run.coveredMs).slice(1)} of the flow’s time`;
  return (
    <p role="status" className="text-ink-soft tabular-nums">
      Run in {run.tookMs} ms{covered}
      {last !== undefined && `, up to “${describeNode(last, catalog).name}”`}.{' '}
      {failures > 0 && <span className="text-danger">{count(failures, 'message')} failed. </span>}
      {run.isCut && 'More happened than is listed here; the counts are of all.'}
    </p>
  );
}
