import { chmodSync } from 'node:fs';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '@sluice/shared/errors.ts';
import { MIGRATIONS } from './migrations.ts';

export type Row = Record<string, SQLOutputValue>;

/** A statement that was prepared once. Errors come as `SluiceError` where a person can do something about them. */
interface Statement {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  /** How many rows it changed. */
  run(...values: SQLInputValue[]): number;
}

export interface Database {
  prepare(sql: string): Statement;
  /** Gives SQL a function from text to text. */
  function(name: string, run: (text: string) => string): void;
  /** Runs all of `work` or nothing of it. Within another transaction it is a part of that one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens `sluice.db` (or any other file), brings it to the newest schema, and refuses one that a newer Sluice wrote.
 * Commits are on disk when they return (WAL, `synchronous=FULL`). Throws `future-format`, `disk-full`, `damaged`, or
 * `folder-not-writable`.
 */
export function openDatabase(file: string): Database {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 2_000 });
    if (file !== ':memory:') chmodSync(file, 0o600);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -2000');
    const database = wrap(sqlite);
    migrate(sqlite, database);
    return database;
  } catch (error) {
    sqlite?.close();
    throw notOpened(file, error);
  }
}

function wrap(sqlite: DatabaseSync): Database {
  let isOpen = true;
  return {
    prepare: (sql) => wrapStatement(sqlite.prepare(sql)),
    function: (name, run) => sqlite.function(name, (value) => run(String(value))),
    transaction(work) {
      if (sqlite.isTransaction) return work();
      translated(() => sqlite.exec('BEGIN IMMEDIATE'));
      try {
        const result = work();
        translated(() => sqlite.exec('COMMIT'));
        return result;
      } catch (error) {
        if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
        throw error;
      }
    },
    close() {
      if (isOpen) sqlite.close();
      isOpen = false;
    },
  };
}

function wrapStatement(statement: StatementSync): Statement {
  return {
    get: (...values) => translated(() => statement.get(...values)),
    all: (...values) => translated(() => statement.all(...values)),
    run: (...values) => translated(() => Number(statement.run(...values).changes)),
  };
}

/** SQLite's own codes (https://sqlite.org/rescode.html): 8 READONLY, 10 IOERR, 13 FULL. */
const DISK_CODES = new Set([8, 10, 13]);
/** 11 CORRUPT, 26 NOTADB. */
const DAMAGE_CODES = new Set([11, 26]);
/** 3 PERM, 14 CANTOPEN. */
const ACCESS_CODES = new Set([3, 14]);

/** The primary code of an error of SQLite; 0 for any other error. */
function sqliteCodeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}

/** Runs what writes to SQLite; a disk that is full or fails comes as `disk-full`. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw asDiskFull(cause);
  }
}

function asDiskFull(cause: unknown): unknown {
  if (!DISK_CODES.has(sqliteCodeOf(cause))) return cause;
  return new SluiceError(
    'disk-full',
    'The disk is full or cannot be written, so nothing was saved. Free some space and try again.',
    { cause },
  );
}

/** Why a file of the data folder could not be opened, as a sentence where a person can do something about it. */
export function notOpened(file: string, cause: unknown): unknown {
  const code = sqliteCodeOf(cause);
  if (DAMAGE_CODES.has(code)) {
    return new SluiceError(
      'damaged',
      `The file ${file} is damaged or no database of Sluice. Put a backup in its place, or move it away to start anew.`,
      { cause },
    );
  }
  if (ACCESS_CODES.has(code)) {
    return new SluiceError(
      'folder-not-writable',
      `The file ${file} cannot be opened. Give Sluice the right to read and write it, and make sure that it is no folder.`,
      { cause },
    );
  }
  return asDiskFull(cause);
}

function migrate(sqlite: DatabaseSync, database: Database): void {
  const current = Number(sqlite.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (current > MIGRATIONS.length) {
    throw new SluiceError(
      'future-format',
      `The data folder was written by a newer Sluice (database version ${current}, this one knows ${MIGRATIONS.length}). Update Sluice to use it.`,
    );
  }
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < current) continue;
    database.transaction(() => {
      sqlite.exec(migration);
      sqlite.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

/** Reads a column that the schema says is a text. */
export function textOf(row: Row, column: string): string {
  return String(row[column]);
}

/** Reads a column that the schema says is a number. */
export function numberOf(row: Row, column: string): number {
  return Number(row[column]);
}
