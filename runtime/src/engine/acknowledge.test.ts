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

  it('[EN6] goes on for the others when the source fails to take one in', async () => {
    const { lab, time, shell } = await runFlow(stateless);
    const outcomes: string[] = [];
    lab.intakes.get('in')?.push('out', reading(1), () => {
      throw new Error('The socket is gone.');
    });
    lab.intakes.get('in')?.push('out', reading(2), (outcome) => outcomes.push(outcome));
    await time.settle();
    expect(outcomes).toEqual(['done']);
    expect(shell.notices).toEqual([
      expect.objectContaining({ kind: 'error', node: 'in', sentence: 'The socket is gone.' }),
    ]);
  });

  it('[EN6] is told for what was put in until now, by every way that it takes, while more keeps coming', async () => {
    const drawing = drawFlow(
      { in: 'bring', change: 'change', s: 'send', t: 'send' },
      'in>change',
      'change>s',
      's>t',
    );
    const { lab, time, origin, flow } = await runFlow(drawing, { isOpen: false });
    let isSettled = false;
    origin.push(reading('first', 'd1'));
    void flow.settled().then(() => (isSettled = true));
    const acceptFirst = async (node: string) => {
      origin.push(reading('more', 'd2'));
      await time.settle();
      const at = lab.calls.findIndex((call) => call.node === node);
      lab.calls.splice(at, 1)[0]?.accept();
      await time.runUntil(time.clock.now() + 10);
    };
    await acceptFirst('s');
    expect(isSettled).toBe(false);
    await acceptFirst('t');
    expect([isSettled, lab.accepted]).toEqual([true, ['first', 'first']]);
    expect(lab.calls.length).toBeGreaterThan(0);
  });

  it('[EN6] keeps on disk, for the next start, what a stop could not finish', async () => {
    const before = await runFlow(alerting, { isOpen: false });
    before.origin.push(reading('raised'));
    await before.time.settle();
    const stopping = before.flow.stop(100);
    await before.time.runUntil(TEST_START + 200);
    await stopping;
    before.lab.calls[0]?.accept();
    await before.time.settle();
    const after = await runFlow(alerting, { left: before.store });
    await after.time.settle();
    expect(after.lab.accepted).toEqual(['raised']);
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
      [
        's',
        'The message waited at the node “s”, which this version of the flow does not have or cannot bring it to.',
      ],
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
