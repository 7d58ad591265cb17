import { describe, expect, it } from 'vitest';
import { memoryStateStore } from '../storage/memoryStateStore.ts';
import { runFlow } from './testFlow.ts';
import { drawFlow, planOf, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';

const SECOND_MS = 1_000;

describe('messages of one device over a crash', () => {
  it('[EN4] stay in order when a later one is put on disk with the state that it came of', async () => {
    const drawing = drawFlow(
      { in: 'bring', change: 'change', s: 'send' },
      'in>s',
      'in.other>change',
      'change>s',
    );
    const before = await runFlow(drawing, { isOpen: false });
    before.origin.push(reading('first', 'd1'));
    await before.time.settle();
    before.lab.intakes.get('in')?.push('other', reading('second', 'd1'));
    await before.time.runUntil(TEST_START + SECOND_MS);
    const after = await runFlow(drawing, { left: before.store, at: SECOND_MS });
    for (const message of before.origin.unacknowledged()) after.origin.push(message);
    await after.time.runUntil(TEST_START + 2 * SECOND_MS);
    expect(after.lab.accepted).toEqual(['first', 'second']);
  });

  it('[EN4] stay in order when a later one is put on disk because the target is away', async () => {
    const s = { type: 'send', config: { concurrency: 2, outbox: {} } };
    const drawing = drawFlow({ in: 'bring', s }, 'in>s');
    const before = await runFlow(drawing, { isOpen: false });
    before.origin.push(reading('first', 'd1'));
    await before.time.settle();
    before.lab.isAway = true;
    before.origin.push(reading('second', 'd1'));
    before.origin.push(reading('other', 'd2'));
    await before.time.runUntil(TEST_START + SECOND_MS);
    const after = await runFlow(drawing, { left: before.store, at: SECOND_MS });
    for (const message of before.origin.unacknowledged()) after.origin.push(message);
    await after.time.runUntil(TEST_START + 10 * SECOND_MS);
    expect(after.lab.accepted.filter((payload) => payload !== 'other')).toEqual(['first', 'second']);
  });

  it('[EN4] stay in order, and none is forgotten, when a node that had some waiting waits no more', async () => {
    const store = memoryStateStore();
    const waiting = (sequence: number, node: string, payload: string) => {
      return {
        sequence,
        node,
        port: 'in',
        message: reading(payload, 'd1'),
        at: 0,
        bytes: 10,
        isCaught: false,
      };
    };
    const nothing = { flow: 'flow', state: [], timers: [], pendingDone: [], deadLetters: [] };
    store.commit([{ ...nothing, pendingAdded: [waiting(2, 'm', 'second'), waiting(1, 's', 'first')] }]);
    const drawing = drawFlow({ in: 'bring', m: 'pass', s: 'send' }, 'in>m', 'm>s');
    const after = await runFlow(drawing, { left: store });
    await after.time.runUntil(TEST_START + SECOND_MS);
    expect(after.lab.accepted).toEqual(['first', 'second']);
    expect(store.load('flow').pending).toEqual([]);
  });
});

describe('messages of one device over a deploy', () => {
  const waiting = drawFlow(
    { in: 'bring', s: { type: 'send', config: { concurrency: 2 } }, p: 'pass' },
    'in>s',
    's>p',
  );

  it('[EN4] stay in order when the node that works on one for long waits for nothing any more', async () => {
    const made = await runFlow(waiting, { isOpen: false });
    for (const [payload, device] of [
      ['1', 'd1'],
      ['1', 'd2'],
      ['2', 'd1'],
      ['1', 'd3'],
    ] as const)
      made.origin.push(reading(`${device}#${payload}`, device));
    await made.time.settle();
    const next = planOf(drawFlow({ in: 'bring', s: 'pass', p: 'pass' }, 'in>s', 's>p'));
    const swapped = made.flow.swap(next, []);
    made.origin.push(reading('d1#3', 'd1'));
    await made.time.runUntil(TEST_START + SECOND_MS);
    made.lab.calls[1]?.accept();
    await made.time.runUntil(TEST_START + 2 * SECOND_MS);
    expect(made.lab.calls).toHaveLength(2);
    expect(made.shell.notices).toContainEqual(
      expect.objectContaining({ kind: 'log', text: expect.stringContaining('The deploy waits until “s”') }),
    );
    made.lab.calls[0]?.accept();
    await Promise.all([swapped, made.time.runUntil(TEST_START + 3 * SECOND_MS)]);
    expect(made.lab.payloads('p')).toEqual(['d2#1', 'd1#1', 'd1#2', 'd3#1', 'd1#3']);
    expect(made.store.deadLetters('flow')).toEqual([]);
    expect(made.origin.unacknowledged()).toEqual([]);
  });

  it('[EN12] waits no longer for that than a call of the node may take, and goes on when it cannot be done', async () => {
    const made = await runFlow(waiting, { isOpen: false });
    made.origin.push(reading(1, 'd1'));
    await made.time.settle();
    const broken = drawFlow(
      { in: 'bring', s: { type: 'fragile', config: { isBroken: true } }, p: 'pass' },
      'in>s',
      's>p',
    );
    const swapped = expect(made.flow.swap(planOf(broken), [])).rejects.toThrow('cannot be started');
    made.origin.push(reading(2, 'd1'));
    await made.time.runUntil(TEST_START + 11 * SECOND_MS);
    await swapped;
    await made.time.settle();
    expect(made.lab.calls).toHaveLength(2);
    made.lab.calls[1]?.accept();
    await made.time.settle();
    expect(made.lab.payloads('p')).toEqual([2]);
  });
});
