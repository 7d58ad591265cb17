/** Events that a socket may send in a second: a person with many flows open sends a handful. */
export const MOST_EVENTS_A_SECOND = 100;

/** Counts the events of one socket, second by second. Pure: the time is handed in. */
export interface EventRate {
  /** One more event; false when it is one too many. */
  take(now: number): boolean;
}

export function createEventRate(): EventRate {
  let second = 0;
  let count = 0;
  return {
    take(now) {
      const current = Math.floor(now / 1_000);
      count = current === second ? count + 1 : 1;
      second = current;
      return count <= MOST_EVENTS_A_SECOND;
    },
  };
}
