import { accessSync, constants } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { TABLES } from './stateStoreSchema.ts';

/**
 * SQLite's codes for a file that is not what was written (https://sqlite.org/rescode.html): 11 CORRUPT, 26 NOTADB, 18 TOOBIG,
 * 522 IOERR_SHORT_READ, 8458 IOERR_CORRUPTFS.
 */
const DAMAGE_CODES: ReadonlySet<number> = new Set([11, 26, 18]);
const DAMAGE_EXTENDED: ReadonlySet<number> = new Set([522, 8458]);
/** 8 READONLY: a bit of the header says so, where the file system does not. */
const READONLY = 8;

/** Said, under the code of any error, when the header has a format of the schema that nobody has made yet. */
const UNSUPPORTED = 'unsupported file format';

/** A file that opens but does not hold what this Sluice wrote. The message says what is wrong. */
export class DamagedFile extends Error {}

/** Whether an error says that the file itself is damaged, and not that the disk is full or the file cannot be reached. */
export function isDamage(file: string, error: unknown): boolean {
  if (error instanceof DamagedFile) return true;
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  if (DAMAGE_EXTENDED.has(code) || DAMAGE_CODES.has(code & 0xff)) return true;
  if (error instanceof Error && code === 1 && error.message === UNSUPPORTED) return true;
  return (code & 0xff) === READONLY && isWritable(file);
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Looks through the whole file: 5 ms for each MB. Throws `DamagedFile` where its structure is not whole. */
export function checkWhole(database: DatabaseSync): void {
  const [first] = database.prepare('PRAGMA integrity_check(1)').all();
  const said = String(first?.['integrity_check']);
  if (said !== 'ok') throw new DamagedFile(said.replaceAll(/\s+/g, ' '));
}

/** Whether the tables are those of this Sluice: a flipped bit in their names makes other tables of them. */
export function hasOwnTables(database: DatabaseSync): boolean {
  return tablesOf(database) === ownTables();
}

export function hasNoTables(database: DatabaseSync): boolean {
  return tablesOf(database) === '';
}

let own: string | undefined;

function ownTables(): string {
  if (own !== undefined) return own;
  const fresh = new DatabaseSync(':memory:');
  fresh.exec(TABLES);
  own = tablesOf(fresh);
  fresh.close();
  return own;
}

function tablesOf(database: DatabaseSync): string {
  const rows = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all();
  return rows.map((row) => Object.values(row).join(' ').replaceAll(/\s+/g, '')).join('\n');
}
