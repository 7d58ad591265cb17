/** What rates are reckoned from: totals that only grow, at a moment in ms since the epoch. */
export interface Reading {
  readonly at: number;
  readonly total: number;
}

/** Rates are over this long. */
const WINDOW_MS = 10_000;
/** Readings that come closer to each other replace one another. */
const APART_MS = 1_000;
/** The runner tells of each flow every 5 s; what was not told of for so long does not go on. */
const STALE_MS = 15_000;

/** The readings with one more; those that no rate needs any more are left out. Oldest first. */
export function withReading(readings: readonly Reading[], reading: Reading): readonly Reading[] {
  const beforeLast = readings.at(-2);
  const isClose = beforeLast !== undefined && reading.at - beforeLast.at < APART_MS;
  const kept = [...(isClose ? readings.slice(0, -1) : readings), reading];
  // The newest of those that are as old as the window: from there on it is covered.
  const first = kept.findLastIndex(({ at }) => reading.at - at >= WINDOW_MS);
  return first > 0 ? kept.slice(first) : kept;
}

/**
 * How much the total grew in a second, over the last 10 s or as much of them as is known; 0 when nothing is told any
 * more, and when what was counted has become less, as with a node that was taken out.
 */
export function perSecond(readings: readonly Reading[], now: number): number {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined || first.at >= last.at || now - last.at > STALE_MS) return 0;
  return (Math.max(0, last.total - first.total) * 1_000) / (last.at - first.at);
}
