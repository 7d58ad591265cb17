import type { SandboxClock } from './sandbox.ts';

const LOOK_EVERY_MS = 25;

export interface WatchOptions {
  readonly clock: SandboxClock;
  /** Looks at the resident size of the process: limits of isolates do not cover all memory. */
  look(): void;
  /** Goes on as long as this is so; an idle sandbox costs nothing. */
  isNeeded(): boolean;
}

export interface Watch {
  start(): void;
  stop(): void;
}

/** Looks again and again from `start` on, until it is not needed any more. */
export function createWatch({ clock, look, isNeeded }: WatchOptions): Watch {
  let stop: (() => void) | undefined;
  const start = (): void => {
    stop ??= clock.after(LOOK_EVERY_MS, () => {
      stop = undefined;
      look();
      if (isNeeded()) start();
    });
  };
  return {
    start,
    stop() {
      stop?.();
      stop = undefined;
    },
  };
}
