import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowForm } from './form.ts';
import { windowRunner } from './run.ts';
import { windowNode } from './schema.ts';
import type { Bench, TestMessage } from '../testing.ts';
import { startNode } from '../testing.ts';
import type { World } from '../testingWorld.ts';
import { createWorld, WORLD_START } from '../testingWorld.ts';

const start = (config: object, world?: World) =>
  startNode({ definition: windowNode }, windowRunner, config, world);
const problems = (config: object) => windowNode.problems?.(windowNode.config.parse(config)) ?? [];

interface Result {
  readonly value: number | null;
  readonly count: number;
  readonly from: number;
  readonly to: number;
}
/** Windows that were sent, as value, count, and from and to in seconds from the start. */
const windows = (bench: Bench) =>
  bench
    .take()
    .filter(({ port }) => port === 'out')
    .map(({ message }) => {
      const { value, count, from, to } = message.payload as unknown as Result;
      return [value, count, (from - WORLD_START) / 1000, (to - WORLD_START) / 1000];
    });
/** A message of a time in seconds from the start. */
const at = (second: number, value: unknown, device = 'd'): TestMessage => ({
  device,
  time: second * 1000,
  payload: { value },
});

describe('tumbling', () => {
  it('each value belongs to one window; the end belongs to the next', async () => {
    const bench = start({ size: '10s', calculate: 'sum' });
    await bench.receive([at(0, 1), at(9.999, 2), at(10, 4), at(19, 8), at(20, 16)]);
    expect(windows(bench)).toEqual([
      [3, 2, 0, 10],
      [12, 2, 10, 20],
    ]);
  });

  it('[EN10] closes by the clock when nothing more comes, and sends no empty windows', async () => {
    const bench = start({ size: '10s', calculate: 'sum' });
    await bench.receive([at(0, 1)]);
    await bench.advance(9_999);
    expect(windows(bench)).toEqual([]);
    await bench.advance(1);
    expect(windows(bench)).toEqual([[1, 1, 0, 10]]);
    await bench.advance(600_000);
    expect(windows(bench)).toEqual([]);
    expect(bench.world.timers.size).toBe(0);
  });

  it('keeps devices apart, or not', async () => {
    const apart = start({ size: '10s', calculate: 'sum' });
    await apart.receive([at(1, 1, 'a'), at(1, 2, 'b')]);
    await apart.advance(9_000);
    expect(apart.take().map(({ message }) => message.device)).toEqual(['a', 'b']);
    const together = start({ size: '10s', calculate: 'sum', byDevice: false });
    await together.receive([at(0, 1, 'a'), at(1, 2, 'b')]);
    await together.advance(11_000);
    expect(windows(together)).toEqual([[3, 2, 0, 10]]);
    expect(together.sent[0]?.message.device).toBeUndefined();
  });

  it('sends all that it knows, with the topic of the device', async () => {
    const bench = start({ size: '10s', calculate: 'standardDeviation' });
    await bench.receive([2, 4, 9].map((value, second) => ({ ...at(second, value), topic: 't/d' })));
    await bench.advance(10_000);
    expect(bench.sent[0]?.message).toMatchObject({
      topic: 't/d',
      device: 'd',
      time: WORLD_START + 10_000,
      headers: { window: 'tumbling' },
      payload: { value: Math.sqrt(13), count: 3, sum: 15, mean: 5, min: 2, max: 9, first: 2, last: 9 },
    });
  });
});

describe('late data', () => {
  const config = { size: '10s', calculate: 'sum' };

  it('what is out of order but in time is counted', async () => {
    const bench = start({ ...config, lateness: '5s' });
    await bench.receive([at(9, 1), at(12, 2), at(8, 4), at(15, 8)]);
    expect(windows(bench)).toEqual([[5, 2, 0, 10]]);
  });

  it('what comes after its window has closed goes to late, and is counted', async () => {
    const bench = start(config);
    await bench.receive([at(9, 1), at(12, 2), at(8, 4), at(11, 8)]);
    expect(bench.take().map(({ port }) => port)).toEqual(['out', 'late']);
    expect(bench.world.statuses).toEqual([{ state: 'warning', text: '1 message came too late' }]);
    await bench.advance(10_000);
    expect(windows(bench)).toEqual([[10, 2, 10, 20]]);
  });

  it('a device whose clock is an hour behind has right windows all the same', async () => {
    const bench = start(config);
    await bench.receive([at(-3600, 1)]);
    await bench.advance(9_000);
    await bench.receive([at(-3591, 2)]);
    expect(windows(bench)).toEqual([]);
    await bench.advance(1_000);
    expect(windows(bench)).toEqual([[3, 2, -3600, -3590]]);
  });

  it('[EN7] a time more than a day ahead is an error, and closes nothing', async () => {
    const bench = start(config);
    await bench.receive([at(1, 1), at(90_000, 2), at(3e9, 2), at(2, 4)]);
    expect(bench.take().map(({ port }) => port)).toEqual(['error', 'error']);
    await bench.advance(10_000);
    expect(windows(bench)).toEqual([[5, 2, 0, 10]]);
  });

  it('every value is in one window or late, and none is in a window that is not its own', async () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(seconds, fc.constantFrom('0s', '7s', '30s'), async (times, lateness) => {
        const bench = start({ ...config, calculate: 'count', lateness });
        await bench.receive(times.map((time) => at(time, time)));
        await bench.advance(600_000);
        const sent = bench.sent.map(({ port, message }) => ({
          port,
          payload: message.payload as unknown as Result & { min: number; max: number },
        }));
        const late = sent.filter(({ port }) => port === 'late').length;
        const inside = sent.filter(({ port }) => port === 'out');
        expect(inside.reduce((sum, { payload }) => sum + payload.count, late)).toBe(times.length);
        for (const { payload } of inside) {
          expect(payload.min * 1000).toBeGreaterThanOrEqual(payload.from - WORLD_START);
          expect(payload.max * 1000).toBeLessThan(payload.to - WORLD_START);
        }
        expect(new Set(inside.map(({ payload }) => payload.from)).size).toBe(inside.length);
      }),
    );
  });
});

describe('sliding', () => {
  it('sends the last length, at every step, until the values have left it', async () => {
    const bench = start({ kind: 'sliding', size: '30s', every: '10s', calculate: 'sum' });
    await bench.receive([at(5, 1), at(15, 2)]);
    await bench.advance(60_000);
    expect(windows(bench)).toEqual([
      [1, 1, -20, 10],
      [3, 2, -10, 20],
      [3, 2, 0, 30],
      [2, 1, 10, 40],
    ]);
  });

  it('takes a late value into those of its windows that are still open', async () => {
    const bench = start({ kind: 'sliding', size: '20s', every: '10s', calculate: 'sum' });
    await bench.receive([at(5, 1), at(10, 2), at(6, 4)]);
    await bench.advance(60_000);
    expect(windows(bench)).toEqual([
      [1, 1, -10, 10],
      [7, 3, 0, 20],
      [2, 1, 10, 30],
    ]);
  });

  it('gives what is gathered anew for each window', async () => {
    const readings = fc.array(
      fc.record({ second: fc.integer({ min: 0, max: 100 }), value: fc.integer({ min: -50, max: 50 }) }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(readings, async (list) => {
        const inOrder = list.toSorted((one, other) => one.second - other.second);
        const bench = start({ kind: 'sliding', size: '30s', every: '10s', calculate: 'median' });
        await bench.receive(inOrder.map(({ second, value }) => at(second, value)));
        await bench.advance(600_000);
        const expected = Array.from({ length: 14 }, (_, index) => (index + 1) * 10).flatMap((to) => {
          const values = inOrder
            .filter(({ second }) => second >= to - 30 && second < to)
            .map(({ value }) => value);
          return values.length === 0 ? [] : [[median(values), values.length, to - 30, to]];
        });
        expect(windows(bench)).toEqual(expected);
      }),
    );
  });
});

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low = 0, high = 0] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return (low + high) / 2;
}

describe('session', () => {
  it('lasts while messages come and ends after the gap', async () => {
    const bench = start({ kind: 'session', gap: '10s', calculate: 'count' });
    await bench.receive([at(0, 1), at(9.999, 1), at(19.999, 1), at(25, 1)]);
    expect(windows(bench)).toEqual([[2, 2, 0, 9.999]]);
    await bench.advance(60_000);
    expect(windows(bench)).toEqual([[2, 2, 19.999, 25]]);
  });

  it('a value between two sessions makes one of them', async () => {
    const bench = start({ kind: 'session', gap: '10s', lateness: '20s', calculate: 'count' });
    await bench.receive([at(0, 1), at(16, 1), at(8, 1)]);
    await bench.advance(60_000);
    expect(windows(bench)).toEqual([[3, 3, 0, 16]]);
  });

  it('what is older than any open session is late', async () => {
    const bench = start({ kind: 'session', gap: '10s' });
    await bench.receive([at(100, 1), at(80, 1), at(95, 1)]);
    expect(bench.take().map(({ port }) => port)).toEqual(['late']);
  });
});

describe('by number of messages', () => {
  it('tumbling: one window for each so many', async () => {
    const bench = start({ by: 'count', count: 3, calculate: 'sum' });
    await bench.receive([1, 2, 3, 4, 5, 6, 7].map((value) => at(value, value)));
    expect(windows(bench)).toEqual([
      [6, 3, 1, 3],
      [15, 3, 4, 6],
    ]);
  });

  it('sliding: the last so many, every so many', async () => {
    const bench = start({ kind: 'sliding', by: 'count', count: 3, everyCount: 2, calculate: 'median' });
    await bench.receive([1, 2, 3, 4, 5, 6].map((value) => at(value, value)));
    expect(windows(bench)).toEqual([
      [2, 3, 1, 3],
      [4, 3, 3, 5],
    ]);
    const single = start({ kind: 'sliding', by: 'count', count: 1, calculate: 'last' });
    await single.receive([at(1, 1), at(2, 2)]);
    expect(windows(single).map(([value]) => value)).toEqual([1, 2]);
  });

  it('[EN9] goes on counting after a restart', async () => {
    const world = createWorld();
    const config = { by: 'count', count: 2, calculate: 'sum' };
    await start(config, world).receive([at(1, 1)]);
    const second = start(config, world);
    await second.receive([at(2, 2)]);
    expect(windows(second)).toEqual([[3, 2, 1, 2]]);
  });
});

describe('limits and restarts', () => {
  it('[EN9] [EN10] open windows survive a restart and close when they were due', async () => {
    const world = createWorld();
    const config = { size: '1m', calculate: 'median' };
    const first = start(config, world);
    await first.receive([at(0, 1), at(1, 3)]);
    await first.advance(30_000);
    await first.close();
    world.state.set('d', JSON.parse(JSON.stringify(world.state.get('d'))));
    const second = start(config, world);
    await second.receive([at(30, 8)]);
    await second.advance(30_000);
    expect(windows(second)).toEqual([[3, 3, 0, 60]]);
  });

  it('[EN12] windows that were open when their length was changed are not lost', async () => {
    const world = createWorld();
    await start({ size: '1m', calculate: 'sum' }, world).receive([at(0, 1)]);
    const shorter = start({ size: '10s', calculate: 'sum' }, world);
    await shorter.receive([at(1, 2)]);
    await shorter.advance(60_000);
    expect(windows(shorter).reduce((sum, [, count]) => sum + (count ?? 0), 0)).toBe(2);
  });

  it('starts anew when windows of time become windows of messages', async () => {
    const world = createWorld();
    await start({ size: '1m' }, world).receive([at(0, 1)]);
    const counted = start({ by: 'count', count: 1, calculate: 'last' }, world);
    await counted.receive([at(1, 2)]);
    await counted.advance(60_000);
    expect(windows(counted)).toEqual([[2, 1, 1, 1]]);
  });

  it('[EN7] keeps no more values than it may', async () => {
    const bench = start({ calculate: 'median', most: 2 });
    await bench.receive([at(0, 1), at(1, 2), at(2, 3)]);
    expect(bench.take()).toMatchObject([{ port: 'error', message: { payload: { value: 3 } } }]);
    const mean = start({ calculate: 'mean', most: 2 });
    await mean.receive([at(0, 1), at(1, 2), at(2, 3)]);
    expect(mean.take()).toEqual([]);
  });

  it('[EN7] odd and huge values are errors and change nothing', async () => {
    const bench = start({ calculate: 'sum' });
    const odd = ['1', null, undefined, Number.NaN, -Infinity, 1e300, true, {}];
    await bench.receive([...odd.map((value) => at(0, value)), at(0, 1e100), at(1, -1e100)]);
    await bench.advance(60_000);
    expect(bench.sent.map(({ port }) => port)).toEqual([...odd.map(() => 'error'), 'out']);
    expect(bench.sent.at(-1)?.message.payload).toMatchObject({ value: 0, count: 2 });
  });
});

describe('settings', () => {
  it.each([
    [{ size: '0s' }, 'size'],
    [{ kind: 'sliding', every: '0s' }, 'every'],
    [{ kind: 'sliding', size: '25s', every: '10s' }, 'every'],
    [{ kind: 'sliding', size: '1d', every: '1s' }, 'every'],
    [{ kind: 'session', gap: '0s' }, 'gap'],
    [{ kind: 'session', by: 'count' }, 'by'],
    [{ kind: 'sliding', by: 'count', count: 3, everyCount: 4 }, 'everyCount'],
    [{ size: '1s', lateness: '1d' }, 'lateness'],
  ])('%j is a problem of %s', (config, field) => {
    expect(problems(config)).toMatchObject([{ field }]);
  });

  it.each([
    [{}, 'mean of payload.value, every 1 min'],
    [
      { calculate: 'percentile', kind: 'sliding', size: '10m', every: '1m' },
      '95 % percentile of payload.value, last 10 min, every 1 min',
    ],
    [{ kind: 'session' }, 'mean of payload.value, until quiet for 5 min'],
    [{ by: 'count' }, 'mean of payload.value, every 10 messages'],
  ])('read as a sentence: %j', (config, sentence) => {
    expect(windowForm.sentence(windowNode.config.parse(config))).toBe(sentence);
  });
});
