import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What belongs to a database and comes and goes with it. */
const SIDE_FILES = /-(wal|shm|journal)$/;
/** Kept free on purpose, to be given up when the disk is full. */
const BALLAST = /ballast/;

/**
 * Bytes that the files of a folder hold. Of a database only the pages that are in use count: what was deleted leaves
 * room for what comes next without making the file any smaller.
 */
export function usedBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += usedBytes(path);
    else if (entry.isFile() && !SIDE_FILES.test(entry.name) && !BALLAST.test(entry.name))
      bytes += usedIn(path);
  }
  return bytes;
}

function usedIn(file: string): number {
  try {
    return file.endsWith('.db') ? pagesInUse(file) : statSync(file).size;
  } catch {
    // Gone since the folder was read, or locked by a checkpoint just now: counted the next time.
    return 0;
  }
}

function pagesInUse(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const read = (pragma: string): number => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
    return (read('page_count') - read('freelist_count')) * read('page_size');
  } finally {
    database.close();
  }
}
