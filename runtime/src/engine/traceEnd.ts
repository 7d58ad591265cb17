import type { TraceStep } from '@sluice/shared/protocol/running.ts';

/** What tells most of where a message came to, first. */
const WEIGHT: Readonly<Record<TraceStep['outcome'], number>> = {
  'dead-letter': 0,
  failed: 1,
  waiting: 2,
  sent: 3,
  absorbed: 4,
  nothing: 5,
  passed: 6,
};

/** Where a traced message stopped and why, in words. */
export function endOfTrace(steps: readonly TraceStep[], nameOf: (node: string) => string): string {
  let telling: TraceStep | undefined;
  for (const step of steps)
    if (telling === undefined || WEIGHT[step.outcome] <= WEIGHT[telling.outcome]) telling = step;
  if (telling === undefined) return 'It has not gone through any node yet.';
  const others = steps.filter(({ outcome }) => outcome !== 'passed').length - 1;
  const more =
    others > 0 ? ` ${others === 1 ? 'Another branch' : `${others} other branches`} ended too.` : '';
  return `${sentenceOf(telling, `“${nameOf(telling.node)}”`)}${telling.outcome === 'passed' ? '' : more}`;
}

function sentenceOf({ outcome, sentence, at, took, out }: TraceStep, name: string): string {
  const after = `${shortMs(at + (took ?? 0))} after it came in`;
  switch (outcome) {
    case 'dead-letter':
    case 'failed':
      return `Failed at ${name}: ${sentence ?? 'no reason was given.'}`;
    case 'waiting':
      return sentence === undefined ? `Is on its way at ${name}.` : `Waits at ${name}: ${sentence}`;
    case 'sent':
      return `Went out by ${name}, ${after}.`;
    case 'absorbed':
      return `Stopped at ${name}: it was kept there and nothing came out, ${after}.`;
    case 'nothing':
      return `Stopped at ${name}: nothing came out, ${after}.`;
    case 'passed':
      return `Left ${name} by “${out.at(-1)?.port ?? ''}”, where no wire goes on, ${after}.`;
  }
}

function shortMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
