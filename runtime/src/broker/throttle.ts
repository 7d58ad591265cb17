// How fast a device may publish: 100 times its usual rate, and never less than 10 messages a second. Pure: time is
// handed in.

/** What is known of the pace of one device. */
export interface Pace {
  readonly startedAt: number;
  /** Messages a second as they are usual; what was refused its usual pace does not count. */
  readonly usual: number;
  /** Messages of the slot that is being counted. */
  readonly counted: number;
  readonly slotAt: number;
  /** Messages that it may still send at once; below zero it is ahead of its pace. */
  readonly room: number;
  readonly roomAt: number;
  /** Since when it has kept its pace again, while it is slowed; `undefined` while it is not slowed. */
  readonly slowed: { readonly keptSince: number | undefined } | undefined;
}

export type PaceEffect =
  /** It has to wait before anything more is read of it. */
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'raise'; readonly usual: number; readonly limit: number }
  | { readonly kind: 'clear' };

const TIMES_USUAL = 100;
const LEAST_PER_SECOND = 10;
/** How long the pace of a device that was never seen is learnt before it is held to it. */
const LEARN_MS = 10_000;
const SLOT_MS = 10_000;
/** Over how long the usual rate is averaged. */
const AVERAGE_MS = 600_000;
/** What may come at once, in seconds of the limit. */
const BURST_SECONDS = 5;
/** A connection that is read too seldom would miss its own keep-alive. */
const LONGEST_WAIT_MS = 5_000;
/** How long it has to keep its pace until it is over. */
const OVER_MS = 30_000;

export function startPace(now: number): Pace {
  return { startedAt: now, usual: 0, counted: 0, slotAt: now, room: 0, roomAt: now, slowed: undefined };
}

/** Messages a second that it may send. */
export function limitOf({ usual }: Pace): number {
  return Math.max(LEAST_PER_SECOND, TIMES_USUAL * usual);
}

/** A message came. */
export function tookMessage(before: Pace, now: number): readonly [Pace, readonly PaceEffect[]] {
  const pace = settled(before, now);
  const counting = { ...pace, counted: pace.counted + 1 };
  if (now - pace.startedAt < LEARN_MS) return [counting, []];
  const limit = limitOf(pace);
  const most = limit * BURST_SECONDS;
  // While it is learnt there is no room to keep, so the first message after that begins with all of it.
  const since = pace.roomAt - pace.startedAt < LEARN_MS ? Number.POSITIVE_INFINITY : now - pace.roomAt;
  const room = Math.min(most, pace.room + (limit * since) / 1_000) - 1;
  if (room >= 0) return [{ ...counting, room, roomAt: now }, []];
  const ms = Math.min(LONGEST_WAIT_MS, Math.ceil((-room / limit) * 1_000));
  const slowed = { ...counting, room: Math.max(room, -most), roomAt: now, slowed: { keptSince: undefined } };
  const raise = pace.slowed === undefined ? [{ kind: 'raise' as const, usual: pace.usual, limit }] : [];
  return [slowed, [{ kind: 'wait', ms }, ...raise]];
}

/** Time went by: it may be over. To be called every few seconds. */
export function passed(before: Pace, now: number): readonly [Pace, readonly PaceEffect[]] {
  const pace = settled(before, now);
  if (pace.slowed === undefined) return [pace, []];
  const { keptSince = now } = pace.slowed;
  if (now - keptSince < OVER_MS) return [{ ...pace, slowed: { keptSince } }, []];
  return [{ ...pace, slowed: undefined }, [{ kind: 'clear' }]];
}

/** Puts the slots that are full into the average. What comes while it is slowed is not usual. */
function settled(pace: Pace, now: number): Pace {
  const elapsed = now - pace.slotAt;
  if (elapsed < SLOT_MS) return pace;
  const rest = { ...pace, counted: 0, slotAt: now };
  if (pace.slowed !== undefined) return rest;
  const rate = (pace.counted * 1_000) / elapsed;
  // The first minutes are averaged over what there is of them.
  const over = Math.min(AVERAGE_MS, now - pace.startedAt);
  const share = Math.min(1, elapsed / over);
  return { ...rest, usual: pace.usual + (rate - pace.usual) * share };
}
