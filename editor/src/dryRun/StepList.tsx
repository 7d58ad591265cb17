import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import type { DryRun } from '@sluice/shared/protocol/running.ts';
import { CircleX } from 'lucide-react';
import { describeNode } from '../flow/describe.ts';
import { useEditor } from '../flow/EditorContext.tsx';
import { Badge } from '../ui/Badge.tsx';
import { MessageText } from './MessageText.tsx';
import { offsetText } from './offset.ts';

type DryStep = DryRun['steps'][number];

const MOST = 30;

/** What came into a node beside what it made of it. */
export function StepList({ run, node }: { readonly run: DryRun; readonly node: FlowNode }) {
  const { catalog } = useEditor();
  const { name, kind } = describeNode(node, catalog);
  const steps = run.steps.filter((step) => step.node === node.id);
  const more = (run.counts[node.id]?.in ?? 0) - MOST;
  return (
    <section aria-label={`In and out of ${name}`} className="flex flex-col gap-2">
      <h3 className="font-medium">In and out of “{name}”</h3>
      {steps.length === 0 && (
        <p className="text-ink-soft">
          {kind === 'source'
            ? 'Your samples come out of this node. Select one behind it to see what that makes of them.'
            : 'No message came to this node.'}
        </p>
      )}
      {steps.slice(0, MOST).map((step, index) => (
        // A list that is shown as it came: each keeps its place.
        // oxlint-disable-next-line react/no-array-index-key
        <Step key={index} step={step} />
      ))}
      {steps.length > MOST && more > 0 && <p className="text-small text-ink-soft">And {more} more.</p>}
    </section>
  );
}

function Step({ step }: { readonly step: DryStep }) {
  return (
    <div className="rounded-md border border-line">
      <p className="border-b border-line px-2 py-1 text-small text-ink-soft tabular-nums">
        {offsetText(step.at - SCENARIO_START)}
      </p>
      <div className="grid grid-cols-2 divide-x divide-line">
        <div className="min-w-0 p-2">
          <p className="text-small font-medium text-ink-soft">In</p>
          {step.in === undefined ? <p>A timer ran out.</p> : <MessageText message={step.in} />}
        </div>
        <div className="flex min-w-0 flex-col gap-2 p-2">
          <p className="text-small font-medium text-ink-soft">Out</p>
          {step.out.length === 0 && step.error === undefined && <p className="text-ink-soft">Nothing</p>}
          {step.out.map(({ port, message }, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <div key={index} className="flex min-w-0 flex-col items-start gap-1">
              <Badge>{port}</Badge>
              <MessageText message={message} />
            </div>
          ))}
          {step.error !== undefined && (
            <p className="flex gap-1.5 text-danger">
              <CircleX size={14} aria-hidden="true" className="mt-1 shrink-0" />
              <span className="min-w-0 break-words">{step.error}</span>
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
