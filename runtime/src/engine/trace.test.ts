import type { Trace } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { runFlow } from './testFlow.ts';
import { drawFlow, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';

/** Traces the next message; the answer is what was told last. */
async function traced(drawing: ReturnType<typeof drawFlow>, options: Parameters<typeof runFlow>[1] = {}) {
  const made = await runFlow(drawing, options);
  const told: Trace[] = [];
  const want = (wanted = {}) => made.flow.trace(wanted, (trace) => told.push(trace));
  return { ...made, want, told, last: () => told.at(-1) };
}

const stepsOf = (trace: Trace | undefined) =>
  trace?.steps.map(({ node, outcome, in: into, out }) => [
    node,
    outcome,
    into.map(({ payload }) => payload),
    out.map(({ port, message }) => [port, message.payload]),
  ]);

describe('a trace', () => {
  it('[EN14] tells what each node made of one message of a batch, and of no other', async () => {
    const made = await traced(
      drawFlow({ in: 'bring', p: 'pass', k: 'picky', b: 'burst' }, 'in>p', 'p>k', 'p>b'),
    );
    made.want({ device: 'd2' });
    for (const [payload, device] of [
      [1, 'd1'],
      [2, 'd2'],
      [3, 'd2'],
    ] as const)
      made.origin.push(reading(payload, device));
    await made.time.settle();
    expect(stepsOf(made.last())).toEqual([
      ['in', 'passed', [], [['out', 2]]],
      ['p', 'passed', [2], [['out', 2]]],
      ['k', 'passed', [2], [['out', 2]]],
      [
        'b',
        'passed',
        [2],
        [
          ['out', 2],
          ['out', 2],
        ],
      ],
    ]);
    expect(made.last()).toMatchObject({ flow: 'flow', device: 'd2', startedAt: TEST_START, isDone: true });
    expect(made.lab.payloads('p')).toEqual([1, 2, 3]);
    expect(made.origin.outcomes).toEqual(['done', 'done', 'done']);
    expect(made.told).toHaveLength(1);
  });

  it('[EN14] is taken of each message of a batch that somebody wants, in whatever order they asked', async () => {
    const made = await traced(drawFlow({ in: 'bring', p: 'pass' }, 'in>p'));
    for (const device of ['d2', undefined, 'd3', 'd1']) made.want({ device });
    for (const device of ['d1', 'd2', 'd3', 'd4']) made.origin.push(reading(device, device));
    await made.time.settle();
    const done = made.told.filter(({ isDone }) => isDone);
    expect(new Set(done.map(({ device }) => device))).toEqual(new Set(['d1', 'd2', 'd3']));
    expect(made.lab.payloads('p')).toEqual(['d1', 'd2', 'd3', 'd4']);
    made.origin.push(reading('again', 'd1'));
    await made.time.settle();
    expect(made.last()).toMatchObject({ device: 'd1', isDone: true });
    expect(made.told.filter(({ isDone }) => isDone)).toHaveLength(4);
  });

  it('[EN14] follows a message through a node that waits, and tells that it waits', async () => {
    const drawing = drawFlow({ in: 'bring', s: 'send', p: 'pass' }, 'in>s', 's>p');
    const made = await traced(drawing, { isOpen: false });
    made.want({ node: 'in' });
    made.origin.push(reading(1, 'd'));
    await made.time.settle();
    expect(made.last()).toMatchObject({ isDone: false, end: 'Is on its way at “send”.' });
    await made.time.runUntil(TEST_START + 500);
    made.lab.calls[0]?.accept();
    await made.time.settle();
    expect(stepsOf(made.last())).toEqual([
      ['in', 'passed', [], [['out', 1]]],
      ['s', 'sent', [1], [['out', 1]]],
      ['p', 'passed', [1], [['out', 1]]],
    ]);
    expect(made.last()?.steps[1]?.took).toBe(500);
    expect(made.last()?.end).toBe('Went out by “send”, 500 ms after it came in.');
  });

  it('[EN14] says where a message stopped and why', async () => {
    const made = await traced(drawFlow({ in: 'bring', c: 'change', k: 'picky' }, 'in>c', 'c>k'));
    const endOf = async (payload: string) => {
      made.want();
      made.origin.push(reading(payload, 'd'));
      await made.time.settle();
      return made.last()?.end;
    };
    expect(await endOf('a')).toBe('Left “picky” by “out”, where no wire goes on, 0.0 ms after it came in.');
    expect(await endOf('a')).toBe('Stopped at “change”: nothing came out, 0.0 ms after it came in.');
    expect(await endOf('bad')).toBe('Failed at “picky”: It is bad.');
    const held = await traced(drawFlow({ in: 'bring', h: { type: 'hold', config: { ms: 9 } } }, 'in>h'));
    held.want();
    held.origin.push(reading(1));
    await held.time.settle();
    expect(held.last()?.end).toBe(
      'Stopped at “hold”: it was kept there and nothing came out, 0.0 ms after it came in.',
    );
  });

  it('[EN14] tells that the target is away, for which a message waits', async () => {
    const drawing = drawFlow({ in: 'bring', s: { type: 'send', config: { outbox: {} } } }, 'in>s');
    const made = await traced(drawing);
    made.lab.isAway = true;
    made.want();
    made.origin.push(reading(1));
    await made.time.runUntil(TEST_START + 1_000);
    expect(made.last()).toMatchObject({ isDone: true, end: 'Waits at “send”: The target is away.' });
    made.lab.isAway = false;
    await made.time.runUntil(TEST_START + 60_000);
    expect(made.last()?.end).toMatch(/^Went out by “send”/);
  });

  it('[EN14] of a node that does not run is refused', async () => {
    const made = await traced(drawFlow({ in: 'bring' }));
    expect(() => made.want({ node: 'x' })).toThrow(
      'The node “x” does not run, so nothing of it can be traced.',
    );
  });
});
