/** Messages a minute over the last five minutes, counted in slots of ten seconds so that it takes no memory to speak of. */
export interface Rate {
  count(now: number): void;
  perMinute(now: number): number;
}

const SLOT_MS = 10_000;
const SLOTS = 30;

export function createRate(start: number): Rate {
  const counts = new Float64Array(SLOTS);
  let newest = Math.floor(start / SLOT_MS);

  function moveTo(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let next = Math.max(newest + 1, slot - SLOTS + 1); next <= slot; next++) counts[next % SLOTS] = 0;
    newest = Math.max(newest, slot);
  }

  return {
    count(now) {
      moveTo(now);
      const index = newest % SLOTS;
      counts[index] = (counts[index] ?? 0) + 1;
    },
    perMinute(now) {
      moveTo(now);
      let total = 0;
      for (const count of counts) total += count;
      // What has been watched for less than five minutes is not diluted; but not less than one slot.
      const minutes = Math.min(SLOTS * SLOT_MS, Math.max(now - start, SLOT_MS)) / 60_000;
      return Math.round((total / minutes) * 10) / 10;
    },
  };
}
