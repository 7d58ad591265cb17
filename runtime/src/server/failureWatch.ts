// When so many messages of a flow fail that somebody should look (EN7): a pure state machine, fed by the counters that
// the runner sends.

/** Failed messages are counted over this span. */
const SPAN_MS = 60_000;
/** A raised alarm is cleared when the rate was at or below the limit for so long without a break. */
const QUIET_MS = 300_000;
/** What fails within so long at one node is one entry. */
const GRAIN_MS = 1_000;

/** Messages that failed at a node, at about one time (ms since the epoch). */
interface Failed {
  readonly at: number;
  readonly node: string;
  readonly count: number;
}

/** What is known of the failures of one flow. */
export interface FailureWatch {
  /** By node: failed messages since the flow started, as told last. */
  readonly told: Readonly<Record<string, number>>;
  /** What failed in the last minute, oldest first. */
  readonly recent: readonly Failed[];
  /** While the alarm is raised: for which node it was, and since when it is quiet. */
  readonly raised: { readonly node: string; readonly quietSince: number | undefined } | undefined;
}

export type FailureEvent =
  /** By node: failed messages since the flow started. */
  | {
      readonly kind: 'told';
      readonly now: number;
      readonly limit: number;
      readonly nodes: Readonly<Record<string, number>>;
    }
  /** Time went by. */
  | { readonly kind: 'passed'; readonly now: number; readonly limit: number };

export type FailureEffect =
  /** `count` messages failed in the last minute, most of them at `node`. */
  | { readonly kind: 'raise'; readonly count: number; readonly node: string }
  | { readonly kind: 'clear'; readonly node: string };

export const NOTHING_FAILED: FailureWatch = { told: {}, recent: [], raised: undefined };

/** Above the limit a minute the alarm is raised, once; after five minutes at or below it, it is cleared. */
export function watchFailures(
  before: FailureWatch,
  event: FailureEvent,
): readonly [FailureWatch, readonly FailureEffect[]] {
  const { now, limit } = event;
  const heard = event.kind === 'told' ? told(before, event.nodes, now) : before;
  const recent = heard.recent.filter(({ at }) => at > now - SPAN_MS && at <= now);
  const count = recent.reduce((sum, failed) => sum + failed.count, 0);
  const watch = { ...heard, recent };
  return count > limit ? loud(watch, count) : quiet(watch, now);
}

function loud(watch: FailureWatch, count: number): readonly [FailureWatch, readonly FailureEffect[]] {
  if (watch.raised !== undefined)
    return [{ ...watch, raised: { ...watch.raised, quietSince: undefined } }, []];
  const node = worst(watch.recent);
  return [{ ...watch, raised: { node, quietSince: undefined } }, [{ kind: 'raise', count, node }]];
}

function quiet(watch: FailureWatch, now: number): readonly [FailureWatch, readonly FailureEffect[]] {
  const { raised } = watch;
  if (raised === undefined) return [watch, []];
  // A clock that was set back starts the five minutes anew.
  const quietSince = Math.min(raised.quietSince ?? now, now);
  if (now - quietSince < QUIET_MS) return [{ ...watch, raised: { ...raised, quietSince } }, []];
  return [{ ...watch, raised: undefined }, [{ kind: 'clear', node: raised.node }]];
}

/** A count that is lower than the one before is of a flow that has started again, and counts as a whole. */
function told(watch: FailureWatch, nodes: Readonly<Record<string, number>>, now: number): FailureWatch {
  const grain = Math.floor(now / GRAIN_MS) * GRAIN_MS;
  let { recent } = watch;
  for (const [node, count] of Object.entries(nodes)) {
    const known = watch.told[node] ?? 0;
    const more = count < known ? count : count - known;
    if (more > 0) recent = added(recent, { at: grain, node, count: more });
  }
  return { ...watch, told: nodes, recent };
}

function added(recent: readonly Failed[], failed: Failed): readonly Failed[] {
  const same = recent.findIndex(({ at, node }) => at === failed.at && node === failed.node);
  const found = recent[same];
  return found === undefined
    ? [...recent, failed]
    : recent.with(same, { ...found, count: found.count + failed.count });
}

/** The node at which most failed. */
function worst(recent: readonly Failed[]): string {
  const byNode = new Map<string, number>();
  for (const { node, count } of recent) byNode.set(node, (byNode.get(node) ?? 0) + count);
  return [...byNode].toSorted(([, one], [, other]) => other - one)[0]?.[0] ?? '';
}
