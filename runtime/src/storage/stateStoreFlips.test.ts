import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PendingMessage, StateStore, StoredState } from '../engine/shell.ts';
import { openStateStore } from './stateStore.ts';
import { changes, openSaying, stateRow, waitingAt, waitingOf } from './testingStateStore.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-flips-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('[EN9] one flipped bit anywhere', () => {
  const FLIPS = 25;
  const COMMITS = 40;
  let left = '';
  /** What was written: the last of each, and all that ever was. */
  const last = { state: new Map<string, string>(), pending: new Set<number>() };
  const ever = new Set<string>();

  function writeCommit(store: StateStore, number: number): void {
    const state = Array.from({ length: 6 }, (_, index) =>
      stateRow(`k${(number * 5 + index) % 60}`, `${number}-${'abc'.repeat(index * 9)}`),
    );
    const pendingAdded = Array.from({ length: 6 }, (_, index) => waitingAt(number * 6 + index + 1));
    const pendingDone = [number * 6 - 20, number * 6 - 22].filter((sequence) => last.pending.has(sequence));
    store.commit([changes({ state, pendingAdded, pendingDone })]);
    for (const row of state) last.state.set(row.key, JSON.stringify(row));
    for (const row of [...state, ...pendingAdded]) ever.add(JSON.stringify(row));
    for (const { sequence } of pendingAdded) last.pending.add(sequence);
    for (const sequence of pendingDone) last.pending.delete(sequence);
  }

  // What a process leaves that was killed: half in the file, half in the log.
  beforeAll(() => {
    left = mkdtempSync(join(tmpdir(), 'sluice-left-'));
    const file = join(left, 'state.db');
    const before = openStateStore(file);
    for (let number = 0; number < COMMITS / 2; number++) writeCommit(before, number);
    before.close();
    const store = openStateStore(file);
    for (let number = COMMITS / 2; number < COMMITS; number++) writeCommit(store, number);
    mkdirSync(join(left, 'killed'));
    for (const name of ['state.db', 'state.db-wal', 'state.db-chain'])
      copyFileSync(join(left, name), join(left, 'killed', name));
    store.close();
    mkdirSync(join(left, 'closed'));
    for (const name of ['state.db', 'state.db-chain'])
      copyFileSync(join(left, name), join(left, 'closed', name));
  });
  afterAll(() => rmSync(left, { recursive: true }));

  function flipIn(kind: string, name: string, share: number, bit: number): number {
    for (const one of readdirSync(join(left, kind))) copyFileSync(join(left, kind, one), join(folder, one));
    const file = openSync(join(folder, name), 'r+');
    const at = Math.floor(share * statSync(join(folder, name)).size);
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, at);
    byte.writeUInt8(byte.readUInt8() ^ (1 << bit));
    writeSync(file, byte, 0, 1, at);
    closeSync(file);
    return at;
  }

  const cases = [
    ['killed', 'state.db'],
    ['killed', 'state.db-wal'],
    ['closed', 'state.db'],
  ].flatMap(([kind = '', name = '']) =>
    Array.from({ length: FLIPS }, (_, index) => ({ kind, name, seed: index + 1 })),
  );

  it.each(cases)(
    'of $name of a runner that was $kind is harmless or told (seed $seed)',
    ({ kind, name, seed }) => {
      const random = seeded(seed);
      // A quarter of them in the first pages, which all of the rest hangs on.
      const at = flipIn(kind, name, random() * (seed % 4 === 0 ? 0.05 : 1), Math.floor(random() * 8));
      const { store, said } = openSaying(folder);
      const { state } = store.load('flow');
      const pending = waitingOf(store);
      for (const row of [...state, ...pending]) expect(ever).toContain(JSON.stringify(ordered(row)));
      const isComplete =
        state.length === last.state.size &&
        state.every((row) => last.state.get(row.key) === JSON.stringify(ordered(row))) &&
        pending.length === last.pending.size;
      expect(isComplete || said.length > 0).toBe(true);
      if (name === 'state.db-wal' && !isHighByteInLog(at)) expect(isComplete).toBe(true);
      store.commit([changes({ state: [stateRow('new', 'x')] })]);
      store.close();
      const again = openSaying(folder);
      expect(again.store.load('flow').state).toHaveLength(state.length + 1);
      expect(waitingOf(again.store)).toHaveLength(pending.length);
      expect(again.said).toEqual([]);
      again.store.close();
    },
  );

  /** With the fields in the order in which the rows were made. */
  function ordered(row: StoredState | PendingMessage): StoredState | PendingMessage {
    if (!('key' in row)) return row;
    const { node, type, version, key, state, setAt } = row;
    return { node, type, version, key, state, setAt };
  }
});

/** Of those bytes nobody can tell which one was changed (`mendLog`); the log has a header of 32 bytes and frames of 24 + 4,096. */
function isHighByteInLog(at: number): boolean {
  return at >= 32 && ((at - 32) % 4_120) % 4 === 3;
}

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
