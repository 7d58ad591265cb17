import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { LetterFilter, LetterGroup } from '@sluice/shared/protocol/running.ts';
import type { DeadLetterEntry } from '../engine/shell.ts';
import { numberOf, textOf } from './database.ts';
import { withBallast } from './stateStoreBallast.ts';
import { hasCheckpoint, openStateFile, transaction, withinLog } from './stateStoreFile.ts';
import { following } from './stateStoreFollow.ts';
import { decodeMessage } from './stateStoreMessages.ts';
import { isSound } from './stateStoreRows.ts';

/** Rows that one call looks at: it takes a few milliseconds, and whoever wants more calls again (`rest`). */
const STRETCH = 2_000;
/** Characters of messages that one page has at most, one message beyond it. */
const PAGE_LENGTH = 4_000_000;

/** A message that no node could handle (EN7), with the flow that it was in. */
export interface DeadLetter extends DeadLetterEntry {
  readonly flow: string;
  /** Grows in the order in which messages failed. */
  readonly sequence: number;
}

/** Letters after one sequence, up to and with another. */
export interface LetterRange {
  readonly after: number;
  readonly to: number;
}

/** A part of a range, and what of the range is still to be looked at; `undefined` when that is nothing. */
interface Part {
  readonly rest: LetterRange | undefined;
}

interface LetterPage extends Part {
  readonly letters: readonly DeadLetter[];
}

/**
 * The dead letters of a workspace, for people to look at; the runner that writes them may have the file open. Each call
 * is short, whatever there is: ranges are gone through by calling again with the `rest`.
 */
export interface DeadLetters {
  /** Letters of the range that fit, the oldest or the newest first, at most `most`. A page may be empty and have a rest. */
  page(filter: LetterFilter, first: 'oldest' | 'newest', range: LetterRange, most: number): LetterPage;
  /** Letters of the range that fit, counted by flow, node and sentence. */
  groups(filter: LetterFilter, range: LetterRange): Part & { readonly groups: readonly LetterGroup[] };
  /** Removes letters of the range that fit; how many those were. */
  drop(filter: LetterFilter, range: LetterRange): Part & { readonly dropped: number };
  get(id: string): DeadLetter | undefined;
  /** How many of them were there. */
  remove(ids: readonly string[]): number;
  /** All that there is now. */
  all(): LetterRange;
  /** By flow: how many are kept, and how many older ones were dropped for want of room. */
  counts(): ReadonlyMap<string, { readonly kept: number; readonly dropped: number }>;
  /** May be called twice. */
  close(): void;
}

type Row = Record<string, SQLOutputValue>;

/**
 * Opens the dead letters in the file of `openStateStore`. A letter that the disk has damaged is set aside when it is
 * read, and `onDamage` is called with a sentence for a person; left out, that is a warning of the process.
 */
export function openDeadLetters(
  file: string,
  onDamage: (sentence: string) => void = (sentence) => process.emitWarning(sentence),
): DeadLetters {
  const letters = following(file, () => openLetters(file, onDamage));
  return {
    page: (filter, first, range, most) => letters.current().page(filter, first, range, most),
    groups: (filter, range) => letters.current().groups(filter, range),
    drop: (filter, range) => letters.current().drop(filter, range),
    get: (id) => letters.current().get(id),
    remove: (ids) => letters.current().remove(ids),
    all: () => letters.current().all(),
    counts: () => letters.current().counts(),
    close: letters.close,
  };
}

function openLetters(file: string, onDamage: (sentence: string) => void): DeadLetters {
  const database = openStateFile(file);
  const sql = statements(database);
  const sound = soundRows(database, sql, onDamage);
  let isOpen = true;
  return {
    page(filter, first, range, most) {
      const { stretch, rest } = stretchOf(sql, filter, first, range);
      const order = first === 'oldest' ? 'ASC' : 'DESC';
      const select = sql(`SELECT * FROM dead_letters WHERE ${where(filter)} ORDER BY sequence ${order}`);
      const rows = taken(select.iterate(values(filter, stretch)), most);
      const end = rows.isCut ? rows.taken.at(-1) : undefined;
      const letters = sound(rows.taken).map(letterOf);
      return { letters, rest: end === undefined ? rest : beyond(numberOf(end, 'sequence'), first, range) };
    },
    groups(filter, range) {
      const { stretch, rest } = stretchOf(sql, filter, 'oldest', range);
      const grouped = sql(
        `SELECT flow, node, sentence, count(*) AS count, max(at) AS newest, min(at) AS oldest
         FROM dead_letters WHERE ${where(filter)} GROUP BY flow, node, sentence`,
      );
      return { groups: grouped.all(values(filter, stretch)).map(groupOf), rest };
    },
    drop(filter, range) {
      const { stretch, rest } = stretchOf(sql, filter, 'oldest', range);
      const drop = sql(`DELETE FROM dead_letters WHERE ${where(filter)}`);
      const dropped = removed(database, dirname(file), () =>
        Number(drop.run(values(filter, stretch)).changes),
      );
      return { dropped, rest };
    },
    get: (id) => {
      const row = sql('SELECT * FROM dead_letters WHERE id = ?').get(id);
      return row === undefined ? undefined : sound([row]).map(letterOf)[0];
    },
    remove: (ids) => {
      const remove = sql('DELETE FROM dead_letters WHERE id = ?');
      return removed(database, dirname(file), () =>
        ids.reduce((removed, id) => removed + Number(remove.run(id).changes), 0),
      );
    },
    all: () => ({
      after: 0,
      to: numberOf(
        sql('SELECT coalesce(max(sequence), 0) AS last FROM dead_letters').get() ?? { last: 0 },
        'last',
      ),
    }),
    counts: () => countsOf(sql),
    close: () => {
      if (isOpen) database.close();
      isOpen = false;
    },
  };
}

type Sql = (text: string) => StatementSync;

/** Prepares each statement once. */
function statements(database: DatabaseSync): Sql {
  const prepared = new Map<string, StatementSync>();
  return (text) => {
    const known = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, known);
    return known;
  };
}

/** The condition for a filter within a range, for the values of `values`. */
function where({ flow, node, sentence, until }: LetterFilter): string {
  return [
    'sequence > $after AND sequence <= $to',
    ...(flow === undefined ? [] : ['flow = $flow']),
    ...(node === undefined ? [] : ['node = $node']),
    ...(sentence === undefined ? [] : ['sentence = $sentence']),
    ...(until === undefined ? [] : ['at <= $until']),
  ].join(' AND ');
}

function values(filter: LetterFilter, { after, to }: LetterRange): Record<string, SQLInputValue> {
  const { flow, node, sentence, until } = filter;
  return {
    after,
    to,
    ...(flow === undefined ? {} : { flow }),
    ...(node === undefined ? {} : { node }),
    ...(sentence === undefined ? {} : { sentence }),
    ...(until === undefined ? {} : { until }),
  };
}

/** The first rows of the range, which one call looks at: found by the index alone. */
function stretchOf(
  sql: Sql,
  { flow }: LetterFilter,
  first: 'oldest' | 'newest',
  range: LetterRange,
): { readonly stretch: LetterRange; readonly rest: LetterRange | undefined } {
  const ofFlow = flow === undefined ? {} : { flow };
  const order = first === 'oldest' ? 'ASC' : 'DESC';
  const bound = sql(
    `SELECT sequence FROM dead_letters WHERE ${where(ofFlow)} ORDER BY sequence ${order} LIMIT 1 OFFSET ${STRETCH - 1}`,
  ).get(values(ofFlow, range));
  if (bound === undefined) return { stretch: range, rest: undefined };
  const end = numberOf(bound, 'sequence');
  const stretch = first === 'oldest' ? { after: range.after, to: end } : { after: end - 1, to: range.to };
  return { stretch, rest: beyond(end, first, range) };
}

/** What of the range comes after the letter with this sequence. */
function beyond(sequence: number, first: 'oldest' | 'newest', range: LetterRange): LetterRange | undefined {
  const rest =
    first === 'oldest' ? { after: sequence, to: range.to } : { after: range.after, to: sequence - 1 };
  return rest.after < rest.to ? rest : undefined;
}

/** The first rows, and whether there were more. */
function taken(
  rows: Iterable<Row>,
  most: number,
): { readonly taken: readonly Row[]; readonly isCut: boolean } {
  const first: Row[] = [];
  let length = 0;
  for (const row of rows) {
    if (first.length === most || length >= PAGE_LENGTH) return { taken: first, isCut: true };
    first.push(row);
    length += textOf(row, 'message').length;
  }
  return { taken: first, isCut: false };
}

/** Leaves out rows that are damaged, after they were set aside. */
function soundRows(
  database: DatabaseSync,
  sql: Sql,
  onDamage: (sentence: string) => void,
): (rows: readonly Row[]) => readonly Row[] {
  return (rows) => {
    const damaged = rows.filter((row) => !isSound('dead_letters', row));
    if (damaged.length === 0) return rows;
    const keep = sql("INSERT INTO set_aside VALUES (unixepoch('subsec') * 1000, 'dead_letters', ?, ?)");
    const remove = sql('DELETE FROM dead_letters WHERE sequence = ?');
    transaction(database, () => {
      for (const row of damaged) {
        keep.run(textOf(row, 'flow'), JSON.stringify(row));
        remove.run(numberOf(row, 'sequence'));
      }
    });
    onDamage(
      `The disk has damaged failed messages (${damaged.length}); they are kept in the table set_aside of the state file and shown no more. Check the disk.`,
    );
    const bad = new Set(damaged);
    return rows.filter((row) => !bad.has(row));
  };
}

/** Removes rows in one transaction, on a full disk, too; how many those were. Throws `disk-full`. */
function removed(database: DatabaseSync, folder: string, work: () => number): number {
  let count = 0;
  const remove = (): void =>
    transaction(database, () => {
      count = work();
    });
  withBallast(
    folder,
    () => withinLog(database, remove),
    () => void hasCheckpoint(database),
  );
  return count;
}

function countsOf(sql: Sql): ReadonlyMap<string, { readonly kept: number; readonly dropped: number }> {
  const counts = new Map<string, { kept: number; dropped: number }>();
  const of = (row: Row) => counts.get(textOf(row, 'flow')) ?? { kept: 0, dropped: 0 };
  for (const row of sql('SELECT flow, count(*) AS count FROM dead_letters GROUP BY flow').all())
    counts.set(textOf(row, 'flow'), { ...of(row), kept: numberOf(row, 'count') });
  for (const row of sql('SELECT flow, count FROM dead_letters_dropped').all())
    counts.set(textOf(row, 'flow'), { ...of(row), dropped: numberOf(row, 'count') });
  return counts;
}

function letterOf(row: Row): DeadLetter {
  return {
    id: textOf(row, 'id'),
    sequence: numberOf(row, 'sequence'),
    flow: textOf(row, 'flow'),
    node: textOf(row, 'node'),
    port: textOf(row, 'port'),
    at: numberOf(row, 'at'),
    sentence: textOf(row, 'sentence'),
    message: decodeMessage(textOf(row, 'message')),
  };
}

function groupOf(row: Row): LetterGroup {
  return {
    flow: textOf(row, 'flow'),
    node: textOf(row, 'node'),
    sentence: textOf(row, 'sentence'),
    count: numberOf(row, 'count'),
    newestAt: numberOf(row, 'newest'),
    oldestAt: numberOf(row, 'oldest'),
  };
}
