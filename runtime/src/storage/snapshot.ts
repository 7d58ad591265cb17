import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { SluiceError } from '@sluice/shared/errors.ts';
import { notOpened } from './database.ts';

/** Databases of a data folder as they were at one moment. */
export interface Snapshot {
  /** Paths within the folder, `/` between names. */
  readonly databases: readonly string[];
  /** Files beside them that belong into a backup. */
  readonly files: readonly string[];
  /** Copies a database as it was; calls `use` with the copy, which is gone afterwards. */
  copy<T>(database: string, use: (file: string) => Promise<T>): Promise<T>;
  /** May be called twice. */
  close(): void;
}

const TEMPORARY = '.backup-';
/** Taken by who writes for the moment of the snapshot; none of them takes nearly as long. */
const WAIT_MS = 10_000;
/** What belongs to a database and is in its copy; what is made anew; what a start or a rotation leaves half done. */
const LEFT_OUT = /(-wal|-shm|-journal|-chain|\.new|\.next)$|\.damaged|^ballast|^lock\.db$/;

/**
 * Holds all databases of a data folder as they are at one moment, while others go on writing: every one of them is taken
 * for a moment before the first is let go, so that no message is acknowledged in one and not yet taken in by another.
 * It is as if the machine had lost its power then. Throws `folder-not-writable`, `damaged` or `in-use`.
 */
export function takeSnapshot(folder: string): Snapshot {
  for (const name of readdirSync(folder)) if (name.startsWith(TEMPORARY)) remove(join(folder, name));
  const all = filesIn(folder, folder);
  const databases = all.filter((file) => file.endsWith('.db'));
  const readers = new Map<string, DatabaseSync>();
  const close = (): void => {
    for (const reader of readers.values()) if (reader.isOpen) reader.close();
  };
  try {
    for (const path of databases) readers.set(path, openReader(join(folder, path)));
    holdAll(folder, readers);
  } catch (error) {
    close();
    throw error;
  }
  return {
    databases,
    files: all.filter((file) => !file.endsWith('.db')),
    async copy(path, use) {
      const reader = readers.get(path);
      if (reader === undefined) throw new Error(`${path} is not in the snapshot`);
      const place = mkdtempSync(join(folder, TEMPORARY));
      try {
        const file = join(place, basename(path));
        await backup(reader, file, { rate: 256 });
        reader.close();
        return await use(file);
      } finally {
        remove(place);
      }
    },
    close,
  };
}

function openReader(file: string): DatabaseSync {
  try {
    // Read-only, because the last who closes a file for writing puts its log away.
    return new DatabaseSync(file, { readOnly: true, timeout: WAIT_MS });
  } catch (error) {
    throw notOpened(file, error);
  }
}

function holdAll(folder: string, readers: ReadonlyMap<string, DatabaseSync>): void {
  const writers: DatabaseSync[] = [];
  try {
    for (const path of readers.keys()) {
      const writer = new DatabaseSync(join(folder, path), { timeout: WAIT_MS });
      writers.push(writer);
      writer.exec('BEGIN IMMEDIATE');
    }
    // A read transaction sees from its first read on what was there then.
    for (const reader of readers.values()) reader.exec('BEGIN; SELECT count(*) FROM sqlite_master');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError(
      'in-use',
      `The data folder ${folder} could not be held for a moment (${reason}). Try again when less is written.`,
      { cause },
    );
  } finally {
    for (const writer of writers) writer.close();
  }
}

function filesIn(root: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const within = relative(root, path).replaceAll('\\', '/');
      if (within === 'cache' || LEFT_OUT.test(entry.name)) return [];
      if (entry.isDirectory()) return entry.name.startsWith(TEMPORARY) ? [] : filesIn(root, path);
      return entry.isFile() ? [within] : [];
    });
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
