import { describe, expect, it } from 'vitest';
import { memoryStateStore } from '../storage/memoryStateStore.ts';
import { runFlow } from './testFlow.ts';
import { drawFlow, reading } from './testNodes.ts';
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
