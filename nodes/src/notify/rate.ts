/** How many devices are remembered; the ones told of longest ago are forgotten first. */
export const MAX_DEVICES = 10_000;

/** Who was told of when. */
export interface Rate {
  /** False when the device was told of less than `ms` ago; else its turn is taken. */
  take(device: string, now: number): boolean;
  /** Gives a turn back that came to nothing. */
  giveBack(device: string, now: number): void;
}

/** One turn in `ms` for each device; every turn with 0. */
export function createRate(ms: number): Rate {
  const lastTold = new Map<string, number>();
  return {
    take: (device, now) => {
      if (ms === 0) return true;
      const last = lastTold.get(device);
      if (last !== undefined && now - last < ms) return false;
      // Set anew, so that the order of the map is that of the turns.
      lastTold.delete(device);
      lastTold.set(device, now);
      const [oldest] = lastTold.keys();
      if (lastTold.size > MAX_DEVICES && oldest !== undefined) lastTold.delete(oldest);
      return true;
    },
    giveBack: (device, now) => {
      if (lastTold.get(device) === now) lastTold.delete(device);
    },
  };
}
