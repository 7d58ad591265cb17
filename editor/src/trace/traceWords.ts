import type { Json } from '@sluice/shared/message/message.ts';
import type { Trace, TraceStep } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { leafPaths, messageTree } from '../debug/messageTree.ts';
import { formatSpan } from '../ui/formatTime.ts';
import type { Status } from '../ui/StatusDot.tsx';

/** A length of time as traces need it: `0.12 ms`, `34 ms`, `1.5 s`, `3 min`. */
export function formatShort(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : formatSpan(ms);
}

const OUTCOMES: Record<TraceStep['outcome'], { readonly status: Status; readonly word: string }> = {
  passed: { status: 'good', word: 'passed on' },
  sent: { status: 'good', word: 'sent' },
  nothing: { status: 'idle', word: 'nothing came out' },
  absorbed: { status: 'notice', word: 'kept in state' },
  waiting: { status: 'busy', word: 'waits for its target' },
  failed: { status: 'danger', word: 'failed' },
  'dead-letter': { status: 'danger', word: 'failed, kept as failed message' },
};

/** What became of a message at a node, as a shape and words. */
export function outcomeLook(outcome: TraceStep['outcome']): {
  readonly status: Status;
  readonly word: string;
} {
  return OUTCOMES[outcome];
}

/** From the beginning of a trace to the end of its last step, ms. */
export function traceLength({ steps }: Trace): number {
  return Math.max(0, ...steps.map(({ at, took }) => at + (took ?? 0)));
}

/** One value of a message before and after a node. */
export interface ChangeLine {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly kind: 'same' | 'changed' | 'added' | 'removed';
}

/** What a node made of a message, value by value, in the order in which they stand in it. */
export function changesOf(before: ShownMessage | undefined, after: ShownMessage | undefined): ChangeLine[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((path) => {
    const line = { path, before: old.get(path), after: now.get(path) };
    return { ...line, kind: kindOf(line.before, line.after) };
  });
}

function valuesOf(message: ShownMessage | undefined): ReadonlyMap<string, Json> {
  if (message === undefined) return new Map();
  return new Map(leafPaths(messageTree(message)).map(({ path, value }) => [path, value]));
}

function kindOf(before: Json | undefined, after: Json | undefined): ChangeLine['kind'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return JSON.stringify(before) === JSON.stringify(after) ? 'same' : 'changed';
}
