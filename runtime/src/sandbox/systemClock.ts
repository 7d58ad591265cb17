import type { SandboxClock } from './sandbox.ts';

/** The machine's clock and timers; they keep no process alive. */
export const systemClock: SandboxClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
