import type { Trace, TraceStep } from '@sluice/shared/protocol/running.ts';
import { ChevronDown, ChevronRight, X } from 'lucide-react';
import { useState } from 'react';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { describeNode } from '../flow/describe.ts';
import { classes } from '../ui/classes.ts';
import { formatClock, formatExact } from '../ui/formatTime.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { StatusDot } from '../ui/StatusDot.tsx';
import { StepChanges } from './StepChanges.tsx';
import { formatShort, outcomeLook, traceLength } from './traceWords.ts';

export interface TraceViewProps {
  readonly trace: Trace;
  readonly onClose: () => void;
}

/** One trace: where the message stopped and why, and step by step what became of it. */
export function TraceView({ trace, onClose }: TraceViewProps) {
  const [open, setOpen] = useState<number>();
  const length = traceLength(trace);
  return (
    <article aria-label="Trace" className="@container flex flex-col gap-2 p-3">
      <header className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <p role="status" className="text-operator font-semibold">
            {trace.isDone ? trace.end : 'The message is under way …'}
          </p>
          <p className="text-small text-ink-soft tabular-nums">
            <span title={formatExact(trace.startedAt)}>{formatClock(trace.startedAt)}</span>
            {trace.device !== undefined && ` · ${trace.device}`}
            {trace.topic !== '' && ` · ${trace.topic}`}
            {` · ${formatShort(length)} in all`}
          </p>
        </div>
        <IconButton size="small" icon={<X size={16} />} label="Close the trace" onPress={onClose} />
      </header>
      <ol aria-label="Steps of the message" className="divide-y divide-line rounded-md border border-line">
        {trace.steps.map((step, index) => (
          // A trace only grows, so a step keeps its place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <Step
              step={step}
              number={index + 1}
              length={length}
              isOpen={open === index}
              onToggle={() => setOpen(open === index ? undefined : index)}
            />
          </li>
        ))}
      </ol>
    </article>
  );
}

interface StepProps {
  readonly step: TraceStep;
  readonly number: number;
  /** Of the whole trace, ms. */
  readonly length: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Step({ step, number, length, isOpen, onToggle }: StepProps) {
  const { actions, catalog } = useEditor();
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === step.node));
  const name = node === undefined ? step.node : describeNode(node, catalog).name;
  const { status, word } = outcomeLook(step.outcome);
  const Mark = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className="flex min-h-8 w-full flex-wrap items-center gap-x-2 gap-y-0.5 px-2 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2"
      >
        <Mark size={16} aria-hidden="true" className="shrink-0 text-ink-faint" />
        <span className="text-small text-ink-faint tabular-nums">{number}</span>
        <span className="w-32 truncate font-medium">{name}</span>
        <span className="w-18 shrink-0 text-right text-small text-ink-soft tabular-nums">
          +{formatShort(step.at)}
        </span>
        <Bar step={step} length={length} />
        <span className="w-16 shrink-0 text-small text-ink-soft tabular-nums">
          {step.took === undefined ? '…' : formatShort(step.took)}
        </span>
        <StatusDot status={status} word={word} />
        {step.sentence !== undefined && (
          <span
            className="min-w-0 flex-1 truncate text-small text-ink-soft @max-4xl:hidden"
            title={step.sentence}
          >
            {step.sentence}
          </span>
        )}
      </button>
      {isOpen && (
        <StepChanges step={step} onGoTo={node === undefined ? undefined : () => actions.goTo(step.node)} />
      )}
    </>
  );
}

/** When the step was and how long it took, on the time of the whole. */
function Bar({ step, length }: Pick<StepProps, 'step' | 'length'>) {
  const scale = length === 0 ? 0 : 100 / length;
  const isRunning = step.took === undefined;
  return (
    <span aria-hidden="true" className="relative h-2 w-24 shrink-0 rounded-full bg-sunken @max-2xl:hidden">
      <span
        className={classes('absolute inset-y-0 min-w-1 rounded-full', isRunning ? 'bg-notice' : 'bg-accent')}
        style={{
          left: `${Math.min(step.at * scale, 97)}%`,
          width: isRunning ? undefined : `${(step.took ?? 0) * scale}%`,
        }}
      />
    </span>
  );
}
