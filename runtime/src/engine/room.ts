import type { Committer } from './commit.ts';
import type { SegmentEnd } from './segment.ts';

/** Messages of one flow that may be taken in and not yet settled (EN5). */
const MOST_UNDER_WAY = 4_096;

/** Whether a flow can take more (EN5). What was told to stop goes on when half is free, so that it does not stutter. */
export interface Room {
  /** A queue that the node leads to is full. */
  isFullAfter(node: number): boolean;
  /** A source or a timer of this node has to wait. */
  isFullFor(node: number): boolean;
  /** A source of this node that waits may go on. */
  hasRoomFor(node: number): boolean;
}

export interface RoomOptions {
  readonly committer: Committer;
  readonly ends: ReadonlyMap<number, SegmentEnd>;
  readonly downstream: (node: number) => readonly number[];
  readonly underWay: () => number;
}

export function createRoom({ committer, ends, downstream, underWay }: RoomOptions): Room {
  const known = new Map<number, readonly SegmentEnd[]>();
  const endsAfter = (node: number): readonly SegmentEnd[] => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const found = downstream(node).flatMap((index) => ends.get(index) ?? []);
    known.set(node, found);
    return found;
  };
  const isFullAfter = (node: number) => endsAfter(node).some((end) => end.isFull);
  return {
    isFullAfter,
    isFullFor: (node) => committer.trouble !== undefined || underWay() >= MOST_UNDER_WAY || isFullAfter(node),
    hasRoomFor: (node) =>
      committer.trouble === undefined &&
      underWay() <= MOST_UNDER_WAY / 2 &&
      endsAfter(node).every((end) => end.hasRoom),
  };
}
