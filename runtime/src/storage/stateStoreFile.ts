import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { StoredMessage } from '@sluice/shared/message/stored.ts';
import { fromStored, toStored } from '@sluice/shared/message/stored.ts';

/** Grows with the tables below. */
const FORMAT = 2;

const TABLES = `
  CREATE TABLE IF NOT EXISTS state (
    flow TEXT NOT NULL, node TEXT NOT NULL, key TEXT NOT NULL,
    type TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, set_at REAL NOT NULL,
    UNIQUE (flow, node, key)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS timers (
    flow TEXT NOT NULL, node TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, due_at REAL NOT NULL,
    UNIQUE (flow, node, key, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS pending (
    flow TEXT NOT NULL, id TEXT NOT NULL, node TEXT NOT NULL, port TEXT NOT NULL,
    is_caught INTEGER NOT NULL, message TEXT NOT NULL,
    UNIQUE (flow, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS dead_letters (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, flow TEXT NOT NULL, node TEXT NOT NULL, port TEXT NOT NULL,
    at REAL NOT NULL, sentence TEXT NOT NULL, message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS dead_letters_of_flow ON dead_letters (flow, sequence);
  CREATE TABLE IF NOT EXISTS dead_letters_dropped (flow TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS chain (
    only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  INSERT OR IGNORE INTO chain VALUES (1, 0, '');
`;

/** Format 2 knows when a key was set last; what was there before counts from the day of the change. */
const FROM_FORMAT_1 = `
  ALTER TABLE state ADD COLUMN set_at REAL NOT NULL DEFAULT 0;
  UPDATE state SET set_at = unixepoch('subsec') * 1000;
`;

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
  if (found === 1) database.exec(FROM_FORMAT_1);
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

export function encodeMessage(message: Message): string {
  return JSON.stringify(toStored(message));
}

export function decodeMessage(text: string): Message {
  return fromStored(JSON.parse(text) as StoredMessage);
}
