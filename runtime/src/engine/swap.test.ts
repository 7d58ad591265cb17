import { describe, expect, it } from 'vitest';
import { comparePlans } from './swap.ts';
import type { TestFlow } from './testFlow.ts';
import { runFlow } from './testFlow.ts';
import { drawFlow, planOf, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';

const MINUTE_MS = 60_000;
const hold = (ms: number) => ({ type: 'hold', config: { ms } });
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('[EN12] what becomes of the nodes', () => {
  const before = planOf(
    drawFlow({ in: 'bring', h: hold(1), p: 'pass', old: 'pass' }, 'in>h', 'h>p', 'p>old'),
  );
  it.each([
    ['same', 'p', {}, []],
    ['kept', 'h', { h: hold(2) }, []],
    ['reset', 'h', { h: 'change' }, []],
    ['reset', 'h', {}, ['h']],
    ['reset', 'fresh', { fresh: 'pass' }, []],
  ] as const)('is “%s” for %s with %j', (fate, node, changed, reset) => {
    const nodes = { in: 'bring', h: hold(1), p: 'pass', ...changed };
    const after = planOf(drawFlow(nodes, 'in>h', 'h>p', ...('fresh' in changed ? ['p>fresh'] : [])));
    const { fates, gone } = comparePlans(before, after, reset);
    expect(fates.get(node)).toBe(fate);
    expect(gone).toEqual(['old']);
  });
});

/** Goes on with a version that has nothing but a source and `p`. */
async function swapAway({ flow, time }: TestFlow): Promise<void> {
  const swapped = flow.swap(planOf(drawFlow({ in: 'bring', p: 'pass' }, 'in>p')), []);
  await Promise.all([swapped, time.runUntil(time.clock.now() + 1_000)]);
}

describe('[EN12] going on with another version', () => {
  it('leaves nodes and sources that did not change at work, and counts on', async () => {
    const made = await runFlow(drawFlow({ in: 'bring', a: 'pass', b: 'pass' }, 'in>a', 'a>b'));
    made.origin.push(reading(1));
    await made.time.settle();
    await made.flow.swap(planOf(drawFlow({ in: 'bring', a: 'pass', c: 'pass' }, 'in>a', 'a>c')), []);
    made.origin.push(reading(2));
    await made.time.settle();
    expect([made.lab.payloads('a'), made.lab.payloads('b'), made.lab.payloads('c')]).toEqual([
      [1, 2],
      [1],
      [2],
    ]);
    expect(made.lab.closed).toEqual(['b']);
    expect(made.flow.taps.nodes()['a']?.in).toBe(2);
    expect(made.flow.taps.counters()).toEqual({ 'in.out>a.in': 2, 'a.out>c.in': 1 });
  });

  it('carries state and timers over, of a node whose settings changed too', async () => {
    const made = await runFlow(drawFlow({ in: 'bring', h: hold(10 * MINUTE_MS), p: 'pass' }, 'in>h', 'h>p'));
    made.origin.push(reading('first'));
    await made.time.runUntil(TEST_START + MINUTE_MS);
    const next = planOf(drawFlow({ in: 'bring', h: hold(MINUTE_MS), p: 'pass' }, 'in>h', 'h>p'));
    expect(made.flow.carried(next)).toEqual([{ node: 'h', name: 'hold', keys: 1, timers: 1, fate: 'kept' }]);
    await made.flow.swap(next, []);
    made.origin.push(reading('second'));
    await made.time.runUntil(TEST_START + 9 * MINUTE_MS);
    expect(made.lab.payloads('p')).toEqual(['second']);
    await made.time.runUntil(TEST_START + 11 * MINUTE_MS);
    expect(made.lab.payloads('p')).toEqual(['second', 'first']);
  });

  it('begins anew where it is told to, in memory and on disk', async () => {
    const drawing = drawFlow({ in: 'bring', h: hold(10 * MINUTE_MS), p: 'pass' }, 'in>h', 'h>p');
    const made = await runFlow(drawing);
    made.origin.push(reading('first'));
    await made.time.runUntil(TEST_START + MINUTE_MS);
    await made.flow.swap(planOf(drawing), ['h']);
    // A process that dies now must not bring it back.
    expect(made.store.load('flow')).toMatchObject({ state: [], timers: [] });
    await made.time.runUntil(TEST_START + 20 * MINUTE_MS);
    expect(made.lab.payloads('p')).toEqual([]);
  });

  it('forgets what nodes kept that are gone, and puts what waited at them where people see it', async () => {
    const drawing = drawFlow({ in: 'bring', h: hold(MINUTE_MS), s: 'send' }, 'in>h', 'in>s');
    const made = await runFlow(drawing, { isOpen: false });
    made.origin.push(reading(1, 'd1'));
    made.origin.push(reading(2, 'd2'));
    await made.time.runUntil(TEST_START + 100);
    await swapAway(made);
    made.lab.calls[0]?.accept();
    await made.time.runUntil(TEST_START + 2 * MINUTE_MS);
    expect(made.store.load('flow')).toMatchObject({ state: [], timers: [], pending: [] });
    expect(made.store.deadLetters('flow').map(({ message }) => message.payload)).toEqual([2]);
    expect(made.lab.accepted).toEqual([1]);
    expect(made.origin.unacknowledged()).toEqual([]);
    expect(made.lab.closed).toEqual(['s']);
  });

  it('lets a node that is taken out finish within a moment, and what comes meanwhile goes on behind it', async () => {
    const made = await runFlow(drawFlow({ in: 'bring', s: 'send', p: 'pass' }, 'in>s', 's>p'), {
      isOpen: false,
    });
    made.origin.push(reading(1, 'd'));
    await made.time.settle();
    const swapped = swapAway(made);
    made.origin.push(reading(2, 'd'));
    await made.time.settle();
    expect(made.lab.payloads('p')).toEqual([]);
    made.lab.calls[0]?.accept();
    await swapped;
    await made.time.runUntil(TEST_START + MINUTE_MS);
    expect(made.lab.payloads('p')).toEqual([1, 2]);
    expect(made.store.deadLetters('flow')).toEqual([]);
  });

  it('puts what a node makes, or fails on, after it was taken out where people see it', async () => {
    const drawing = drawFlow(
      { in: 'bring', s: { type: 'send', config: { concurrency: 2 } }, p: 'pass' },
      'in>s',
      's>p',
    );
    const made = await runFlow(drawing, { isOpen: false });
    made.origin.push(reading(1, 'd1'));
    made.origin.push(reading(2, 'd2'));
    await made.time.settle();
    await swapAway(made);
    made.lab.calls[0]?.accept();
    made.lab.calls[1]?.reject('It is full.');
    await made.time.runUntil(TEST_START + MINUTE_MS);
    expect(made.lab.payloads('p')).toEqual([]);
    const letters = made.store
      .deadLetters('flow')
      .map(({ node, sentence, message }) => [node, sentence, message.payload]);
    expect(letters).toEqual([
      ['s', expect.stringContaining('was taken out of the flow while it worked on this'), 1],
      ['s', 'It is full.', 2],
    ]);
    expect(made.origin.unacknowledged()).toEqual([]);
    expect(made.lab.closed).toEqual(['s']);
  });

  it('loses and doubles nothing that waits at a sink or is on its way into it', async () => {
    const drawing = (batch: number) =>
      drawFlow({ in: 'bring', s: { type: 'send', config: { batch } }, p: 'pass' }, 'in>s', 's>p');
    const made = await runFlow(drawing(1), { isOpen: false });
    for (const number of numbers(0, 10)) made.origin.push(reading(number, 'd'));
    await made.time.settle();
    expect(made.lab.calls).toHaveLength(1);
    await made.flow.swap(planOf(drawing(4)), []);
    made.origin.push(reading(10, 'd'));
    await made.time.settle();
    // What was under way ends before the next begins, with the node that began it.
    expect(made.lab.calls).toHaveLength(1);
    expect(made.lab.closed).toEqual([]);
    made.lab.isOpen = true;
    made.lab.calls[0]?.accept();
    await made.time.settle();
    expect(made.lab.closed).toEqual(['s']);
    expect(made.lab.accepted).toEqual(numbers(0, 11));
    expect(made.lab.payloads('p')).toEqual(numbers(0, 11));
    expect(made.origin.outcomes).toHaveLength(11);
  });

  it('takes over what waits on disk for a target that is away', async () => {
    const drawing = (batch: number) =>
      drawFlow({ in: 'bring', s: { type: 'send', config: { batch, outbox: {} } } }, 'in>s');
    const made = await runFlow(drawing(1));
    made.lab.isAway = true;
    for (const number of numbers(0, 3_000)) made.origin.push(reading(number, 'd'));
    await made.time.runUntil(TEST_START + 1_000);
    await made.flow.swap(planOf(drawing(4)), []);
    made.origin.push(reading(3_000, 'd'));
    await made.time.runUntil(TEST_START + 2_000);
    made.lab.isAway = false;
    await made.time.runUntil(TEST_START + 5 * MINUTE_MS);
    expect(made.lab.accepted).toEqual(numbers(0, 3_001));
  });

  it('puts another source in the place of one that changed', async () => {
    const made = await runFlow(drawFlow({ in: 'bring', p: 'pass' }, 'in>p'));
    made.origin.push(reading(1));
    await made.flow.swap(
      planOf(drawFlow({ in: { type: 'bring', config: { from: 'b' } }, p: 'pass' }, 'in>p')),
      [],
    );
    expect(made.lab.closed).toEqual(['in']);
    made.origin.push(reading(2));
    await made.time.settle();
    expect(made.lab.payloads('p')).toEqual([1, 2]);
    expect(made.origin.outcomes).toEqual(['done', 'done']);
  });

  it('runs on with the old version when a node of the new one cannot be made', async () => {
    const drawing = drawFlow({ in: 'bring', h: hold(MINUTE_MS), p: 'pass' }, 'in>h', 'h>p');
    const made = await runFlow(drawing);
    made.origin.push(reading('held'));
    await made.time.runUntil(TEST_START + 1_000);
    const broken = drawFlow({ in: 'bring', p: { type: 'fragile', config: { isBroken: true } } }, 'in>p');
    await expect(made.flow.swap(planOf(broken), [])).rejects.toThrow(
      '“fragile” cannot be started: It is broken.',
    );
    await made.time.runUntil(TEST_START + 2 * MINUTE_MS);
    expect(made.lab.payloads('p')).toEqual(['held']);
    expect(made.lab.closed).toEqual([]);
  });

  it('goes back to the old version, its state and timers, when a source of the new one cannot start', async () => {
    const drawing = drawFlow({ in: 'bring', h: hold(MINUTE_MS), p: 'pass' }, 'in>h', 'h>p');
    const made = await runFlow(drawing);
    made.origin.push(reading('held'));
    await made.time.runUntil(TEST_START + 1_000);
    const broken = drawFlow({ in: { type: 'bring', config: { from: 'nowhere' } }, p: 'pass' }, 'in>p');
    await expect(made.flow.swap(planOf(broken), [])).rejects.toThrow(
      'The flow cannot be started: There is nothing at nowhere.',
    );
    made.origin.push(reading('later'));
    await made.time.runUntil(TEST_START + 2 * MINUTE_MS);
    expect(made.lab.payloads('p')).toEqual(['held', 'later']);
    expect(made.store.load('flow')).toMatchObject({ state: [], timers: [] });
  });
});
