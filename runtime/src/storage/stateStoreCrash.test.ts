import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startFlow } from '../engine/startFlow.ts';
import { createLab, drawFlow, originAt, planOf, reading } from '../engine/testNodes.ts';
import { createTestShell, TEST_START } from '../engine/testing.ts';
import { openStateStore } from './stateStore.ts';
import { openStateFile, transaction } from './stateStoreFile.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const drawing = drawFlow({ in: 'bring', change: 'change', s: 'send' }, 'in>change', 'change>s');

async function runOn(file: string, isOpen: boolean, prefix: string) {
  const lab = createLab(isOpen);
  const store = openStateStore(file);
  let ids = 0;
  const newId = () => `${prefix}${(ids += 1)}`;
  const shell = createTestShell({ implementations: lab.implementations, store, newId });
  const flow = await startFlow(planOf(drawing), shell);
  return { lab, store, shell, flow, origin: originAt(lab) };
}

it('[EN6] an alert outlives the process on a real disk, though the state says that it was raised', async () => {
  const before = await runOn(join(folder, 'state.db'), false, 'one-');
  before.origin.push(reading('raised', 'freezer'));
  await before.shell.time.runUntil(TEST_START + 100);
  expect(before.origin.outcomes).toEqual(['done']);
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(folder, `left-${name}`));
  before.store.close();
  const after = await runOn(join(folder, 'left-state.db'), true, 'two-');
  after.origin.push(reading('raised', 'freezer'));
  await after.shell.time.runUntil(TEST_START + 100);
  expect(after.lab.accepted).toEqual(['raised']);
  expect(after.store.load('flow').pending).toEqual([]);
  expect(after.store.gap).toBeUndefined();
  after.store.close();
});

it('[EN9] a disk that is really full is said in a sentence, and nothing of the commit was written', () => {
  const database = openStateFile(join(folder, 'state.db'));
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const fill = () =>
    transaction(database, () => {
      database.prepare("INSERT INTO timers VALUES ('f', 'n', 'k', 't', 1, 0)").run();
      database.prepare("INSERT INTO state VALUES ('f', 'n', 'k', 't', 1, ?, 0, 0)").run('x'.repeat(50_000));
    });
  expect(fill).toThrow('The disk is full or cannot be written');
  expect(database.prepare('SELECT count(*) AS count FROM timers').get()?.['count']).toBe(0);
  database.exec('PRAGMA max_page_count = 1000000');
  fill();
  database.close();
});
