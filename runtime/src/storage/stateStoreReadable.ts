import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { numberOf } from './database.ts';
import type { CheckedTable } from './stateStoreRows.ts';

// Reading around what SQLite calls malformed.

/** Rows that are read at once. */
const CHUNK = 500;
/** Places that cannot be read before the rest of a table is given up. */
const MOST_GAPS = 1_000;
const LAST_ROW = 2 ** 53;

type Row = Record<string, SQLOutputValue>;

export function isOfSqlite(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error;
}

/** Hands over all rows of a table that can be read, in order; false when there were places that cannot. */
export function readRows(source: DatabaseSync, table: CheckedTable, take: (row: Row) => void): boolean {
  const read = rowReader(source, table);
  let from = 0;
  let most = CHUNK;
  let gaps = 0;
  for (;;) {
    const rows = read(from, most);
    if (rows === undefined && most > 1) {
      // Closer to the place that cannot be read.
      most >>= 1;
      continue;
    }
    if (rows === undefined) {
      gaps += 1;
      const next = gaps > MOST_GAPS ? undefined : firstReadable(read, from);
      if (next === undefined) return false;
      from = next;
    } else {
      for (const row of rows) take(row);
      if (rows.length < most) return gaps === 0;
      from = Math.max(from, numberOf(rows.at(-1) ?? {}, 'row')) + 1;
    }
    most = Math.min(CHUNK, most * 2);
  }
}

type Read = (from: number, most: number) => readonly Row[] | undefined;

/** Reads rows from a number on; `undefined` where SQLite cannot. */
function rowReader(source: DatabaseSync, table: CheckedTable): Read {
  let select: StatementSync | undefined;
  return (from, most) => {
    try {
      if (select === undefined) {
        select = source.prepare(
          `SELECT rowid AS row, * FROM ${table} WHERE rowid >= ? ORDER BY rowid LIMIT ?`,
        );
        select.setReadBigInts(true);
      }
      return select.all(from, most);
    } catch (error) {
      if (isOfSqlite(error)) return undefined;
      throw error;
    }
  };
}

/** The first row number behind a place that cannot be read: found in steps that double, and then halve. */
function firstReadable(read: Read, from: number): number | undefined {
  let bad = from;
  let step = 1;
  while (read(from + step, 1) === undefined) {
    bad = from + step;
    step *= 2;
    if (from + step > LAST_ROW) return undefined;
  }
  let good = from + step;
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2);
    if (read(middle, 1) === undefined) bad = middle;
    else good = middle;
  }
  return good;
}
