import type { RunnerTime } from '../runner/time.ts';
import { every } from '../runner/time.ts';
import type { Pace, PaceEffect } from './throttle.ts';
import { passed, startPace, tookMessage } from './throttle.ts';

/** A device began to send far more than usual, or keeps its pace again. */
export type SlowedEvent = {
  readonly workspace: string;
  readonly device: string;
} & Extract<PaceEffect, { kind: 'raise' | 'clear' }>;

/** The pace of every device that publishes, over all of its connections. */
export interface Slowing {
  /** A message of the device came; gives how long nothing more should be read of it, ms. */
  took(workspace: string, device: string): number;
  /** May be called twice. */
  stop(): void;
}

const LOOK_EVERY_MS = 5_000;
/** A device that was silent for so long is learnt anew. */
const FORGET_MS = 86_400_000;

interface Paced {
  readonly workspace: string;
  readonly device: string;
  pace: Pace;
}

export function createSlowing(time: RunnerTime, tell: (event: SlowedEvent) => void): Slowing {
  const devices = new Map<string, Paced>();

  function perform({ workspace, device }: Paced, effects: readonly PaceEffect[]): number {
    let waitMs = 0;
    for (const effect of effects) {
      if (effect.kind === 'wait') waitMs = effect.ms;
      else tell({ workspace, device, ...effect });
    }
    return waitMs;
  }

  const stop = every(time, LOOK_EVERY_MS, () => {
    const now = time.now();
    for (const [key, paced] of devices) {
      const [pace, effects] = passed(paced.pace, now);
      paced.pace = pace;
      perform(paced, effects);
      if (pace.slowed === undefined && now - Math.max(pace.roomAt, pace.startedAt) > FORGET_MS)
        devices.delete(key);
    }
  });
  return {
    took(workspace, device) {
      const key = `${workspace}/${device}`;
      const now = time.now();
      const paced = devices.get(key) ?? { workspace, device, pace: startPace(now) };
      devices.set(key, paced);
      const [pace, effects] = tookMessage(paced.pace, now);
      paced.pace = pace;
      return perform(paced, effects);
    },
    stop,
  };
}
