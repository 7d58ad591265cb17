import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isDiskFull } from './stateStoreFile.ts';

// To take something away SQLite has to write first. On a full disk it could not, and nobody could clean up. So a file
// beside the state holds some room, which is given up for that.

const NAME = 'ballast';
export const BALLAST_BYTES = 16 * 1024 * 1024;
/** With less it is not worth the file. */
const LEAST_BYTES = 256 * 1024;
/** At the start the ballast takes a quarter of what is free at most. */
const SHARE = 4;
/** Left to others when it is made again, for the directories and logs of that moment. */
const MARGIN_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Makes the ballast where there is none or a smaller one than there is room for. False when it is not as large as it should be. */
export function keepBallast(folder: string): boolean {
  const had = sizeOf(folder);
  if (had >= BALLAST_BYTES) return true;
  const wanted = Math.min(BALLAST_BYTES, Math.floor((freeIn(folder) + had) / SHARE));
  if (wanted > had) {
    giveUp(folder);
    make(folder, wanted);
  }
  return sizeOf(folder) >= BALLAST_BYTES;
}

/**
 * Runs work that only takes away. When the disk is too full for it, the ballast is given up, the work done, and the
 * ballast made again of what is left. `settle` runs before that: what puts the log into the file, so that the log can
 * begin anew and whatever comes next has room in it. Throws what the work throws: `disk-full` when even that was not enough.
 */
export function withBallast<T>(folder: string, work: () => T, settle: () => void = () => undefined): T {
  try {
    return work();
  } catch (error) {
    const had = isDiskFull(error) ? giveUp(folder) : 0;
    if (had === 0) throw error;
    try {
      const answer = work();
      settle();
      return answer;
    } finally {
      make(folder, Math.min(had, freeIn(folder) - MARGIN_BYTES));
    }
  }
}

function sizeOf(folder: string): number {
  return statSync(join(folder, NAME), { throwIfNoEntry: false })?.size ?? 0;
}

function freeIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** How large it was. */
function giveUp(folder: string): number {
  const had = sizeOf(folder);
  rmSync(join(folder, NAME), { force: true });
  return had;
}

/** Of bytes that no file system can make smaller. What has no room after all is left out. */
function make(folder: string, bytes: number): void {
  if (bytes < LEAST_BYTES) return;
  const chunk = randomFillSync(Buffer.allocUnsafe(CHUNK_BYTES));
  const file = openSync(join(folder, NAME), 'w', 0o600);
  try {
    for (let left = bytes; left > 0; left -= CHUNK_BYTES)
      writeSync(file, chunk, 0, Math.min(left, CHUNK_BYTES));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  } finally {
    closeSync(file);
  }
}
