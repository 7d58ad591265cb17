import { describe, expect, it } from 'vitest';
import { filterNode } from './schema.ts';
import { filterRunner } from './run.ts';
import type { Bench } from '../testing.ts';
import { startNode } from '../testing.ts';
import type { World } from '../testingWorld.ts';
import { createWorld } from '../testingWorld.ts';

const start = (config: object, world?: World) =>
  startNode({ definition: filterNode }, filterRunner, config, world);
const reading = (value: unknown, device = 'd1') => ({ device, payload: { value } });
const problems = (config: object) => filterNode.problems?.(filterNode.config.parse(config)) ?? [];
const values = (bench: Bench) =>
  bench.take().map(({ message }) => (message.payload as { value: unknown }).value);

describe('changes', () => {
  it('any: by device, of any kind of value, structures by their contents', async () => {
    const bench = start({});
    await bench.receive(
      [1, 1, '1', '1', null, null, { a: [1] }, { a: [1] }, { a: [2] }].map((v) => reading(v)),
    );
    expect(values(bench)).toEqual([1, '1', null, { a: [1] }, { a: [2] }]);
    await bench.receive([reading({ a: [2] }, 'd2')]);
    expect(values(bench)).toEqual([{ a: [2] }]);
  });

  it('absolute: measured from the last value passed on, so that a drift is not lost', async () => {
    const bench = start({ mode: 'absolute', deadband: 1 });
    await bench.receive([20, 20.4, 20.8, 21, 21.5, 20.1, 20].map((v) => reading(v)));
    expect(values(bench)).toEqual([20, 21, 20]);
  });

  it('per cent: of the last value passed on, and from zero any change', async () => {
    const bench = start({ mode: 'percent', deadband: 10 });
    await bench.receive([100, 109, 110, 120, 121, 0, 0, 0.001, -0.001].map((v) => reading(v)));
    expect(values(bench)).toEqual([100, 110, 121, 0, 0.001, -0.001]);
  });

  it('[EN7] what cannot be compared is an error, and is not remembered', async () => {
    const bench = start({ mode: 'absolute', deadband: 1 });
    await bench.receive([reading(1), reading('2'), reading(Number.NaN), reading(undefined), reading(1.5)]);
    expect(bench.take().map(({ port }) => port)).toEqual(['error', 'error', 'error', 'out']);
    const any = start({ value: 'payload' });
    await any.receive([{ payload: new Uint8Array(2) }]);
    expect(any.sent[0]?.message.headers['error']).toContain('raw bytes (2)');
  });
});

describe('times', () => {
  it('passes on at the latest after the heartbeat, when a message comes', async () => {
    const bench = start({ heartbeat: '1m' });
    await bench.receive([reading(1)]);
    await bench.advance(59_999);
    await bench.receive([reading(1)]);
    await bench.advance(1);
    await bench.receive([reading(1), reading(1)]);
    expect(values(bench)).toEqual([1, 1]);
    await bench.advance(600_000);
    expect(values(bench)).toEqual([]);
  });

  it('[EN10] holds changes back for the shortest time, then sends the latest', async () => {
    const bench = start({ minInterval: '10s' });
    await bench.receive([reading(1), reading(2), reading(3)]);
    expect(values(bench)).toEqual([1]);
    await bench.advance(9_999);
    expect(values(bench)).toEqual([]);
    await bench.advance(1);
    expect(values(bench)).toEqual([3]);
  });

  it('sends nothing when the value is back where it was', async () => {
    const bench = start({ minInterval: '10s' });
    await bench.receive([reading(1), reading(2), reading(1)]);
    await bench.advance(60_000);
    expect(values(bench)).toEqual([1]);
    expect(bench.world.timers.size).toBe(0);
  });

  it('[EN9] goes on after a restart where it was', async () => {
    const world = createWorld();
    const first = start({ minInterval: '10s' }, world);
    await first.receive([reading(1), reading(2)]);
    await first.close();
    const second = start({ minInterval: '10s' }, world);
    await second.advance(10_000);
    expect(values(second)).toEqual([2]);
    await second.advance(10_000);
    await second.receive([reading(2)]);
    expect(values(second)).toEqual([]);
  });
});

it('shows the factor, not more often than every two seconds', async () => {
  const bench = start({});
  await bench.receive(Array.from({ length: 73 }, (_, index) => reading(Math.floor(index / 7.3))));
  expect(bench.world.statuses).toEqual([{ state: 'ok', text: '1 of 7.3 passed on' }]);
  await bench.receive([reading(5)]);
  expect(bench.world.statuses).toHaveLength(1);
});

it('says what is wrong with its settings', () => {
  expect(problems({ mode: 'absolute', deadband: 0 })).toMatchObject([{ field: 'deadband' }]);
  expect(problems({ heartbeat: '5s', minInterval: '10s' })).toMatchObject([{ field: 'heartbeat' }]);
  expect(problems({ mode: 'absolute', deadband: 0.5, heartbeat: '5m' })).toEqual([]);
});
