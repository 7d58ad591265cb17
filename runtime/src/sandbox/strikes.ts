const WINDOW_MS = 60_000;
const MOST = 3;

/** Times at which a flow's code ended the process, ms since the epoch, oldest first. */
export type Strikes = readonly number[];

/** Adds one and tells whether the flow has to be held: three within a minute (EN13). */
export function strike(strikes: Strikes, now: number): { strikes: Strikes; isOut: boolean } {
  const recent = [...strikes.filter((time) => now - time < WINDOW_MS), now];
  return { strikes: recent, isOut: recent.length >= MOST };
}
