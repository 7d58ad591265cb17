/**
 * A count that only grows, made of one that begins anew whenever what is counted starts again: a flow that is deployed,
 * a process that came back. `base` is what earlier starts came to, `last` what the present one was seen to have.
 */
export interface Growth {
  readonly base: number;
  readonly last: number;
}

export const NOTHING_YET: Growth = { base: 0, last: 0 };

/** Takes in what is counted now. A count that is lower than before has begun anew. */
export function grown({ base, last }: Growth, seen: number): Growth {
  return seen < last ? { base: base + last, last: seen } : { base, last: seen };
}

/** For a start that is known of: then a count that is past the last one at once is not taken for its continuation. */
export function startedAnew({ base, last }: Growth): Growth {
  return { base: base + last, last: 0 };
}

export function totalOf({ base, last }: Growth): number {
  return base + last;
}
