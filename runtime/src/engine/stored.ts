import type { Waiting } from './lanes.ts';

/** So many messages of those on disk are in memory at a time; the others are read when these are through. */
export const WINDOW = 1_024;

/** What of the messages that wait at a node is on disk. Those beyond the window are there only. */
export interface Stored {
  readonly count: number;
  readonly bytes: number;
  /** Not in memory. */
  readonly beyond: number;
  /** The last sequence that is, or was, in memory; what is beyond comes after it. */
  readonly windowEnd: number;
  /** One more is on disk, in memory too. */
  added(waiting: Waiting): void;
  /** One more is on disk and not in memory. */
  addedBeyond(waiting: Waiting): void;
  /** Those that were there before the start. */
  found(count: number, bytes: number): void;
  /** In memory and not on disk. */
  readonly unstored: number;
  /** One more is in memory and not on disk. */
  kept(): void;
  /** One that was in memory only is on disk now. */
  stored(waiting: Waiting): void;
  /** One is in memory, on disk or not. */
  passed(sequence: number): void;
  /** These were read from beyond the window; none: there are no more, whatever was counted. */
  read(waiting: readonly Waiting[]): void;
  /** These are through. */
  removed(waiting: readonly Waiting[]): void;
}

export function createStored(): Stored {
  let [count, bytes, beyond, windowEnd, unstored] = [0, 0, 0, 0, 0];
  const added = ({ storedBytes = 0 }: Waiting) => {
    count += 1;
    bytes += storedBytes;
  };
  return {
    get unstored() {
      return unstored;
    },
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
    get beyond() {
      return beyond;
    },
    get windowEnd() {
      return windowEnd;
    },
    added,
    kept: () => void (unstored += 1),
    stored: (waiting) => {
      unstored -= 1;
      added(waiting);
    },
    addedBeyond: ({ storedBytes = 0 }) => {
      count += 1;
      bytes += storedBytes;
      beyond += 1;
    },
    found: (more, moreBytes) => {
      count += more;
      bytes += moreBytes;
      beyond += more;
    },
    passed: (sequence) => {
      windowEnd = Math.max(windowEnd, sequence);
    },
    read: (waiting) => {
      if (waiting.length === 0) {
        count -= beyond;
        beyond = 0;
      }
      for (const { sequence } of waiting) windowEnd = Math.max(windowEnd, sequence);
      beyond = Math.max(0, beyond - waiting.length);
    },
    removed: (waiting) => {
      for (const { storedBytes } of waiting) {
        if (storedBytes === undefined) {
          unstored -= 1;
          continue;
        }
        count -= 1;
        bytes -= storedBytes;
      }
      if (count <= 0) [count, bytes] = [0, 0];
    },
  };
}
