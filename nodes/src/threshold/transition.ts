import type { StoredMessage } from '@sluice/shared/message/stored.ts';

/**
 * Where one device stands. A device that is not beyond the limit and is not about to be has no state at all.
 * `pending` is there while the opposite holds but not yet for long enough: since when, how often in a row, and the
 * latest message that says so.
 */
export type Standing = {
  readonly raised: boolean;
  readonly pending: Pending | null;
};
export type Pending = { readonly since: number; readonly times: number; readonly latest: StoredMessage };

/** How long, and how often in a row, the opposite must hold. */
export interface Hold {
  readonly forMs: number;
  readonly times: number;
}

export interface Rules {
  readonly raise: Hold;
  readonly clear: Hold;
}

const REST: Standing = { raised: false, pending: null };

/** What follows from an event. `sent` is the message of a transition; `timerAt` when to look again, if time alone can decide. */
export interface Step {
  readonly next: Standing;
  readonly sent: { readonly raised: boolean; readonly message: StoredMessage } | undefined;
  readonly timerAt: number | undefined;
}

/**
 * A message has come. `opposes` says that it is on the other side than the device stands on. A hold that has run out
 * by now is over before the message counts, so that the order of timer and message does not matter.
 */
export function onMessage(
  standing: Standing | undefined,
  opposes: (raised: boolean) => boolean,
  message: () => StoredMessage,
  now: number,
  rules: Rules,
): readonly Step[] {
  const ripe = standing === undefined ? undefined : onTime(standing, now, rules);
  const from = ripe?.next ?? standing ?? REST;
  const before = ripe?.sent === undefined ? [] : [ripe];
  if (!opposes(from.raised)) return [...before, settle({ raised: from.raised, pending: null })];
  const pending = {
    since: from.pending?.since ?? now,
    times: (from.pending?.times ?? 0) + 1,
    latest: message(),
  };
  const held = { raised: from.raised, pending };
  return [...before, onTime(held, now, rules) ?? wait(held, now, rules)];
}

/** Time has gone on: the transition, when what is pending has held for long and often enough. */
export function onTime({ raised, pending }: Standing, now: number, rules: Rules): Step | undefined {
  if (pending === null) return undefined;
  const hold = raised ? rules.clear : rules.raise;
  if (pending.times < hold.times || now - pending.since < hold.forMs) return undefined;
  return {
    next: { raised: !raised, pending: null },
    sent: { raised: !raised, message: pending.latest },
    timerAt: undefined,
  };
}

function settle(next: Standing): Step {
  return { next, sent: undefined, timerAt: undefined };
}

function wait(next: Standing, now: number, rules: Rules): Step {
  const dueAt = (next.pending?.since ?? now) + (next.raised ? rules.clear : rules.raise).forMs;
  return { next, sent: undefined, timerAt: dueAt > now ? dueAt : undefined };
}
