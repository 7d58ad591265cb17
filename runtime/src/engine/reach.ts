/** After so many failures a message goes to the dead letters, if its target took others in between (EN8). */
export const MOST_TRIES = 10;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait before the next try after so many failures in a row: 100 ms, 200 ms, … 30 s, less up to half of it. */
export function backOffMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return Math.round(full * (1 - random / 2));
}

/** Whether the target of a node can be reached, as far as its calls have told (EN8). */
export interface Reach {
  /** Why it is away; `undefined` while it is there. */
  readonly away: Away | undefined;
  /** How many calls have got through. */
  readonly successes: number;
  /** To be given to `failed` by the call that begins now. */
  begin(): number;
  /** Something of a call got through. One that began before the last failure says nothing of now. */
  succeeded(begun: number): void;
  /**
   * Nothing of a call got through. False when the call began before the last failure: that one counts for both.
   */
  failed(begun: number, sentence: string, now: number): boolean;
}

interface Away {
  readonly since: number;
  readonly failures: number;
  readonly sentence: string;
}

export function createReach(): Reach {
  let away: Away | undefined;
  let successes = 0;
  let round = 0;
  return {
    get away() {
      return away;
    },
    get successes() {
      return successes;
    },
    begin: () => round,
    succeeded: (begun) => {
      successes += 1;
      if (begun === round) away = undefined;
    },
    failed: (begun, sentence, now) => {
      if (begun !== round) return false;
      round += 1;
      away = { since: away?.since ?? now, failures: (away?.failures ?? 0) + 1, sentence };
      return true;
    },
  };
}
