import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Json } from '@sluice/shared/message/message.ts';
import type { FlowChanges, StateStore, StoredFlow } from '../engine/shell.ts';
import { numberOf, textOf } from './database.ts';
import { decodeMessage, encodeMessage, openStateFile, transaction } from './stateStoreFile.ts';
import type { ChainEnd, Witness } from './stateStoreWitness.ts';
import { openWitness, setLogAside } from './stateStoreWitness.ts';

/** Dead letters kept of one flow; beyond them the oldest goes and is counted. */
const MOST_DEAD_LETTERS = 10_000;

/** State, timers, waiting messages and dead letters of a workspace's flows in one SQLite file (EN9). */
export interface FileStateStore extends StateStore {
  /** When opening has found that commits which were made are gone: a sentence for a person, else `undefined`. */
  readonly gap: string | undefined;
  /** May be called twice. */
  close(): void;
}

/** Opens the file and makes it where it is not there. Throws `future-format` or `disk-full`. */
export function openStateStore(file: string): FileStateStore {
  const keepLog = setLogAside(file);
  const database = openStateFile(file);
  const witness = openWitness(`${file}-chain`);
  const end = chainEnd(database);
  const noted = witness.read();
  const gap = gapBetween(end, noted, file);
  keepLog(gap === undefined ? undefined : `${file}-wal.damaged-${end.sequence}`);
  // Written at once where there is none, so that it has its place on the disk before the disk is full.
  if (gap !== undefined || noted === undefined) witness.note(end);
  return storeOf(database, witness, end, gap);
}

function chainEnd(database: DatabaseSync): ChainEnd {
  const row = database.prepare('SELECT sequence, hash FROM chain').get() ?? {};
  return { sequence: numberOf(row, 'sequence'), hash: textOf(row, 'hash') };
}

function gapBetween(end: ChainEnd, noted: ChainEnd | undefined, file: string): string | undefined {
  if (noted === undefined || noted.sequence < end.sequence) return undefined;
  const missing = noted.sequence - end.sequence;
  if (missing > 0) {
    return `The disk has lost the last ${missing} commits of state in ${file}: state and waiting messages of that time are gone. What was left of them is kept beside it as ${file}-wal.damaged-${end.sequence}. Check the disk.`;
  }
  if (noted.hash === end.hash) return undefined;
  return `The state in ${file} is not the one that was written last (commit ${end.sequence} differs). Check whether the file was exchanged or the disk is damaged.`;
}

function storeOf(
  database: DatabaseSync,
  witness: Witness,
  first: ChainEnd,
  gap: string | undefined,
): FileStateStore {
  const statements = prepare(database);
  let end = first;
  let isOpen = true;
  return {
    gap,
    load: (flow) => load(statements, flow),
    commit: (changes) => {
      const next = { sequence: end.sequence + 1, hash: hashOf(end.hash, changes) };
      transaction(database, () => {
        for (const change of changes) write(statements, change);
        statements.setChain.run(next.sequence, next.hash);
      });
      end = next;
      witness.note(end);
    },
    forget: (flow) => transaction(database, () => forget(statements, flow)),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      database.close();
      witness.close();
    },
  };
}

/** The hash of a commit: over that of the one before and all of its rows. */
function hashOf(before: string, changes: readonly FlowChanges[]): string {
  const hash = createHash('sha256').update(before);
  for (const { flow, state, timers, pendingAdded, pendingDone, deadLetters } of changes) {
    hash.update(JSON.stringify([flow, state, timers, pendingDone, deadLetters.map(({ id }) => id)]));
    for (const { id } of pendingAdded) hash.update(id);
  }
  return hash.digest('hex');
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    state: sql('SELECT node, key, type, version, value, set_at FROM state WHERE flow = ? ORDER BY rowid'),
    timers: sql('SELECT node, key, name, due_at FROM timers WHERE flow = ? ORDER BY rowid'),
    pending: sql('SELECT id, node, port, is_caught, message FROM pending WHERE flow = ? ORDER BY rowid'),
    setState: sql(
      'INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET type = excluded.type, version = excluded.version, value = excluded.value, set_at = excluded.set_at',
    ),
    deleteState: sql('DELETE FROM state WHERE flow = ? AND node = ? AND key = ?'),
    setTimer: sql(
      'INSERT INTO timers VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET due_at = excluded.due_at',
    ),
    deleteTimer: sql('DELETE FROM timers WHERE flow = ? AND node = ? AND key = ? AND name = ?'),
    addPending: sql('INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?, ?)'),
    deletePending: sql('DELETE FROM pending WHERE flow = ? AND id = ?'),
    addLetter: sql(
      'INSERT OR REPLACE INTO dead_letters (id, flow, node, port, at, sentence, message) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    countLetters: sql('SELECT count(*) AS count FROM dead_letters WHERE flow = ?'),
    dropLetters: sql(
      'DELETE FROM dead_letters WHERE sequence IN (SELECT sequence FROM dead_letters WHERE flow = ? ORDER BY sequence LIMIT ?)',
    ),
    noteDropped: sql(
      'INSERT INTO dead_letters_dropped VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
    ),
    setChain: sql('UPDATE chain SET sequence = ?, hash = ?'),
    forget: ['state', 'timers', 'pending', 'dead_letters', 'dead_letters_dropped'].map((table) =>
      sql(`DELETE FROM ${table} WHERE flow = ?`),
    ),
  };
}

function load(statements: Statements, flow: string): StoredFlow {
  return {
    state: statements.state.all(flow).map((row) => ({
      node: textOf(row, 'node'),
      type: textOf(row, 'type'),
      version: numberOf(row, 'version'),
      key: textOf(row, 'key'),
      state: JSON.parse(textOf(row, 'value')) as Json,
      setAt: numberOf(row, 'set_at'),
    })),
    timers: statements.timers.all(flow).map((row) => ({
      node: textOf(row, 'node'),
      key: textOf(row, 'key'),
      name: textOf(row, 'name'),
      dueAt: numberOf(row, 'due_at'),
    })),
    pending: statements.pending.all(flow).map((row) => ({
      id: textOf(row, 'id'),
      node: textOf(row, 'node'),
      port: textOf(row, 'port'),
      isCaught: numberOf(row, 'is_caught') === 1,
      message: decodeMessage(textOf(row, 'message')),
    })),
  };
}

function write(statements: Statements, changes: FlowChanges): void {
  const { flow } = changes;
  for (const { node, type, version, key, state, setAt } of changes.state) {
    if (state === undefined) statements.deleteState.run(flow, node, key);
    else statements.setState.run(flow, node, key, type, version, JSON.stringify(state), setAt);
  }
  for (const { node, key, name, dueAt } of changes.timers) {
    if (dueAt === undefined) statements.deleteTimer.run(flow, node, key, name);
    else statements.setTimer.run(flow, node, key, name, dueAt);
  }
  for (const { id, node, port, isCaught, message } of changes.pendingAdded) {
    statements.addPending.run(flow, id, node, port, isCaught ? 1 : 0, encodeMessage(message));
  }
  for (const id of changes.pendingDone) statements.deletePending.run(flow, id);
  for (const { id, node, port, at, sentence, message } of changes.deadLetters) {
    statements.addLetter.run(id, flow, node, port, at, sentence, encodeMessage(message));
  }
  if (changes.deadLetters.length > 0) dropOldest(statements, flow);
}

function dropOldest(statements: Statements, flow: string): void {
  const excess = numberOf(statements.countLetters.get(flow) ?? {}, 'count') - MOST_DEAD_LETTERS;
  if (excess <= 0) return;
  statements.dropLetters.run(flow, excess);
  statements.noteDropped.run(flow, excess);
}

function forget(statements: Statements, flow: string): void {
  for (const statement of statements.forget) statement.run(flow);
}
