/** How fast messages that waited are sent on (EN8): so many a second, and as many more as come in meanwhile. */
export interface Pace {
  /** One more has come in. */
  arrived(): void;
  /** How many may go now, at most `most`. */
  allowed(most: number, now: number): number;
  spent(count: number): void;
  /** How long until one more may go, ms. */
  waitMs(now: number): number;
}

/** `perSecond` messages a second, at most a tenth of a second's worth at once. */
export function createPace(perSecond: number, start: number): Pace {
  const burst = Math.max(1, perSecond / 10);
  let tokens = burst;
  let at = start;
  const gain = (now: number) => {
    const gained = (Math.max(0, now - at) * perSecond) / 1_000;
    at = now;
    if (tokens < burst) tokens = Math.min(burst, tokens + gained);
  };
  return {
    arrived: () => void (tokens += 1),
    allowed: (most, now) => {
      gain(now);
      return Math.max(0, Math.min(most, Math.floor(tokens)));
    },
    spent: (count) => void (tokens -= count),
    waitMs: (now) => {
      gain(now);
      return Math.max(1, Math.ceil(((1 - tokens) * 1_000) / perSecond));
    },
  };
}
