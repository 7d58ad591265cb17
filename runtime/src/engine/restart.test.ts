import { describe, expect, it } from 'vitest';
import { runFlow, storeWithDisk } from './testFlow.ts';
import { drawFlow, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';
import { createVirtualTime } from './virtualTime.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const alerting = drawFlow({ in: 'bring', change: 'change', s: 'send' }, 'in>change', 'change>s');
const delaying = drawFlow(
  { in: 'bring', hold: { type: 'hold', config: { ms: 1_000 } }, s: 'send' },
  'in>hold',
  'hold>s',
  'in.other>s',
);

describe('state', () => {
  it('[EN9] is there again after a restart, and that of another version or type is deleted', async () => {
    const before = await runFlow(alerting);
    before.origin.push(reading('a', 'd1'));
    await before.time.runUntil(TEST_START + 100);
    const after = await runFlow(alerting, { left: before.store });
    after.origin.push(reading('a', 'd1'));
    after.origin.push(reading('b', 'd1'));
    await after.time.runUntil(TEST_START + 100);
    expect(after.lab.accepted).toEqual(['b']);
    const other = drawFlow({ in: 'bring', change: { type: 'hold', config: { ms: 1 } } }, 'in>change');
    const replaced = await runFlow(other, { left: before.store });
    await replaced.time.runUntil(TEST_START + 100);
    expect(replaced.store.load('flow').state).toEqual([]);
  });

  it('[EN9] that a person changes is on disk when that is answered, or the change is refused', async () => {
    const disk = storeWithDisk();
    const { flow, time, origin } = await runFlow(alerting, { left: disk });
    origin.push(reading('a', 'd1'));
    await time.runUntil(TEST_START + 100);
    flow.stateView.set('change', 'd1', 'b');
    expect(disk.load('flow').state).toMatchObject([{ key: 'd1', state: 'b' }]);
    disk.isFull = true;
    expect(() => flow.stateView.clear('change', 'd1')).toThrow('The disk is full.');
    disk.isFull = false;
    flow.stateView.clear('change', 'd1');
    expect(disk.load('flow').state).toEqual([]);
  });

  it('[EN9] has a cap on keys: the oldest goes, and one notice says so', async () => {
    const { time, origin, shell, store } = await runFlow(alerting);
    for (let device = 0; device < 6; device++) origin.push(reading('a', `d${device}`));
    await time.runUntil(TEST_START + 100);
    expect(store.load('flow').state.map(({ key }) => key)).toEqual(['d3', 'd4', 'd5']);
    const sentences = shell.notices.flatMap((notice) => (notice.kind === 'error' ? notice.sentence : []));
    expect(sentences).toEqual([expect.stringContaining('“change” keeps state for 3 keys at most')]);
  });

  it('[EN9] that is not in use is forgotten after its time, live and over a restart, and counted', async () => {
    const before = await runFlow(alerting);
    before.origin.push(reading('a', 'gone'));
    await before.time.runUntil(TEST_START + 9 * DAY_MS);
    before.origin.push(reading('a', 'young'));
    await before.time.runUntil(TEST_START + 9 * DAY_MS + 100);
    const keys = () => before.store.load('flow').state.map(({ key }) => key);
    expect(keys()).toEqual(['gone', 'young']);
    await before.flow.stop(0);
    const after = await runFlow(alerting, { left: before.store, at: 11 * DAY_MS });
    expect([after.lab.madeWith.get('change'), after.flow.taps.nodes().change?.evicted]).toEqual([
      ['young'],
      1,
    ]);
    await after.time.runUntil(TEST_START + 18 * DAY_MS);
    expect(keys()).toEqual(['young']);
    await after.time.runUntil(TEST_START + 19 * DAY_MS + 2 * HOUR_MS);
    expect([keys(), after.flow.taps.nodes().change?.evicted]).toEqual([[], 2]);
    expect(after.shell.notices).toEqual([]);
  });

  it('[EN9] stays while a timer of its key runs, however long', async () => {
    const slow = drawFlow(
      { in: 'bring', hold: { type: 'hold', config: { ms: 90 * DAY_MS } }, s: 'send' },
      'in>hold',
      'hold>s',
    );
    const { origin, time, lab, flow } = await runFlow(slow);
    origin.push(reading('a'));
    await time.runUntil(TEST_START + 91 * DAY_MS);
    expect([lab.accepted, flow.taps.nodes().hold?.evicted]).toEqual([['a'], 0]);
  });

  it('[EN9] is there when a node is made, and stays in the store when another node cannot be made', async () => {
    const before = await runFlow(alerting);
    before.origin.push(reading('a', 'd1'));
    await before.time.runUntil(TEST_START + 100);
    const after = await runFlow(alerting, { left: before.store });
    expect(after.lab.madeWith.get('change')).toEqual(['d1']);
    const other = drawFlow({ in: 'bring', hold: { type: 'hold', config: { ms: 1 } } }, 'in>hold');
    const time = createVirtualTime(TEST_START);
    await expect(runFlow(other, { left: before.store, time, implementations: new Map() })).rejects.toThrow(
      'cannot be started',
    );
    await time.runUntil(TEST_START + 100);
    expect(after.store.load('flow').state.map(({ key }) => key)).toEqual(['d1']);
  });

  it('[EN9] of many batches goes to disk in few commits', async () => {
    const store = storeWithDisk();
    const { time, origin } = await runFlow(alerting, { store });
    for (let count = 0; count < 50; count++) {
      origin.push(reading(`v${count}`, 'd'));
      await time.runUntil(TEST_START + Math.floor(count / 10));
    }
    await time.runUntil(TEST_START + 1_000);
    expect(origin.outcomes).toHaveLength(50);
    expect(store.commits.length).toBeLessThan(8);
    expect(store.load('flow').state.map(({ state }) => state)).toEqual(['v49']);
  });

  it('[EN9] that cannot be written stops acknowledging and intake, is said once, and goes on by itself', async () => {
    const store = storeWithDisk();
    const { time, origin, shell, lab } = await runFlow(alerting, { store });
    let calledBack = 0;
    lab.intakes.get('in')?.onRoom(() => (calledBack += 1));
    store.isFull = true;
    origin.push(reading('a'));
    await time.runUntil(TEST_START + 3_000);
    expect(origin.push(reading('b'))).toBe(false);
    await time.runUntil(TEST_START + 60_000);
    expect(origin.outcomes).toEqual([]);
    expect(shell.notices).toEqual([
      { kind: 'flow', flow: 'flow', state: 'failed', sentence: 'The disk is full.' },
    ]);
    store.isFull = false;
    await time.runUntil(TEST_START + 70_000);
    expect(origin.outcomes).toEqual(['done', 'done']);
    expect(calledBack).toBe(1);
    expect(shell.notices.at(-1)).toMatchObject({ kind: 'flow', state: 'running' });
    expect(origin.push(reading('c'))).toBe(true);
  });
});

describe('timers', () => {
  it('[EN10] that are overdue after a restart fire once, in due order, before new messages', async () => {
    const before = await runFlow(delaying);
    for (let count = 0; count < 5; count++) {
      before.origin.push(reading(count));
      await before.time.runUntil(TEST_START + (count + 1) * 10);
    }
    const after = await runFlow(delaying, { left: before.store, at: 60_000 });
    after.lab.intakes.get('in')?.push('other', reading('new'));
    await after.time.runUntil(TEST_START + 70_000);
    expect(after.lab.accepted).toEqual([0, 1, 2, 3, 4, 'new']);
    expect(after.store.load('flow')).toEqual({ state: [], timers: [], pending: [] });
    const again = await runFlow(delaying, { left: before.store, at: 80_000 });
    await again.time.settle();
    expect(again.lab.accepted).toEqual([]);
  });

  it('[EN10] of a node that is no more are forgotten', async () => {
    const before = await runFlow(delaying);
    before.origin.push(reading(1));
    await before.time.runUntil(TEST_START + 10);
    const after = await runFlow(drawFlow({ in: 'bring' }), { left: before.store, at: 20 });
    await after.time.runUntil(TEST_START + 5_000);
    expect(after.store.load('flow')).toMatchObject({ timers: [], state: [] });
  });
});
