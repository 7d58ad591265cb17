import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '@sluice/shared/errors.ts';
import { FORMAT, TABLES, migrateFrom } from './stateStoreSchema.ts';

/**
 * Opens the file that holds state, timers, waiting messages and dead letters. What is committed is on disk (WAL,
 * `synchronous=FULL`). Two processes may have it open: the runner, and the server for its dead letters.
 */
export function openStateFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    if (file !== ':memory:') chmodSync(file, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    transaction(database, () => migrate(database, file));
    return database;
  } catch (error) {
    database.close();
    throw translated(error);
  }
}

function migrate(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (found > FORMAT) {
    throw new SluiceError(
      'future-format',
      `The state in ${file} was written by a newer Sluice (format ${found}, this one knows ${FORMAT}). Update Sluice to use it.`,
    );
  }
  if (found > 0 && found < FORMAT) migrateFrom(database, found);
  database.exec(`${TABLES} PRAGMA user_version = ${FORMAT}`);
}

/** Runs all of the work in one transaction, or nothing of it. */
export function transaction(database: DatabaseSync, work: () => void): void {
  try {
    database.exec('BEGIN IMMEDIATE');
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw translated(error);
  }
}

/** SQLite's codes (https://sqlite.org/rescode.html): 13 FULL, 10 IOERR. */
const DISK_CODES: ReadonlySet<number> = new Set([10, 13]);

function translated(cause: unknown): unknown {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  if (!DISK_CODES.has(code)) return cause;
  return new SluiceError(
    'disk-full',
    'The disk is full or cannot be written, so no message is acknowledged any more. Free some space; it goes on by itself.',
    { cause },
  );
}
