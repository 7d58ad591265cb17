/** How far back a rate looks, ms: long enough that one message a second is not shown as four or none. */
const WINDOW_MS = 3_000;

type Counts = Readonly<Record<string, number>>;

/** Makes rates of counters that only grow (until their flow starts anew). */
export interface Rates {
  /** Takes the counters of now; gives count and messages a second by wire. */
  next(counts: Counts, now: number): Record<string, [number, number]>;
}

export function createRates(): Rates {
  let snapshots: { readonly at: number; readonly counts: Counts }[] = [];
  return {
    next(counts, now) {
      const last = snapshots.at(-1);
      if (last !== undefined && isAnew(last.counts, counts)) snapshots = [];
      snapshots = snapshots.filter(({ at }) => now - at <= WINDOW_MS);
      const oldest = snapshots[0];
      snapshots.push({ at: now, counts });
      const seconds = oldest === undefined ? 0 : (now - oldest.at) / 1_000;
      return Object.fromEntries(
        Object.entries(counts).map(([wire, count]) => {
          const grown = count - (oldest?.counts[wire] ?? 0);
          return [wire, [count, seconds === 0 ? 0 : Math.round((grown / seconds) * 100) / 100]];
        }),
      );
    },
  };
}

function isAnew(before: Counts, now: Counts): boolean {
  return Object.entries(before).some(([wire, count]) => (now[wire] ?? 0) < count);
}
