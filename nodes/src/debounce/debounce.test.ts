import { expect, it } from 'vitest';
import { debounceNode } from './schema.ts';
import { debounceRunner } from './run.ts';
import type { Bench } from '../testing.ts';
import { startNode } from '../testing.ts';
import type { World } from '../testingWorld.ts';
import { createWorld } from '../testingWorld.ts';

const start = (config: object, world?: World) =>
  startNode({ definition: debounceNode }, debounceRunner, config, world);
const one = (payload: unknown, device = 'd1') => ({ device, payload });
const payloads = (bench: Bench) => bench.take().map(({ message }) => message.payload);
const problems = (config: object) => debounceNode.problems?.(debounceNode.config.parse(config)) ?? [];

it('[EN10] sends the last message when it has been quiet for the whole time', async () => {
  const bench = start({ quiet: '1s' });
  await bench.receive([one(1)]);
  await bench.advance(999);
  await bench.receive([one(2)]);
  await bench.advance(999);
  expect(payloads(bench)).toEqual([]);
  await bench.advance(1);
  expect(payloads(bench)).toEqual([2]);
  await bench.advance(10_000);
  expect(payloads(bench)).toEqual([]);
  expect(bench.world.state.size).toBe(0);
});

it('keeps devices apart, or not', async () => {
  const apart = start({ quiet: '1s' });
  await apart.receive([one(1, 'a'), one(2, 'b')]);
  await apart.advance(1000);
  expect(payloads(apart)).toEqual([1, 2]);
  const together = start({ quiet: '1s', byDevice: false });
  await together.receive([one(1, 'a'), one(2, 'b')]);
  await together.advance(1000);
  expect(payloads(together)).toEqual([2]);
});

it('first: sends at once and holds back the rest of the burst', async () => {
  const bench = start({ quiet: '1s', send: 'first' });
  await bench.receive([one(1), one(2)]);
  expect(payloads(bench)).toEqual([1]);
  await bench.advance(900);
  await bench.receive([one(3)]);
  await bench.advance(1000);
  await bench.receive([one(4)]);
  expect(payloads(bench)).toEqual([4]);
});

it('both: one message alone is sent once', async () => {
  const bench = start({ quiet: '1s', send: 'both' });
  await bench.receive([one(1)]);
  await bench.advance(1000);
  expect(payloads(bench)).toEqual([1]);
  await bench.receive([one(2), one(3), one(4)]);
  await bench.advance(1000);
  expect(payloads(bench)).toEqual([2, 4]);
});

it('cuts a burst that does not end', async () => {
  const bench = start({ quiet: '1s', atMost: '3s' });
  for (let at = 0; at < 7; at += 1) {
    await bench.receive([one(at)]);
    await bench.advance(500);
  }
  expect(payloads(bench)).toEqual([5]);
});

it('[EN9] [EN10] what waits survives a restart, bytes too', async () => {
  const world = createWorld();
  const first = start({ quiet: '1s' }, world);
  await first.receive([one(new Uint8Array([1, 2]))]);
  await first.close();
  const second = start({ quiet: '1s' }, world);
  await second.advance(1000);
  expect(payloads(second)).toEqual([new Uint8Array([1, 2])]);
});

it('says what is wrong with its settings', () => {
  expect(problems({ quiet: '0s' })).toMatchObject([{ field: 'quiet' }]);
  expect(problems({ quiet: '5s', atMost: '2s' })).toMatchObject([{ field: 'atMost' }]);
  expect(problems({})).toEqual([]);
});
