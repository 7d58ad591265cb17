import { readClock } from './clock.ts';

/** Takes back what was started; may be called twice. */
export type Stop = () => void;

/** Time, handed in to the stores so that tests move it themselves. */
export interface Time {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once after a time. */
  after(delayMs: number, run: () => void): Stop;
  /** Runs once before the next picture is drawn, not earlier than after a time. */
  onFrame(delayMs: number, run: () => void): Stop;
}

/** The browser's own time. */
export const browserTime: Time = {
  now: readClock,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  onFrame(delayMs, run) {
    let frame = 0;
    const timer = setTimeout(() => {
      frame = requestAnimationFrame(run);
    }, delayMs);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  },
};
