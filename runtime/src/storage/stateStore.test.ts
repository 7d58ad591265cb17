import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { FlowChanges, PendingMessage } from '../engine/shell.ts';
import { openStateStore } from './stateStore.ts';
import { openDeadLetters } from './stateStoreDeadLetters.ts';
import { encodeMessage } from './stateStoreMessages.ts';
import { memoryStateStore } from './memoryStateStore.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function changes(parts: Partial<FlowChanges> = {}): FlowChanges {
  return {
    flow: 'flow',
    state: [],
    timers: [],
    pendingAdded: [],
    pendingDone: [],
    deadLetters: [],
    ...parts,
  };
}

function stateRow(key: string, state: FlowChanges['state'][number]['state']) {
  return { node: 'n', type: 'change', version: 1, key, state, setAt: 1_000 };
}

function letter(id: string, sentence = 'It is bad.') {
  return { id, node: 'n', port: 'in', at: 5, sentence, message: createMessage({ id, time: 1 }) };
}

function waitingAt(sequence: number, message = bytes, node = 'n'): PendingMessage {
  return { sequence, node, port: 'in', message, at: 7.5, bytes: 100, isCaught: false };
}

const bytes = createMessage({ id: 'b', time: 2, device: 'd', payload: new Uint8Array([0, 255, 7]) });
const lookalike = createMessage({ id: 'l', time: 3, payload: { bytes: 'AP8H', $bytes: 'AP8H' } });
const odd = createMessage({ id: 'p', time: 4, payload: JSON.parse('{"__proto__":{"a":1}}') });

const OLD_TABLES = `
  CREATE TABLE state (flow TEXT NOT NULL, node TEXT NOT NULL, key TEXT NOT NULL, type TEXT NOT NULL,
    version INTEGER NOT NULL, value TEXT NOT NULL, set_at REAL NOT NULL, UNIQUE (flow, node, key)) STRICT;
  CREATE TABLE timers (flow TEXT NOT NULL, node TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
    due_at REAL NOT NULL, UNIQUE (flow, node, key, name)) STRICT;
  CREATE TABLE pending (flow TEXT NOT NULL, id TEXT NOT NULL, node TEXT NOT NULL, port TEXT NOT NULL,
    is_caught INTEGER NOT NULL, message TEXT NOT NULL, UNIQUE (flow, id)) STRICT;
  CREATE TABLE dead_letters (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, flow TEXT NOT NULL,
    node TEXT NOT NULL, port TEXT NOT NULL, at REAL NOT NULL, sentence TEXT NOT NULL, message TEXT NOT NULL) STRICT;
  CREATE INDEX dead_letters_of_flow ON dead_letters (flow, sequence);
  CREATE TABLE dead_letters_dropped (flow TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  CREATE TABLE chain (only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  INSERT INTO chain VALUES (1, 0, '');`;

describe.each([
  ['in a file', () => openStateStore(join(folder, 'state.db'))],
  ['in memory', () => ({ ...memoryStateStore(), close: (): void => undefined })],
])('a store %s', (_where, open) => {
  it('[EN9] gives back what was committed last, keys in the order in which they were first set', () => {
    const store = open();
    store.commit([changes({ state: [stateRow('b', 1), stateRow('a', { x: [1] }), stateRow('c', 'gone')] })]);
    store.commit([changes({ state: [stateRow('b', 2), stateRow('c', undefined)] })]);
    expect(store.load('flow').state.map(({ key, state }) => [key, state])).toEqual([
      ['b', 2],
      ['a', { x: [1] }],
    ]);
    expect(store.load('other').state).toEqual([]);
    store.close();
  });

  it('[EN10] keeps timers, moved and cleared', () => {
    const store = open();
    const timer = { node: 'n', key: 'k', name: 'hold', dueAt: 1_000.5 };
    store.commit([changes({ timers: [timer, { ...timer, name: 'other' }] })]);
    store.commit([
      changes({
        timers: [
          { ...timer, dueAt: 7 },
          { ...timer, name: 'other', dueAt: undefined },
        ],
      }),
    ]);
    expect(store.load('flow').timers).toEqual([{ ...timer, dueAt: 7 }]);
    store.close();
  });

  it('[EN6] keeps waiting messages in order, bytes and odd keys as they were', () => {
    const store = open();
    const waiting = [bytes, lookalike, odd].map((message, index) => waitingAt(index + 1, message));
    store.commit([changes({ pendingAdded: waiting })]);
    expect(store.readPending('flow', 'n', 0, 10)).toEqual(waiting);
    expect(store.readPending('flow', 'n', 0, 1)[0]?.message.payload).toBeInstanceOf(Uint8Array);
    store.commit([changes({ pendingDone: [2] })]);
    expect(store.readPending('flow', 'n', 0, 10).map(({ sequence }) => sequence)).toEqual([1, 3]);
    store.close();
  });

  it('[EN8] tells what waits for each node without reading it, and gives it page by page', () => {
    const store = open();
    const rows = [5, 1, 4, 2, 3].map((sequence) =>
      waitingAt(sequence, bytes, sequence === 3 ? 'other' : 'n'),
    );
    store.commit([changes({ pendingAdded: rows }), changes({ flow: 'two', pendingAdded: [waitingAt(9)] })]);
    expect(store.load('flow').pending).toEqual([
      { node: 'n', count: 4, bytes: 400, lastSequence: 5 },
      { node: 'other', count: 1, bytes: 100, lastSequence: 3 },
    ]);
    const page = (after: number) => store.readPending('flow', 'n', after, 2).map(({ sequence }) => sequence);
    expect([page(0), page(2), page(5)]).toEqual([[1, 2], [4, 5], []]);
    store.commit([changes({ pendingDone: [1, 2, 4, 5] })]);
    expect(store.load('flow').pending.map(({ node }) => node)).toEqual(['other']);
    expect(store.load('two').pending).toMatchObject([{ count: 1, lastSequence: 9 }]);
    store.close();
  });

  it('forgets one flow and no other', () => {
    const store = open();
    store.commit([
      changes({ state: [stateRow('a', 1)] }),
      changes({ flow: 'two', state: [stateRow('a', 1)] }),
    ]);
    store.forget('flow');
    expect(store.load('flow').state).toEqual([]);
    expect(store.load('two').state).toHaveLength(1);
    store.close();
  });
});

describe('a file', () => {
  it('[EN9] is there again after a process that never closed it', () => {
    const file = join(folder, 'state.db');
    const first = openStateStore(file);
    first.commit([changes({ state: [stateRow('a', 1)] })]);
    for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(folder, `copy-${name}`));
    const again = openStateStore(join(folder, 'copy-state.db'));
    expect(again.load('flow').state).toHaveLength(1);
    expect(again.gap).toBeUndefined();
    again.close();
    first.close();
  });

  it('[EN9] finds commits that flipped bits in the log took away, and keeps the log aside', () => {
    const first = openStateStore(join(folder, 'state.db'));
    for (let count = 0; count < 20; count++)
      first.commit([changes({ state: [stateRow(`k${count}`, count)] })]);
    for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(folder, `copy-${name}`));
    first.close();
    const log = readFileSync(join(folder, 'copy-state.db-wal'));
    log[Math.floor(log.length * 0.8)] = (log[Math.floor(log.length * 0.8)] ?? 0) ^ 5;
    writeFileSync(join(folder, 'copy-state.db-wal'), log);
    const again = openStateStore(join(folder, 'copy-state.db'));
    const left = again.load('flow').state.length;
    expect(left).toBeLessThan(20);
    expect(again.gap).toMatch(/lost the last \d+ commits .* Check the disk\./);
    expect(existsSync(join(folder, `copy-state.db-wal.damaged-${left}`))).toBe(true);
    again.close();
    expect(openAndClose('copy-state.db')).toBeUndefined();
  });

  it('[EN9] finds that the file is another one than was written last', () => {
    const one = openStateStore(join(folder, 'one.db'));
    one.commit([changes({ state: [stateRow('a', 1)] })]);
    one.close();
    const two = openStateStore(join(folder, 'two.db'));
    two.commit([changes({ state: [stateRow('a', 2)] })]);
    two.close();
    copyFileSync(join(folder, 'one.db'), join(folder, 'two.db'));
    expect(openAndClose('two.db')).toContain('is not the one that was written last');
    expect(openAndClose('two.db')).toBeUndefined();
  });

  it('[EN9] writes all of a commit or nothing', () => {
    const store = openStateStore(join(folder, 'state.db'));
    const broken = createMessage({ id: 'x', time: 1, payload: 1n as never });
    const bad = waitingAt(1, broken);
    expect(() => store.commit([changes({ state: [stateRow('a', 1)], pendingAdded: [bad] })])).toThrow();
    expect(store.load('flow').state).toEqual([]);
    store.commit([changes({ state: [stateRow('a', 2)] })]);
    store.close();
    expect(openAndClose('state.db')).toBeUndefined();
  });

  it('[EN9] brings a file of the first format up to date: its keys count as set on that day', () => {
    const file = oldFile(1);
    const opened = openStateStore(file);
    const [row] = opened.load('flow').state;
    expect(row).toMatchObject({ key: 'a', state: 1 });
    expect(Math.abs((row?.setAt ?? 0) - Date.now())).toBeLessThan(60_000);
    opened.commit([changes({ state: [stateRow('a', 2)] })]);
    expect(opened.load('flow').state).toMatchObject([{ state: 2, setAt: 1_000 }]);
    opened.close();
  });

  it('[EN8] brings a file of the second format up to date: waiting messages keep their order, letters their ids', () => {
    const file = oldFile(2);
    const opened = openStateStore(file);
    expect(opened.load('flow')).toEqual({
      state: [stateRow('a', 1)],
      timers: [{ node: 'n', key: 'a', name: 'hold', dueAt: 5.5 }],
      pending: [{ node: 'n', count: 2, bytes: 2 * encodeMessage(bytes).length, lastSequence: 2 }],
    });
    const [first, second] = opened.readPending('flow', 'n', 0, 10);
    expect(first).toEqual({ ...waitingAt(1, bytes), at: bytes.time, bytes: encodeMessage(bytes).length });
    expect(second).toMatchObject({ sequence: 2, isCaught: true });
    expect(opened.load('two').pending).toMatchObject([{ lastSequence: 1 }]);
    opened.close();
    const letters = openDeadLetters(file);
    expect(letters.get('l')).toEqual({ ...letter('l'), flow: 'flow', sequence: 7 });
    letters.close();
  });

  it('refuses a file of a newer Sluice with a sentence', () => {
    const file = join(folder, 'state.db');
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(() => openStateStore(file)).toThrow('was written by a newer Sluice (format 99');
    expect(() => openDeadLetters(file)).toThrow('Update Sluice');
  });

  /** A file as the first formats of Sluice wrote it. */
  function oldFile(format: 1 | 2): string {
    const file = join(folder, 'state.db');
    const older = new DatabaseSync(file);
    const message = encodeMessage(bytes);
    older.exec(`${OLD_TABLES}
      INSERT INTO state VALUES ('flow', 'n', 'a', 'change', 1, '1', 1000);
      INSERT INTO timers VALUES ('flow', 'n', 'a', 'hold', 5.5);
      INSERT INTO pending VALUES ('flow', 'zz', 'n', 'in', 0, '${message}'), ('two', 'x', 'n', 'in', 0, '${message}'),
        ('flow', 'aa', 'n', 'in', 1, '${message}');
      INSERT INTO dead_letters VALUES (7, 'l', 'flow', 'n', 'in', 5, 'It is bad.', '${encodeMessage(letter('l').message)}');
      ${format === 1 ? 'ALTER TABLE state DROP COLUMN set_at;' : ''}
      PRAGMA user_version = ${format}`);
    older.close();
    return file;
  }

  function openAndClose(name: string): string | undefined {
    const store = openStateStore(join(folder, name));
    store.close();
    return store.gap;
  }
});
