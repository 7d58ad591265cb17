import type { LetterFilter, LetterGroup } from '@sluice/shared/protocol/running.ts';
import { counted } from '../ui/formatValue.ts';

/** Failed messages of several groups, as the server counts them. */
export interface FailedGroups {
  readonly groups: readonly LetterGroup[];
  /** All of them, those of groups that are not listed too. */
  readonly kept: number;
  /** Older ones that are gone, because a flow keeps only so many. */
  readonly dropped: number;
}

/** How many failed in one flow. */
export interface FailedInFlow {
  readonly flow: string;
  readonly count: number;
}

/** The flows with failed messages, the one with the most first. */
export function failedByFlow(groups: readonly LetterGroup[]): readonly FailedInFlow[] {
  const counts = new Map<string, number>();
  for (const { flow, count } of groups) counts.set(flow, (counts.get(flow) ?? 0) + count);
  return [...counts]
    .map(([flow, count]) => ({ flow, count }))
    .sort((one, other) => other.count - one.count || one.flow.localeCompare(other.flow));
}

/** `37 failed messages in 2 flows`; `undefined` when there are none. */
export function failedLine({ groups, kept }: Pick<FailedGroups, 'groups' | 'kept'>): string | undefined {
  if (kept === 0) return undefined;
  return `${counted(kept, 'failed message')} in ${counted(failedByFlow(groups).length, 'flow')}`;
}

/** Messages of groups that are not listed, because there are too many different errors. */
export function unlisted({ groups, kept }: Pick<FailedGroups, 'groups' | 'kept'>): number {
  return Math.max(0, kept - groups.reduce((sum, { count }) => sum + count, 0));
}

/** The messages of a group that are there now: what fails from here on is not among them. */
export function filterOf({ flow, node, sentence, newestAt }: LetterGroup): LetterFilter {
  return { flow, node, sentence, until: newestAt };
}

/** The same for all groups of a flow. */
export function filterOfAll(flow: string, groups: readonly LetterGroup[]): LetterFilter {
  return { flow, until: Math.max(...groups.map(({ newestAt }) => newestAt)) };
}

/** What is the same for a group as long as it is there. */
export function groupKey({ node, sentence }: Pick<LetterGroup, 'node' | 'sentence'>): string {
  return JSON.stringify([node, sentence]);
}

/** Changes when messages of the group came or went. */
export function stampOf({ count, newestAt, oldestAt }: LetterGroup): string {
  return `${count} ${oldestAt} ${newestAt}`;
}

export interface Replayed {
  readonly replayed: number;
  readonly left: number;
  /** Why some are left. */
  readonly sentence?: string | undefined;
}

/** What came of a replay, as a person is told. */
export function replayedWords({ replayed, left, sentence }: Replayed): {
  readonly isDone: boolean;
  readonly text: string;
  readonly detail: string | undefined;
} {
  if (left === 0 && replayed === 0)
    return { isDone: true, text: 'There was nothing left to replay.', detail: undefined };
  const sent = `${counted(replayed, 'message')} ${replayed === 1 ? 'was' : 'were'} sent again`;
  if (left === 0) return { isDone: true, text: `${sent}.`, detail: undefined };
  return {
    isDone: false,
    text: `${sent}, ${left.toLocaleString('en')} ${left === 1 ? 'is' : 'are'} left.`,
    detail: sentence,
  };
}

/** `Replaying: 3,000 of 10,000` while it goes on. */
export function progressWords({ replayed, left }: Pick<Replayed, 'replayed' | 'left'>): string {
  return `Replaying: ${replayed.toLocaleString('en')} of ${(replayed + left).toLocaleString('en')}`;
}
