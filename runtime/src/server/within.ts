import type { RunnerTime } from '../runner/time.ts';
import { pause } from '../runner/time.ts';

/** Waits for `work`, `ms` at most; the timer does not outlast the wait. */
export async function within(ms: number, work: Promise<void>, time: RunnerTime): Promise<void> {
  const over = new AbortController();
  await Promise.race([work.finally(() => over.abort()), pause(time, ms, over.signal)]);
}
