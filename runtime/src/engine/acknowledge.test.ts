import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runFlow, storeWithDisk } from './testFlow.ts';
import type { TestFlow } from './testFlow.ts';
import { drawFlow, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';

const stateless = drawFlow({ in: 'bring', a: 'pass', s: 'send' }, 'in>a', 'a>s');
const alerting = drawFlow({ in: 'bring', change: 'change', s: 'send' }, 'in>change', 'change>s');
const delaying = drawFlow(
  { in: 'bring', hold: { type: 'hold', config: { ms: 1_000 } }, s: 'send' },
  'in>hold',
  'hold>s',
);

/** What a source outside does after a crash: what was not acknowledged comes again. */
function redeliver(before: TestFlow, after: TestFlow): void {
  for (const message of before.origin.unacknowledged()) after.origin.push(message);
}

describe('acknowledging', () => {
  it('[EN6] waits for the sink', async () => {
    const { lab, time, origin } = await runFlow(stateless, { isOpen: false });
    for (const payload of [1, 2]) origin.push(reading(payload, `d${payload}`));
    await time.settle();
    lab.calls.shift()?.accept();
    await time.settle();
    expect(origin.outcomes).toEqual([]);
    lab.calls.shift()?.accept();
    await time.settle();
    expect(origin.outcomes).toEqual(['done', 'done']);
  });

  it('[EN6] waits for the commit of state, and of nothing where nothing was changed', async () => {
    const store = storeWithDisk();
    const { time, origin } = await runFlow(drawFlow({ in: 'bring', change: 'change' }, 'in>change'), {
      store,
    });
    store.isFull = true;
    origin.push(reading('a'));
    await time.settle();
    expect(origin.outcomes).toEqual([]);
    store.isFull = false;
    await time.runUntil(TEST_START + 10_000);
    expect(origin.outcomes).toEqual(['done']);
    const commits = store.commits.length;
    origin.push(reading('a'));
    await time.settle();
    expect([origin.outcomes, store.commits.length - commits]).toEqual([['done', 'done'], 0]);
  });

  it('[EN6] of a message that read state waits until that state is on disk', async () => {
    const store = storeWithDisk();
    const { time, origin } = await runFlow(drawFlow({ in: 'bring', change: 'change' }, 'in>change'), {
      store,
    });
    store.isFull = true;
    origin.push(reading('a'));
    await time.settle();
    origin.push(reading('a'));
    await time.settle();
    expect(origin.outcomes).toEqual([]);
  });

  it('[EN6] does not wait for a sink whose message is on disk itself', async () => {
    const { lab, time, origin, store } = await runFlow(alerting, { isOpen: false });
    origin.push(reading('raised'));
    await time.settle();
    expect(lab.calls).toHaveLength(1);
    expect(origin.outcomes).toEqual(['done']);
    expect(store.load('flow').pending).toHaveLength(1);
    lab.calls[0]?.accept();
    await time.runUntil(TEST_START + 100);
    expect(store.load('flow').pending).toEqual([]);
  });

  it('[EN6] refuses what is not through when the flow is stopped', async () => {
    const { lab, time, origin, flow } = await runFlow(stateless, { isOpen: false });
    origin.push(reading(1));
    await time.settle();
    const stopping = flow.stop(500);
    await time.runUntil(TEST_START + 499);
    expect(origin.outcomes).toEqual([]);
    await time.runUntil(TEST_START + 501);
    await stopping;
    expect(origin.outcomes).toEqual(['refused']);
    expect(lab.calls[0]?.signal.aborted).toBe(true);
  });

  it('[EN6] is done for what gets through while the flow drains', async () => {
    const { lab, time, origin, flow } = await runFlow(stateless, { isOpen: false });
    origin.push(reading(1));
    await time.settle();
    const stopping = flow.stop(5_000);
    lab.calls[0]?.accept();
    await time.settle();
    await stopping;
    expect(origin.outcomes).toEqual(['done']);
  });
});

describe('after a crash', () => {
  it('[EN6] an alert whose transition is on disk and whose sink was not reached is sent all the same', async () => {
    const before = await runFlow(alerting, { isOpen: false });
    before.origin.push(reading('raised', 'freezer'));
    await before.time.settle();
    expect(before.store.load('flow').state).toHaveLength(1);
    const after = await runFlow(alerting, { left: before.store });
    redeliver(before, after);
    await after.time.runUntil(TEST_START + 100);
    expect(after.lab.accepted).toEqual(['raised']);
    expect(after.store.load('flow').pending).toEqual([]);
  });

  it('[EN6] an alert that a timer has sent and whose sink was not reached is sent all the same', async () => {
    const before = await runFlow(delaying, { isOpen: false });
    before.origin.push(reading('held'));
    await before.time.runUntil(TEST_START + 1_500);
    expect(before.lab.calls).toHaveLength(1);
    expect(before.store.load('flow').timers).toEqual([]);
    const after = await runFlow(delaying, { left: before.store, at: 2_000 });
    await after.time.settle();
    expect(after.lab.accepted).toEqual(['held']);
  });

  it('[EN6] a message on disk goes on from node to node without a gap', async () => {
    const drawing = drawFlow(
      { in: 'bring', change: 'change', s: 'send', t: 'send' },
      'in>change',
      'change>s',
      's>t',
    );
    const before = await runFlow(drawing, { isOpen: false });
    before.origin.push(reading('raised'));
    await before.time.settle();
    before.lab.calls.shift()?.accept();
    await before.time.runUntil(TEST_START + 50);
    expect(before.store.load('flow').pending.map(({ node }) => node)).toEqual(['t']);
    const after = await runFlow(drawing, { left: before.store });
    await after.time.settle();
    expect(after.lab.accepted).toEqual(['raised']);
  });

  it('[EN6] a message on disk for a node that is no more goes to the dead letters', async () => {
    const before = await runFlow(alerting, { isOpen: false });
    before.origin.push(reading('raised'));
    await before.time.settle();
    const after = await runFlow(drawFlow({ in: 'bring' }), { left: before.store });
    await after.time.settle();
    expect(after.store.deadLetters('flow').map(({ node, sentence }) => [node, sentence])).toEqual([
      ['s', 'The message waited at the node “s”, which this version of the flow does not have.'],
    ]);
    expect(after.store.load('flow').pending).toEqual([]);
  });

  it('[EN6] nothing is lost whenever it happens, and what comes twice was under way', async () => {
    const step = fc.constantFrom('push', 'push', 'settle', 'accept', 'time', 'crash');
    const drawing = drawFlow(
      { in: 'bring', change: 'change', hold: { type: 'hold', config: { ms: 20 } }, s: 'send', t: 'send' },
      'in>change',
      'change>s',
      'in>s',
      'change>hold',
      'hold>t',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        let at = 0;
        let pushed = 0;
        const reached: unknown[] = [];
        let now = await runFlow(drawing, { isOpen: false });
        for (const one of steps) {
          if (one === 'push') now.origin.push(reading(`v${(pushed += 1)}`, `d${pushed % 3}`));
          else if (one === 'settle') await now.time.settle();
          else if (one === 'accept') {
            for (const call of now.lab.calls.splice(0)) call.accept();
          } else if (one === 'time') await now.time.runUntil(TEST_START + (at += 15));
          else {
            const before = now;
            reached.push(...before.lab.accepted);
            now = await runFlow(drawing, { isOpen: false, left: before.store, at });
            redeliver(before, now);
          }
        }
        now.lab.isOpen = true;
        for (let round = 0; round < 5; round++) {
          for (const call of now.lab.calls.splice(0)) call.accept();
          await now.time.runUntil(TEST_START + (at += 100));
        }
        reached.push(...now.lab.accepted);
        // By `in>s`, by `change>s`, and by `hold>t`: each payload at least three times, whatever crashed.
        for (let count = 1; count <= pushed; count++) {
          expect(reached.filter((payload) => payload === `v${count}`).length).toBeGreaterThanOrEqual(3);
        }
        expect(now.origin.unacknowledged()).toEqual([]);
        expect(now.store.load('flow').pending).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

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

  it('[EN9] has a cap on keys: the oldest goes, and one notice says so', async () => {
    const { time, origin, shell, store } = await runFlow(alerting);
    for (let device = 0; device < 6; device++) origin.push(reading('a', `d${device}`));
    await time.runUntil(TEST_START + 100);
    expect(store.load('flow').state.map(({ key }) => key)).toEqual(['d3', 'd4', 'd5']);
    const sentences = shell.notices.flatMap((notice) => (notice.kind === 'error' ? notice.sentence : []));
    expect(sentences).toEqual([expect.stringContaining('“change” keeps state for 3 keys at most')]);
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
    after.origin.push(reading('new'));
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
