import type { RunnerTime } from './time.ts';

/** Time that stands still until it is moved, for tests. */
export interface FakeTime extends RunnerTime {
  /** Moves on, running what falls due on the way in order. */
  advance(ms: number): void;
  /** How many timers are set. */
  pending(): number;
}

export function fakeTime(start = 1_767_225_600_000): FakeTime {
  let now = start;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: now + Math.max(0, ms), run };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  };
  const nextUntil = (end: number) =>
    timers.filter((timer) => timer.at <= end).toSorted((one, other) => one.at - other.at)[0];
  return {
    now: () => now,
    random: () => 0,
    elapsed: () => now - start,
    soon: (run) => void after(0, run),
    after,
    pending: () => timers.length,
    advance: (ms) => {
      const end = now + ms;
      for (let next = nextUntil(end); next !== undefined; next = nextUntil(end)) {
        const due = next;
        timers = timers.filter((timer) => timer !== due);
        now = Math.max(now, due.at);
        due.run();
      }
      now = end;
    },
  };
}
