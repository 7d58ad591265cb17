import { randomUUID } from 'node:crypto';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../engine/shell.ts';

/** Time as the runner, its host and the commands use it: the wall clock and timers, handed in so that tests own them. */
export interface RunnerTime extends Clock, Scheduler {
  /** 0 to 1. */
  random(): number;
  /** Milliseconds with decimals since the process began; never goes back. */
  elapsed(): number;
  after(ms: number, run: () => void): () => void;
}

/** The longest delay that timers of Node take; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The one place of the runner that reads the wall clock and sets timers (EN11). */
export const systemTime: RunnerTime = {
  now: () => Date.now(),
  random: () => Math.random(),
  elapsed: () => performance.now(),
  soon: (run) => {
    setImmediate(run);
  },
  after,
};

function after(ms: number, run: () => void): () => void {
  if (ms > LONGEST_TIMER_MS) {
    let stop = after(LONGEST_TIMER_MS, () => {
      stop = after(ms - LONGEST_TIMER_MS, run);
    });
    return () => stop();
  }
  const timer = setTimeout(run, Math.max(0, ms));
  return () => clearTimeout(timer);
}

/** A new unique id, in order of time where two are made far enough apart. */
export function newId(): string {
  return randomUUID();
}

/**
 * Makes ids for what comes thousands of times a second: unique as those of `newId`, but all of one process begin alike
 * and are counted, which takes a tenth of the time and memory.
 */
export function createIds(): () => string {
  // 64 random bits: no two processes that ever ran a workspace begin alike.
  const prefix = `${randomUUID().slice(0, 18)}-`;
  let count = 0;
  return () => {
    count += 1;
    return prefix + count;
  };
}

/** Calls `run` again and again, `ms` apart, until stopped. */
export function every(time: RunnerTime, ms: number, run: () => void): () => void {
  let stop = time.after(ms, tick);
  function tick(): void {
    stop = time.after(ms, tick);
    run();
  }
  return () => stop();
}

/** Resolves after `ms`, or at once when aborted. */
export function pause(time: RunnerTime, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = time.after(ms, resolve);
    signal?.addEventListener('abort', () => {
      stop();
      resolve();
    });
  });
}
