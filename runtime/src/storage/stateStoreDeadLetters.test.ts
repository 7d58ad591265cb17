import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { LetterFilter } from '@sluice/shared/protocol/running.ts';
import type { DeadLetterEntry } from '../engine/shell.ts';
import type { StateStoreOptions } from './stateStore.ts';
import { openStateStore } from './stateStore.ts';
import type { DeadLetters, LetterRange } from './stateStoreDeadLetters.ts';
import { openDeadLetters } from './stateStoreDeadLetters.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-letters-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function letter(id: string, parts: Partial<DeadLetterEntry> = {}): DeadLetterEntry {
  const message = createMessage({ id, time: 1, payload: { id } });
  return { id, node: 'n', port: 'in', at: 5, sentence: 'It is bad.', message, ...parts };
}

/** The runner's side, which writes, and the server's, which reads the same file. */
function open(options: StateStoreOptions = {}, onDamage?: (sentence: string) => void) {
  const file = join(folder, 'state.db');
  const store = openStateStore(file, options);
  const letters = openDeadLetters(file, onDamage);
  onTestFinished(() => {
    letters.close();
    letters.close();
    store.close();
  });
  const add = (deadLetters: readonly DeadLetterEntry[], flow = 'flow') =>
    store.commit([{ flow, state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters }]);
  return { file, letters, add };
}

/** The ids of all that fit, page by page. */
function ids(letters: DeadLetters, filter: LetterFilter, first: 'oldest' | 'newest', most: number): string[] {
  const found: string[] = [];
  let rest: LetterRange | undefined = letters.all();
  while (rest !== undefined) {
    const page = letters.page(filter, first, rest, most);
    expect(page.letters.length).toBeLessThanOrEqual(most);
    found.push(...page.letters.map(({ id }) => id));
    rest = page.rest;
  }
  return found;
}

it('[EN7] dead letters are read by another process while the runner writes them, whole and in order', () => {
  const { letters, add } = open();
  add([letter('1'), letter('2')]);
  add(
    [letter('3', { message: createMessage({ id: 'm', time: 1, payload: new Uint8Array([0, 255]) }) })],
    'two',
  );
  expect(ids(letters, {}, 'newest', 1)).toEqual(['3', '2', '1']);
  expect(ids(letters, {}, 'oldest', 2)).toEqual(['1', '2', '3']);
  expect(letters.get('3')).toMatchObject({
    flow: 'two',
    sequence: 3,
    message: { payload: new Uint8Array([0, 255]) },
  });
  expect([letters.remove(['3', 'x']), letters.remove(['3']), letters.get('3')]).toEqual([1, 0, undefined]);
});

it('[EN7] they are found by flow, node, sentence and time of failing', () => {
  const { letters, add } = open();
  add([letter('1', { node: 'a' }), letter('2', { sentence: 'No.' }), letter('3', { at: 9 })]);
  add([letter('4')], 'two');
  const found = (filter: LetterFilter) => ids(letters, filter, 'oldest', 10);
  expect(found({ flow: 'two' })).toEqual(['4']);
  expect(found({ node: 'a' })).toEqual(['1']);
  expect(found({ flow: 'flow', sentence: 'It is bad.' })).toEqual(['1', '3']);
  expect(found({ flow: 'flow', until: 8 })).toEqual(['1', '2']);
  expect(found({ flow: "flow' OR 1 --" })).toEqual([]);
});

it('[EN7] of a reason that is a whole book the beginning is kept, and it is found by that', () => {
  const { letters, add } = open();
  add([letter('1', { sentence: '😀'.repeat(900_000) }), letter('2', { sentence: `${'x'.repeat(999)}😀` })]);
  const reasons = ['1', '2'].map((id) => letters.get(id)?.sentence ?? '');
  expect(reasons.map(({ length }) => length)).toEqual([1_000, 1_000]);
  expect(reasons.map((sentence) => ids(letters, { sentence }, 'oldest', 9))).toEqual([['1'], ['2']]);
});

it('[EN7] a search through thousands goes on from call to call, and finds the last one', () => {
  const { letters, add } = open();
  add([letter('needle', { node: 'rare' })]);
  add(
    Array.from({ length: 5_000 }, (_, index) => letter(`o${index}`)),
    'other',
  );
  add(Array.from({ length: 5_000 }, (_, index) => letter(`f${index}`)));
  add([letter('last', { node: 'rare' })]);
  const first = letters.page({ flow: 'flow', node: 'rare' }, 'newest', letters.all(), 10);
  expect(first.letters.map(({ id }) => id)).toEqual(['last']);
  expect(first.rest).toBeDefined();
  expect(ids(letters, { flow: 'flow', node: 'rare' }, 'newest', 10)).toEqual(['last', 'needle']);
  expect(ids(letters, { node: 'rare' }, 'oldest', 10)).toEqual(['needle', 'last']);
});

it('[EN5] a page of large messages is short', () => {
  const { letters, add } = open();
  const large = createMessage({ id: 'm', time: 1, payload: 'x'.repeat(1_500_000) });
  add(['1', '2', '3', '4', '5'].map((id) => letter(id, { message: large })));
  const page = letters.page({}, 'oldest', letters.all(), 100);
  expect(page.letters).toHaveLength(3);
  expect(ids(letters, {}, 'oldest', 100)).toEqual(['1', '2', '3', '4', '5']);
  expect(ids(letters, {}, 'newest', 100)).toEqual(['5', '4', '3', '2', '1']);
});

it('[EN7] they are counted and dropped by what they have in common, a stretch at a time', () => {
  const { letters, add } = open();
  add(Array.from({ length: 3_000 }, (_, index) => letter(`a${index}`, { at: index })));
  add([letter('b', { sentence: 'No.', at: 7 })], 'two');
  const all = letters.all();
  const first = letters.groups({}, all);
  expect(first.groups).toMatchObject([{ flow: 'flow', count: 2_000, oldestAt: 0, newestAt: 1_999 }]);
  expect(letters.groups({}, first.rest ?? all).groups).toEqual([
    { flow: 'flow', node: 'n', sentence: 'It is bad.', count: 1_000, oldestAt: 2_000, newestAt: 2_999 },
    { flow: 'two', node: 'n', sentence: 'No.', count: 1, oldestAt: 7, newestAt: 7 },
  ]);
  add([letter('later')]);
  const dropped = letters.drop({ flow: 'flow' }, all);
  expect(dropped).toMatchObject({ dropped: 2_000, rest: { to: all.to } });
  expect(letters.drop({ flow: 'flow' }, dropped.rest ?? all).dropped).toBe(1_000);
  expect(ids(letters, {}, 'oldest', 10)).toEqual(['b', 'later']);
});

it('[EN7] of a flow at most so many are kept as is said: the oldest are dropped and counted', () => {
  const { letters, add } = open({ deadLettersPerFlow: () => 20 });
  add(Array.from({ length: 23 }, (_, index) => letter(String(index))));
  add([letter('other')], 'two');
  expect(letters.counts()).toEqual(
    new Map([
      ['flow', { kept: 20, dropped: 3 }],
      ['two', { kept: 1, dropped: 0 }],
    ]),
  );
  expect([letters.get('2'), letters.get('3')?.id]).toEqual([undefined, '3']);
});

it('[EN7] of a flow 10,000 are kept where nothing else is said', () => {
  const { letters, add } = open();
  add(Array.from({ length: 10_003 }, (_, index) => letter(String(index))));
  expect(letters.counts().get('flow')).toEqual({ kept: 10_000, dropped: 3 });
});

it('[EN9] one that the disk has damaged is set aside and told, and hides no other', () => {
  const told: string[] = [];
  const { file, letters, add } = open({}, (sentence) => told.push(sentence));
  add([letter('1'), letter('2'), letter('3')]);
  const disk = new DatabaseSync(file);
  disk.exec(`UPDATE dead_letters SET message = '{"broken' WHERE id = '2'`);
  expect(ids(letters, {}, 'oldest', 10)).toEqual(['1', '3']);
  expect(told).toEqual([expect.stringContaining('The disk has damaged failed messages (1)')]);
  expect(disk.prepare('SELECT origin, flow FROM set_aside').all()).toEqual([
    { origin: 'dead_letters', flow: 'flow' },
  ]);
  disk.close();
  expect(ids(letters, {}, 'newest', 10)).toEqual(['3', '1']);
  expect(told).toHaveLength(1);
});
