import type { Clock, Stop } from '@sluice/shared/node/context.ts';
import type { Scheduler } from './shell.ts';

/** Wakes a flow at the due time of its next timer (EN10); one timer of the scheduler stands at a time. */
export interface AlarmClock {
  /** To be called whenever the next due time may be another one. */
  arm(): void;
  /** To be called when there is room again (EN5). */
  roomMade(): void;
  stop(): void;
}

export interface AlarmClockOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly nextDueAt: () => number | undefined;
  /** Runs what is due. False when there is no room for it. */
  readonly run: () => boolean;
}

/** However far off the next timer is, the clock is looked at this often. */
const LOOK_AGAIN_MS = 30_000;

export function createAlarmClock({ clock, scheduler, nextDueAt, run }: AlarmClockOptions): AlarmClock {
  let armedFor: number | undefined;
  let cancel: Stop = () => undefined;
  let isBlocked = false;
  let isStopped = false;
  const disarm = () => {
    void cancel();
    armedFor = undefined;
  };
  const arm = () => {
    const next = nextDueAt();
    if (isStopped || isBlocked || next === armedFor) return;
    disarm();
    if (next === undefined) return;
    armedFor = next;
    // A clock that is set while this waits is noticed within this time.
    cancel = scheduler.after(Math.min(LOOK_AGAIN_MS, Math.max(0, next - clock.now())), wake);
  };
  const wake = () => {
    armedFor = undefined;
    isBlocked = !run();
    arm();
  };
  return {
    arm,
    roomMade: () => {
      if (!isBlocked) return;
      isBlocked = false;
      arm();
    },
    stop: () => {
      isStopped = true;
      disarm();
    },
  };
}
