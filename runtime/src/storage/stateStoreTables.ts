import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { FlowChanges, PendingMessage, PendingNode, StoredFlow } from '../engine/shell.ts';
import { numberOf, textOf } from './database.ts';
import type { CheckedTable } from './stateStoreRows.ts';
import {
  CHECKED,
  CHECKED_TABLES,
  isSound,
  letterColumns,
  pendingColumns,
  pendingOf,
  stateColumns,
  stateOf,
  timerColumns,
  timerOf,
} from './stateStoreRows.ts';

type Row = Record<string, SQLOutputValue>;

/** A row whose check does not fit, as it was read. */
export interface DamagedRow {
  readonly table: CheckedTable;
  readonly row: Row;
}

/** What is in the tables of one open file. Damaged rows are left out and handed to `onDamaged`. */
export interface StateTables {
  load(flow: string): StoredFlow;
  readPending(flow: string, node: string, after: number, most: number): readonly PendingMessage[];
  /** Answers what makes these changes differ from others, for the hash of the commit: the checks of the rows, and what was deleted. */
  write(changes: FlowChanges): string;
  setChain(sequence: number, hash: string): void;
  forget(flow: string): void;
  /** Takes damaged rows out of their tables into the table `set_aside`. */
  setAside(damaged: readonly DamagedRow[]): void;
}

export function openTables(
  database: DatabaseSync,
  onDamaged: (damaged: readonly DamagedRow[]) => void,
  mostLetters: () => number,
): StateTables {
  const statements = prepare(database);
  const sound = (table: CheckedTable, rows: readonly Row[]): readonly Row[] => {
    const damaged = rows.filter((row) => !isSound(table, row)).map((row) => ({ table, row }));
    if (damaged.length === 0) return rows;
    onDamaged(damaged);
    const bad = new Set(damaged.map(({ row }) => row));
    return rows.filter((row) => !bad.has(row));
  };
  return {
    load: (flow) => ({
      state: sound('state', statements.state.all(flow)).map(stateOf),
      timers: sound('timers', statements.timers.all(flow)).map(timerOf),
      pending: statements.pendingNodes.all(flow).map(pendingNodeOf),
    }),
    readPending: (flow, node, after, most) => {
      const found: PendingMessage[] = [];
      for (;;) {
        const wanted = most - found.length;
        const rows = statements.pending.all(flow, node, found.at(-1)?.sequence ?? after, wanted);
        const good = sound('pending', rows);
        found.push(...good.map(pendingOf));
        // In place of those that were damaged, and are set aside now, others are read.
        if (good.length === rows.length || rows.length < wanted) return found;
      }
    },
    write: (changes) => write(statements, changes, mostLetters()),
    setChain: (sequence, hash) => void statements.setChain.run(sequence, hash),
    forget: (flow) => {
      for (const statement of statements.forget) statement.run(flow);
    },
    setAside: (damaged) => {
      for (const { table, row } of damaged) {
        statements.setAside.run(table, textOf(row, 'flow'), JSON.stringify(row, plain));
        statements.remove[table].run(row['row'] ?? null);
      }
    },
  };
}

/** What JSON has no form for: integers that are too large, and bytes where text should be. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? value.toBase64() : value;
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  /** Integers as bigint: one that a flipped bit has made too large for a number would fail the whole query. */
  const reading = (text: string): StatementSync => {
    const statement = database.prepare(text);
    statement.setReadBigInts(true);
    return statement;
  };
  return {
    state: reading('SELECT rowid AS row, * FROM state WHERE flow = ? ORDER BY rowid'),
    timers: reading('SELECT rowid AS row, * FROM timers WHERE flow = ? ORDER BY rowid'),
    pendingNodes: reading(
      'SELECT node, count(*) AS count, sum(bytes) AS bytes, max(sequence) AS last FROM pending WHERE flow = ? GROUP BY node',
    ),
    pending: reading(
      'SELECT rowid AS row, * FROM pending WHERE flow = ? AND node = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    ),
    setState: sql(
      `${insertInto('state')} ON CONFLICT DO UPDATE SET type = excluded.type, version = excluded.version, value = excluded.value, set_at = excluded.set_at, sum = excluded.sum`,
    ),
    deleteState: sql('DELETE FROM state WHERE flow = ? AND node = ? AND key = ?'),
    setTimer: sql(
      `${insertInto('timers')} ON CONFLICT DO UPDATE SET due_at = excluded.due_at, sum = excluded.sum`,
    ),
    deleteTimer: sql('DELETE FROM timers WHERE flow = ? AND node = ? AND key = ? AND name = ?'),
    addPending: sql(insertInto('pending', 'INSERT OR REPLACE')),
    deletePending: sql('DELETE FROM pending WHERE flow = ? AND sequence = ?'),
    addLetter: sql(insertInto('dead_letters', 'INSERT OR REPLACE')),
    countLetters: sql('SELECT count(*) AS count FROM dead_letters WHERE flow = ?'),
    dropLetters: sql(
      'DELETE FROM dead_letters WHERE sequence IN (SELECT sequence FROM dead_letters WHERE flow = ? ORDER BY sequence LIMIT ?)',
    ),
    noteDropped: sql(
      'INSERT INTO dead_letters_dropped VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
    ),
    setChain: sql('UPDATE chain SET sequence = ?, hash = ?'),
    forget: [...CHECKED_TABLES, 'dead_letters_dropped'].map((table) =>
      sql(`DELETE FROM ${table} WHERE flow = ?`),
    ),
    setAside: sql("INSERT INTO set_aside VALUES (unixepoch('subsec') * 1000, ?, ?, ?)"),
    remove: {
      state: sql('DELETE FROM state WHERE rowid = ?'),
      timers: sql('DELETE FROM timers WHERE rowid = ?'),
      pending: sql('DELETE FROM pending WHERE rowid = ?'),
      dead_letters: sql('DELETE FROM dead_letters WHERE rowid = ?'),
    },
  };
}

/** A statement that takes the checked columns of a table and the check. */
function insertInto(table: CheckedTable, verb = 'INSERT'): string {
  const columns = [...CHECKED[table], 'sum'];
  return `${verb} INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

function pendingNodeOf(row: Row): PendingNode {
  return {
    node: textOf(row, 'node'),
    count: numberOf(row, 'count'),
    bytes: numberOf(row, 'bytes'),
    lastSequence: numberOf(row, 'last'),
  };
}

function write(statements: Statements, changes: FlowChanges, mostLetters: number): string {
  const { flow, state, timers, pendingAdded, pendingDone, deadLetters } = changes;
  const written: SQLInputValue[] = [];
  const put = (statement: StatementSync, columns: readonly SQLInputValue[]): void => {
    statement.run(...columns);
    // The check of the row, which is its last column.
    written.push(columns.at(-1) ?? null);
  };
  for (const row of state) {
    if (row.state === undefined) {
      statements.deleteState.run(flow, row.node, row.key);
      written.push(row.node, row.key);
    } else put(statements.setState, stateColumns(flow, { ...row, state: row.state }));
  }
  for (const { node, key, name, dueAt } of timers) {
    if (dueAt === undefined) {
      statements.deleteTimer.run(flow, node, key, name);
      written.push(node, key, name);
    } else put(statements.setTimer, timerColumns(flow, { node, key, name, dueAt }));
  }
  for (const row of pendingAdded) put(statements.addPending, pendingColumns(flow, row));
  for (const sequence of pendingDone) statements.deletePending.run(flow, sequence);
  for (const letter of deadLetters) put(statements.addLetter, letterColumns(flow, letter));
  if (deadLetters.length > 0) dropOldest(statements, flow, mostLetters);
  return JSON.stringify([flow, written, pendingDone]);
}

/** Of one flow `most` dead letters are kept; beyond them the oldest go and are counted. */
function dropOldest(statements: Statements, flow: string, most: number): void {
  const excess = numberOf(statements.countLetters.get(flow) ?? {}, 'count') - most;
  if (excess <= 0) return;
  statements.dropLetters.run(flow, excess);
  statements.noteDropped.run(flow, excess);
}
