import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { FlowChanges } from '../engine/shell.ts';
import { openDeadLetters } from './stateStoreDeadLetters.ts';
import { changes, openSaying, stateRow, waitingAt, waitingOf } from './testingStateStore.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-damage-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Changes a text where it is in a file. */
function replaceIn(file: string, text: string, by: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(text);
  expect(at, `“${text}” in ${file}`).toBeGreaterThan(0);
  bytes.write(by, at);
  writeFileSync(file, bytes);
}

describe('a row that the disk has damaged', () => {
  function withRows(parts: Partial<FlowChanges>): void {
    const { store } = openSaying(folder);
    store.commit([changes(parts)]);
    store.close();
  }

  it('[EN9] of state is set aside and told, and the rest goes on', () => {
    withRows({ state: [stateRow('a', 'one'), stateRow('b', 'needle'), stateRow('c', 'three')] });
    replaceIn(join(folder, 'state.db'), 'needle', 'noodle');
    const { store, said } = openSaying(folder);
    expect(store.load('flow').state.map(({ key }) => key)).toEqual(['a', 'c']);
    expect(said).toEqual([expect.stringMatching(/^The disk has damaged 1 row of state \(node “n”\);/)]);
    expect(store.load('flow').state).toHaveLength(2);
    expect(said).toHaveLength(1);
    store.close();
    const raw = new DatabaseSync(join(folder, 'state.db'));
    expect(raw.prepare('SELECT origin, flow, row FROM set_aside').all()).toEqual([
      { origin: 'state', flow: 'flow', row: expect.stringContaining('noodle') },
    ]);
    raw.close();
  });

  it('[EN10] of timers is found, too', () => {
    withRows({ timers: ['x', 'holdup'].map((name) => ({ node: 'n', key: 'k', name, dueAt: 5 })) });
    const file = join(folder, 'state.db');
    // In the table, not in the index over it: that one is looked through at the start.
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf('holdup'); at > 0; at = bytes.indexOf('holdup', at + 1))
      bytes.write('holdap', at);
    writeFileSync(file, bytes);
    const { store, said } = openSaying(folder);
    expect(store.load('flow').timers.map(({ name }) => name)).toEqual(['x']);
    expect(said[0]).toContain('1 row of timers');
  });

  it('[EN8] of waiting messages is left out of its page, which others fill', () => {
    withRows({ pendingAdded: [1, 2, 3, 4].map(waitingAt) });
    replaceIn(join(folder, 'state.db'), '"id":"m2"', '"id":"m7"');
    const { store, said } = openSaying(folder);
    expect(store.readPending('flow', 'n', 0, 2).map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(said).toEqual([expect.stringContaining('1 row of waiting messages')]);
    expect(store.load('flow').pending).toMatchObject([{ count: 3 }]);
  });
});

describe('a file that SQLite cannot read', () => {
  const COUNT = 2_000;
  /** A file of many pages, closed, with pages broken by `spoil`. */
  function spoiled(spoil: (page: (number: number, bytes: Buffer) => void, pages: number) => void): void {
    const { store } = openSaying(folder);
    const state = Array.from({ length: 50 }, (_, index) => stateRow(`k${index}`, `v${index}`));
    store.commit([
      changes({ state, pendingAdded: Array.from({ length: COUNT }, (_, index) => waitingAt(index + 1)) }),
    ]);
    store.close();
    const file = openSync(join(folder, 'state.db'), 'r+');
    const pages = statSync(join(folder, 'state.db')).size / 4_096;
    spoil((number, bytes) => void writeSync(file, bytes, 0, bytes.length, number * 4_096), pages);
    closeSync(file);
  }

  it('[EN9] is kept aside; what can be read of it goes on in a new one, and what is lost is said', () => {
    spoiled((page, pages) => page(Math.floor(pages / 2), Buffer.alloc(4_096, 0xff)));
    const broken = readFileSync(join(folder, 'state.db'));
    const { store, said } = openSaying(folder);
    const waiting = waitingOf(store);
    expect(waiting.length).toBeGreaterThan(COUNT * 0.8);
    expect(waiting).toEqual(waiting.map(({ sequence }) => waitingAt(sequence)));
    expect(store.load('flow').state).toHaveLength(50);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      new RegExp(
        `^The file .*state\\.db is damaged \\(.*\\)\\. Saved out of it: 50 rows of state, 0 rows of timers, ${waiting.length} rows of waiting messages and 0 rows of dead letters\\. Lost: .*\\. The damaged file is kept as .*state\\.db\\.damaged-1\\. Check the disk\\.$`,
      ),
    );
    expect(readFileSync(join(folder, 'state.db.damaged-1'))).toEqual(broken);
    store.commit([changes({ pendingAdded: [waitingAt(COUNT + 1)] })]);
    store.close();
    const again = openSaying(folder);
    expect(again.said).toEqual([]);
    expect(waitingOf(again.store)).toHaveLength(waiting.length + 1);
  });

  it('[EN9] with a header that is gone loses nothing: it is the same in every file', () => {
    spoiled((page) => page(0, Buffer.alloc(4_096)));
    const { store, said } = openSaying(folder);
    expect(waitingOf(store)).toHaveLength(COUNT);
    expect(said[0]).toContain('Lost: nothing that is known of.');
  });

  it('[EN9] or that reads well but leaves rows out, because pages of an index count fewer, is found at the start', () => {
    spoiled((page, pages) => {
      const file = readFileSync(join(folder, 'state.db'));
      // Leaves of indexes (https://sqlite.org/fileformat.html, section 1.6): type 10, the number of cells at 3.
      for (let number = 1; number < pages; number++) {
        const bytes = file.subarray(number * 4_096, (number + 1) * 4_096);
        if (bytes[0] !== 10 || bytes.readUInt16BE(3) < 2) continue;
        bytes.writeUInt16BE(bytes.readUInt16BE(3) - 1, 3);
        page(number, bytes);
      }
    });
    const { store, said } = openSaying(folder);
    expect(said).toEqual([expect.stringContaining('is damaged')]);
    expect(waitingOf(store)).toHaveLength(COUNT);
    expect(store.load('flow').state).toHaveLength(50);
  });

  it('[EN9] that is no database at all is no reason not to start', () => {
    writeFileSync(join(folder, 'state.db'), 'x'.repeat(10_000));
    const { store, said } = openSaying(folder);
    expect(store.load('flow').state).toEqual([]);
    expect(said[0]).toContain('all that was in places which cannot be read');
  });

  it('[EN7] keeps nobody from opening its dead letters, which are there when the runner has mended it', () => {
    spoiled((page) => page(0, Buffer.alloc(4_096)));
    const file = join(folder, 'state.db');
    const letters = openDeadLetters(file);
    onTestFinished(() => letters.close());
    expect(() => letters.counts()).toThrow(/is damaged\. The runner saves what can be read of it/);
    const { store } = openSaying(folder);
    const message = createMessage({ id: 'l', time: 1 });
    store.commit([
      changes({ deadLetters: [{ id: 'l', node: 'n', port: 'in', at: 5, sentence: 'Bad.', message }] }),
    ]);
    expect(letters.counts().get('flow')).toEqual({ kept: 1, dropped: 0 });
  });

  it('[EN9] when it is found while the flow runs is mended under it', () => {
    const { store, said } = openSaying(folder);
    const file = join(folder, 'state.db');
    for (let from = 1; from <= COUNT; from += 100)
      store.commit([
        changes({ pendingAdded: Array.from({ length: 100 }, (_, index) => waitingAt(from + index)) }),
      ]);
    // Into the file itself, and out of what the connection remembers.
    const other = new DatabaseSync(file);
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const pages = Number(other.prepare('PRAGMA page_count').get()?.['page_count']);
    other.exec('UPDATE chain SET sequence = sequence; PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    const raw = openSync(file, 'r+');
    for (let page = Math.floor(pages / 2); page < pages - 5; page += 7)
      writeSync(raw, Buffer.alloc(4_096, 0xff), 0, 4_096, page * 4_096);
    closeSync(raw);
    const letters = openDeadLetters(file);
    onTestFinished(() => letters.close());
    const waiting = waitingOf(store);
    expect(waiting.length).toBeGreaterThan(COUNT / 4);
    expect(waiting.length).toBeLessThan(COUNT);
    expect(said).toEqual([expect.stringMatching(/is damaged \(database disk image is malformed\)\. Saved/)]);
    const letter = {
      id: 'l',
      node: 'n',
      port: 'in',
      at: 5,
      sentence: 'Bad.',
      message: createMessage({ id: 'l', time: 1 }),
    };
    store.commit([changes({ deadLetters: [letter] })]);
    // The other process sees the new file, and its end leaves the log of the new one alone.
    expect(letters.get('l')).toMatchObject({ id: 'l' });
    letters.close();
    expect(existsSync(`${file}-wal`)).toBe(true);
  });
});
