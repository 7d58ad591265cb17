import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '@sluice/shared/errors.ts';
import { DamagedFile, hasNoTables, hasOwnTables } from './stateStoreDamage.ts';
import { FORMAT, TABLES, migrateFrom } from './stateStoreSchema.ts';

/**
 * Opens the file that holds state, timers, waiting messages and dead letters. What is committed is on disk (WAL,
 * `synchronous=FULL`). Two processes may have it open: the runner, and the server for its dead letters. Throws
 * `future-format`, `disk-full`, or what `isDamage` knows.
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
  // The tables count: a flipped bit in the number alone makes neither an older file nor a newer one.
  if (!hasOwnTables(database)) bringUpToDate(database, file, found);
  if (found !== FORMAT) database.exec(`PRAGMA user_version = ${FORMAT}`);
}

function bringUpToDate(database: DatabaseSync, file: string, found: number): void {
  if (found > FORMAT) {
    throw new SluiceError(
      'future-format',
      `The state in ${file} was written by a newer Sluice (format ${found}, this one knows ${FORMAT}). Update Sluice to use it.`,
    );
  }
  if (found > 0 && found < FORMAT) migrateFrom(database, found);
  else if (hasNoTables(database)) database.exec(TABLES);
  if (!hasOwnTables(database)) throw new DamagedFile('its tables are not those of Sluice');
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
/** 522 IOERR_SHORT_READ, 8458 IOERR_CORRUPTFS: what is read is damaged, the disk is not full. */
const READ_CODES: ReadonlySet<number> = new Set([522, 8458]);
/** What the file system itself says: no space, over quota. */
const FILE_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Whether an error, of SQLite or of the file system, says that the disk is full or cannot be written. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof SluiceError) return error.code === 'disk-full';
  const code = 'errcode' in error ? Number(error.errcode) : 0;
  if ('code' in error && FILE_CODES.has(error.code)) return true;
  return DISK_CODES.has(code & 0xff) && !READ_CODES.has(code);
}

/** As `disk-full` with its sentence, where it is that. */
export function translated(cause: unknown): unknown {
  if (!isDiskFull(cause) || cause instanceof SluiceError) return cause;
  return new SluiceError(
    'disk-full',
    'The disk is full or cannot be written, so no message is acknowledged any more. Free some space; it goes on by itself.',
    { cause },
  );
}

/**
 * Does what writes. Where there is no room for it, what is in the log goes into the file, so that the log begins anew and
 * need not grow, and it is tried once more.
 */
export function withinLog<T>(database: DatabaseSync, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isDiskFull(error) || !hasCheckpoint(database)) throw error;
    return work();
  }
}

/** Puts what is in the log into the file. False when something is left, because there is no room or others read it. */
export function hasCheckpoint(database: DatabaseSync): boolean {
  try {
    const done = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    return done?.['log'] === done?.['checkpointed'];
  } catch (error) {
    if (isDiskFull(error)) return false;
    throw error;
  }
}
