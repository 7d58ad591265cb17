import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { numberOf, textOf } from './database.ts';
import { isDamage } from './stateStoreDamage.ts';
import { openStateFile, transaction, translated } from './stateStoreFile.ts';
import { isOfSqlite, readRows } from './stateStoreReadable.ts';
import type { CheckedTable } from './stateStoreRows.ts';
import { CHECKED, CHECKED_TABLES, isSound } from './stateStoreRows.ts';
import type { ChainEnd } from './stateStoreWitness.ts';

type Row = Record<string, SQLOutputValue>;

/** What was read out of a damaged file. */
export interface Salvaged {
  readonly saved: Readonly<Record<CheckedTable, number>>;
  /** Rows that were read and are not what was written. */
  readonly damaged: number;
  /** Parts could not be read at all: nobody knows how many rows were in them. */
  readonly hasGaps: boolean;
  /** Where the damaged file is kept. */
  readonly keptAs: string;
}

/**
 * Keeps a damaged state file aside and puts a new one in its place that has every row that can still be read and is
 * sound. No connection of this process may have it open; one of another process notices that the file is another one.
 * `end` is the last commit as far as is known, for a file that cannot say it any more. Throws `disk-full`.
 */
export function replaceDamaged(file: string, end: ChainEnd): Salvaged {
  const fresh = `${file}.new`;
  removeFiles(fresh);
  removeFiles(`${fresh}.read`);
  const target = openStateFile(fresh);
  try {
    const keptAs = keepAside(file, end.sequence);
    target.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const salvaged = copyRows(keptAs, fresh, target, end);
    target.close();
    syncFolder(file);
    removeFiles(file, ['-wal', '-shm']);
    renameSync(fresh, file);
    syncFolder(file);
    return { ...salvaged, keptAs };
  } catch (error) {
    if (target.isOpen) target.close();
    removeFiles(fresh);
    removeFiles(`${fresh}.read`);
    throw translated(error);
  }
}

function removeFiles(file: string, suffixes: readonly string[] = ['', '-wal', '-shm']): void {
  for (const suffix of suffixes) rmSync(`${file}${suffix}`, { force: true });
}

/** The name, with a number behind it where there is a file of that name already. */
export function unusedName(name: string): string {
  for (let count = 2, unused = name; ; unused = `${name}-${count++}`) if (!existsSync(unused)) return unused;
}

/** The file and its log under another name. The file stays where it is, too, until there is one to take its place. */
function keepAside(file: string, sequence: number): string {
  const keptAs = unusedName(`${file}.damaged-${sequence}`);
  for (const suffix of ['-wal', ''])
    if (existsSync(`${file}${suffix}`)) linked(`${file}${suffix}`, `${keptAs}${suffix}`);
  return keptAs;
}

/** Not every file system has links. */
function linked(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function copyRows(
  from: string,
  fresh: string,
  target: DatabaseSync,
  end: ChainEnd,
): Omit<Salvaged, 'keptAs'> {
  const scratch = `${fresh}.read`;
  const source = openToRead(from, scratch, fresh);
  const saved = { state: 0, timers: 0, pending: 0, dead_letters: 0 };
  let damaged = 0;
  let hasGaps = source === undefined;
  transaction(target, () => {
    const last = source === undefined ? undefined : chainEnd(source);
    const { sequence, hash } = last ?? end;
    target.prepare('UPDATE chain SET sequence = ?, hash = ?').run(sequence, hash);
    if (source === undefined) return;
    for (const table of CHECKED_TABLES) {
      const insert = target.prepare(insertRow(table));
      const isWhole = readRows(source, table, (row) => {
        if (isSound(table, row)) saved[table] += Number(insert.run(...columnsOf(table, row)).changes);
        else damaged += 1;
      });
      hasGaps ||= !isWhole;
    }
  });
  source?.close();
  removeFiles(scratch);
  return { saved, damaged, hasGaps };
}

/** The last commit that the file knows of; `undefined` where it cannot be read. */
export function chainEnd(database: DatabaseSync): ChainEnd | undefined {
  try {
    const row = database.prepare('SELECT sequence, hash FROM chain').get() ?? {};
    const end = { sequence: numberOf(row, 'sequence'), hash: textOf(row, 'hash') };
    return Number.isSafeInteger(end.sequence) && /^([0-9a-f]{64})?$/.test(end.hash) ? end : undefined;
  } catch (error) {
    // A number beyond those that are exact is an error of its own, without a code of SQLite.
    if (isOfSqlite(error) || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `row` is what `readRows` calls the number of a row: that of a dead letter is its sequence, which people page by. */
function columnsInto(table: CheckedTable): readonly string[] {
  return [...CHECKED[table], 'sum', ...(table === 'dead_letters' ? ['sequence'] : [])];
}

function insertRow(table: CheckedTable): string {
  const columns = columnsInto(table);
  return `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

function columnsOf(table: CheckedTable, row: Row): SQLOutputValue[] {
  return columnsInto(table).map((column) => row[column] ?? null);
}

/** Opens a copy of the damaged file, which may be changed; `undefined` when nothing in it can be read. */
function openToRead(from: string, scratch: string, fresh: string): DatabaseSync | undefined {
  for (const isMended of [false, true]) {
    removeFiles(scratch);
    for (const suffix of ['', '-wal'])
      if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${scratch}${suffix}`);
    if (isMended) copyFirstPage(fresh, scratch);
    try {
      return openStateFile(scratch);
    } catch (error) {
      if (!isOfSqlite(error) && !isDamage(scratch, error)) throw error;
    }
  }
  return undefined;
}

const PAGE = 4_096;
/** Offsets in the header of a database (https://sqlite.org/fileformat.html): how often it was changed, and of which of these the size is. */
const CHANGE_COUNTER = 24;
const SIZE_VALID_FOR = 92;

/**
 * The first page holds the header and where the tables are: in every file that this Sluice has made the same. Of a size
 * that is not valid SQLite takes that of the file. A page of tables elsewhere gives rows whose check does not fit.
 */
function copyFirstPage(from: string, to: string): void {
  const page = Buffer.alloc(PAGE);
  const source = openSync(from, 'r');
  readSync(source, page, 0, PAGE, 0);
  closeSync(source);
  page.writeUInt32BE(page.readUInt32BE(CHANGE_COUNTER) + 1, SIZE_VALID_FOR);
  const target = openSync(to, 'r+');
  writeSync(target, page, 0, PAGE, 0);
  closeSync(target);
}
