import type { Outbox } from '@sluice/shared/protocol/running.ts';

// When messages wait on disk for so long or are so many that somebody should look (EN8): a pure state machine, fed by
// what the runner tells of the outboxes of one flow.

/** A target that is away for less than this needs nobody. */
const PATIENCE_MS = 60_000;

/** What is known of the outboxes of one flow, by node. */
export type OutboxWatch = Readonly<Record<string, WatchedOutbox>>;

interface WatchedOutbox {
  /** Since when its target is away, ms since the epoch. */
  readonly since: number;
  readonly raised: 'away' | 'full' | undefined;
}

export type OutboxEffect =
  | {
      readonly kind: 'raise';
      readonly node: string;
      readonly severity: 'major' | 'critical';
      readonly outbox: Outbox;
    }
  | { readonly kind: 'clear'; readonly node: string };

/**
 * An outbox whose target is away for a minute raises an alarm, one that is full raises it at once, or again as critical;
 * it is cleared when the target is back.
 */
export function watchOutboxes(
  before: OutboxWatch,
  outboxes: readonly Outbox[],
  now: number,
): readonly [OutboxWatch, readonly OutboxEffect[]] {
  const effects: OutboxEffect[] = [];
  const next: Record<string, WatchedOutbox> = {};
  for (const outbox of outboxes) {
    if (outbox.state === 'sending') continue;
    const known = before[outbox.node] ?? { since: now, raised: undefined };
    const raised = raisedBy(outbox, known, now);
    if (raised !== undefined && raised !== known.raised)
      effects.push({
        kind: 'raise',
        node: outbox.node,
        severity: raised === 'full' ? 'critical' : 'major',
        outbox,
      });
    next[outbox.node] = { since: Math.min(known.since, now), raised };
  }
  for (const [node, { raised }] of Object.entries(before))
    if (next[node] === undefined && raised !== undefined) effects.push({ kind: 'clear', node });
  return [next, effects];
}

function raisedBy({ state }: Outbox, { since, raised }: WatchedOutbox, now: number): WatchedOutbox['raised'] {
  if (state === 'full') return 'full';
  // From full back to away is no reason to call somebody again.
  return raised ?? (now - since >= PATIENCE_MS ? 'away' : undefined);
}
