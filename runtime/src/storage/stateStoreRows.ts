import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Json } from '@sluice/shared/message/message.ts';
import type { DeadLetterEntry, PendingMessage, StoredState, StoredTimer } from '../engine/shell.ts';
import { numberOf, textOf } from './database.ts';
import { decodeMessage, encodeMessage } from './stateStoreMessages.ts';

// Every row carries a check over its columns, so that a bit that flipped on the disk is found when the row is read:
// SQLite itself has none. CRC-32 finds every single flipped bit, at 0.2 µs a row.

type Row = Record<string, SQLOutputValue>;

/** Tables whose rows are checked, with the columns that the check is over, in order. */
export const CHECKED = {
  state: ['flow', 'node', 'key', 'type', 'version', 'value', 'set_at'],
  timers: ['flow', 'node', 'key', 'name', 'due_at'],
  pending: ['flow', 'sequence', 'node', 'port', 'at', 'bytes', 'is_caught', 'message'],
  dead_letters: ['id', 'flow', 'node', 'port', 'at', 'sentence', 'message'],
} as const;

export type CheckedTable = keyof typeof CHECKED;

export const CHECKED_TABLES = Object.keys(CHECKED) as readonly CheckedTable[];

/** The check over the columns of a row. */
export function checkOf(columns: readonly SQLOutputValue[]): number {
  return crc32(columns.join('\0'));
}

/** Whether a row is what was written. Integers may come as bigint: a flipped bit can make them larger than a number. */
export function isSound(table: CheckedTable, row: Row): boolean {
  return Number(row['sum']) === checkOf(CHECKED[table].map((column) => row[column] ?? null));
}

/** Adds the check to columns, in the array that was made for them. */
function checked(columns: (string | number)[]): SQLInputValue[] {
  columns.push(checkOf(columns));
  return columns;
}

/** The columns of `CHECKED.state` and the check. */
export function stateColumns(flow: string, row: StoredState): SQLInputValue[] {
  const { node, key, type, version, state, setAt } = row;
  return checked([flow, node, key, type, version, JSON.stringify(state), setAt]);
}

/** The columns of `CHECKED.timers` and the check. */
export function timerColumns(flow: string, { node, key, name, dueAt }: StoredTimer): SQLInputValue[] {
  return checked([flow, node, key, name, dueAt]);
}

/** The columns of `CHECKED.pending` and the check. */
export function pendingColumns(flow: string, row: PendingMessage): SQLInputValue[] {
  const { sequence, node, port, at, bytes, isCaught, message } = row;
  return checked([flow, sequence, node, port, at, bytes, isCaught ? 1 : 0, encodeMessage(message)]);
}

/** What is kept of the reason of a failure, characters: code of users may throw a whole book. */
const REASON_LENGTH = 1_000;

/** The columns of `CHECKED.dead_letters` and the check. */
export function letterColumns(flow: string, letter: DeadLetterEntry): SQLInputValue[] {
  const { id, node, port, at, sentence, message } = letter;
  const reason = sentence.slice(0, REASON_LENGTH).toWellFormed();
  return checked([id, flow, node, port, at, reason, encodeMessage(message)]);
}

export function stateOf(row: Row): StoredState {
  return {
    node: textOf(row, 'node'),
    type: textOf(row, 'type'),
    version: numberOf(row, 'version'),
    key: textOf(row, 'key'),
    state: JSON.parse(textOf(row, 'value')) as Json,
    setAt: numberOf(row, 'set_at'),
  };
}

export function timerOf(row: Row): StoredTimer {
  return {
    node: textOf(row, 'node'),
    key: textOf(row, 'key'),
    name: textOf(row, 'name'),
    dueAt: numberOf(row, 'due_at'),
  };
}

export function pendingOf(row: Row): PendingMessage {
  return {
    sequence: numberOf(row, 'sequence'),
    node: textOf(row, 'node'),
    port: textOf(row, 'port'),
    message: decodeMessage(textOf(row, 'message')),
    at: numberOf(row, 'at'),
    bytes: numberOf(row, 'bytes'),
    isCaught: numberOf(row, 'is_caught') === 1,
  };
}
