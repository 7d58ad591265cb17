import type { LogEntry } from '@sluice/shared/protocol/live.ts';

/** The last errors and notices of each flow, for whoever opens its page after they came. */
export interface RecentTrouble {
  add(flow: string, entry: LogEntry): void;
  /** The oldest first. */
  of(flow: string): readonly LogEntry[];
}

const RECENT_CAP = 50;
/** Flows that are remembered; past that the one whose trouble is longest ago is not. */
const FLOWS_CAP = 1_000;

export function createRecentTrouble(): RecentTrouble {
  const byFlow = new Map<string, LogEntry[]>();
  return {
    add(flow, entry) {
      const entries = byFlow.get(flow) ?? [];
      entries.push(entry);
      if (entries.length > RECENT_CAP) entries.shift();
      // Put in anew, so that the keys are in the order of their last trouble.
      byFlow.delete(flow);
      byFlow.set(flow, entries);
      const [longestAgo] = byFlow.keys();
      if (byFlow.size > FLOWS_CAP && longestAgo !== undefined) byFlow.delete(longestAgo);
    },
    of: (flow) => [...(byFlow.get(flow) ?? [])],
  };
}
