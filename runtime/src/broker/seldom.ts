import type { RunnerTime } from '../runner/time.ts';

/** After how long the same sentence is worth another line. */
export const LOG_AGAIN_MS = 60_000;

/** Lets one sentence of a kind through in a while, so that a flood of refusals is no flood of log lines. */
export function atMostEvery(time: RunnerTime, ms: number, log: (sentence: string) => void) {
  const last = new Map<string, number>();
  return (sentence: string): void => {
    const now = time.now();
    if (now - (last.get(sentence) ?? Number.NEGATIVE_INFINITY) < ms) return;
    if (last.size > 1_000) last.clear();
    last.set(sentence, now);
    log(sentence);
  };
}
