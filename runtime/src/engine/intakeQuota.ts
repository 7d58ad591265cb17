import type { Clock, Stop } from '@sluice/shared/node/context.ts';
import type { IntakeQuota, Scheduler } from './shell.ts';

/** Sources that wait go on when there is room for this part of a second, so that they do not stutter. */
const GO_ON_MS = 100;

/** A bucket that holds the messages of one second and fills up as time goes by. */
export function createIntakeQuota(clock: Clock, scheduler: Scheduler): IntakeQuota {
  const listeners = new Set<() => void>();
  let most: number | undefined;
  let left = 0;
  let filledAt = clock.now();
  let waits = 0;
  let stopWaiting: Stop | undefined;

  function fill(perSecond: number): void {
    const now = clock.now();
    left = Math.min(perSecond, left + (Math.max(0, now - filledAt) * perSecond) / 1_000);
    filledAt = now;
  }

  function goOn(): void {
    stopWaiting = undefined;
    for (const listener of listeners) listener();
  }

  return {
    get isReached() {
      return stopWaiting !== undefined;
    },
    get waits() {
      return waits;
    },
    took(messages) {
      if (most === undefined) return;
      fill(most);
      left -= messages;
      if (left > 0 || stopWaiting !== undefined) return;
      waits += 1;
      stopWaiting = scheduler.after(Math.ceil(GO_ON_MS - (left * 1_000) / most), goOn);
    },
    onRoom(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setMost(perSecond) {
      most = perSecond;
      left = perSecond ?? 0;
      filledAt = clock.now();
      if (stopWaiting === undefined) return;
      void stopWaiting();
      goOn();
    },
    stop() {
      void stopWaiting?.();
      stopWaiting = undefined;
      listeners.clear();
    },
  };
}
