import { expect, it } from 'vitest';
import { delayNode } from './schema.ts';
import { delayRunner } from './run.ts';
import type { Bench } from '../testing.ts';
import { startNode } from '../testing.ts';
import type { World } from '../testingWorld.ts';
import { createWorld } from '../testingWorld.ts';

const start = (config: object, world?: World) =>
  startNode({ definition: delayNode }, delayRunner, config, world);
const payloads = (bench: Bench) => bench.take().map(({ message }) => message.payload);
const numbers = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ payload: from + index }));

it('[EN4] [EN10] lets each message go after its time, in order', async () => {
  const bench = start({ time: '10s' });
  await bench.receive(numbers(1, 20));
  await bench.advance(5000);
  await bench.receive(numbers(21, 2));
  await bench.advance(4999);
  expect(payloads(bench)).toEqual([]);
  await bench.advance(1);
  expect(payloads(bench)).toEqual(numbers(1, 20).map(({ payload }) => payload));
  await bench.advance(5000);
  expect(payloads(bench)).toEqual([21, 22]);
  expect(bench.world.state.size).toBe(0);
});

it('[EN9] [EN10] what is held survives a restart; what was due goes at once, in order', async () => {
  const world = createWorld();
  const first = start({ time: '10s' }, world);
  await first.receive(numbers(1, 12));
  await first.close();
  const second = start({ time: '10s' }, world);
  await second.receive(numbers(13, 1));
  await second.advance(60_000);
  expect(payloads(second)).toEqual(numbers(1, 13).map(({ payload }) => payload));
});

it('[EN5] [EN7] what is too many leaves by error', async () => {
  const bench = start({ time: '10s', most: 2 });
  await bench.receive(numbers(1, 3));
  expect(bench.take()).toMatchObject([{ port: 'error', message: { payload: 3 } }]);
  await bench.advance(10_000);
  await bench.receive(numbers(4, 1));
  expect(payloads(bench)).toEqual([1, 2]);
});

it('breaks a loop, and needs a time for it', () => {
  expect(delayNode.breaksLoop).toBe(true);
  expect(delayNode.problems?.(delayNode.config.parse({ time: '0s' }))).toMatchObject([{ field: 'time' }]);
});
