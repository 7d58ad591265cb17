import { useSyncExternalStore } from 'react';

// The one place of the editor that reads the wall clock: everything that says "3 min ago" moves on together.

const TICK_MS = 1_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** The present time in ms since the epoch. */
export function readClock(): number {
  return Date.now();
}

/** The present time in ms since the epoch; the component is drawn again each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
