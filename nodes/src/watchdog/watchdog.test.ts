import { expect, it } from 'vitest';
import { watchdogNode } from './schema.ts';
import { watchdogRunner } from './run.ts';
import type { Bench } from '../testing.ts';
import { startNode } from '../testing.ts';
import type { World } from '../testingWorld.ts';
import { createWorld, WORLD_START } from '../testingWorld.ts';

const start = (config: object, world?: World) =>
  startNode({ definition: watchdogNode }, watchdogRunner, config, world);
const ports = (bench: Bench) => bench.take().map(({ port, message }) => `${port} ${message.device}`);
const MINUTE = 60_000;

it('[EN10] tells once that a device is silent, and once that it is back', async () => {
  const bench = start({ silentFor: '5m' });
  await bench.receive([{ device: 'a' }, { device: 'b' }]);
  await bench.advance(3 * MINUTE);
  await bench.receive([{ device: 'b' }]);
  await bench.advance(2 * MINUTE);
  expect(ports(bench)).toEqual(['silent a']);
  await bench.advance(60 * MINUTE);
  expect(ports(bench)).toEqual(['silent b']);
  await bench.receive([{ device: 'a' }, { device: 'a' }]);
  expect(ports(bench)).toEqual(['back a']);
});

it('does not watch a device of which it has never heard', async () => {
  const bench = start({});
  await bench.advance(60 * MINUTE);
  expect(bench.take()).toEqual([]);
});

it('says when the device was heard of last', async () => {
  const bench = start({ silentFor: '1m' });
  await bench.advance(1234);
  await bench.receive([{ device: 'a', topic: 't/a' }]);
  await bench.advance(5 * MINUTE);
  expect(bench.take()[0]?.message).toMatchObject({
    topic: 't/a',
    time: WORLD_START + 1234 + MINUTE,
    payload: { silent: true, lastSeen: WORLD_START + 1234, seconds: 60 },
  });
});

it('[EN9] [EN10] a restart neither forgets nor starts the time again', async () => {
  const world = createWorld();
  const first = start({ silentFor: '5m' }, world);
  await first.receive([{ device: 'a' }]);
  await first.advance(4 * MINUTE);
  await first.close();
  const second = start({ silentFor: '5m' }, world);
  await second.advance(MINUTE);
  expect(ports(second)).toEqual(['silent a']);
  await second.close();
  const third = start({ silentFor: '5m' }, world);
  await third.advance(60 * MINUTE);
  await third.receive([{ device: 'a' }]);
  expect(ports(third)).toEqual(['back a']);
});

it('[EN10] a device whose time ran out while nobody listened gets its whole time again', async () => {
  const world = createWorld();
  const first = start({ silentFor: '5m' }, world);
  await first.receive([{ device: 'a' }, { device: 'b' }]);
  await first.close();
  world.now += 60 * MINUTE;
  const second = start({ silentFor: '5m' }, world);
  await second.advance(MINUTE);
  expect(second.take()).toEqual([]);
  await second.receive([{ device: 'b' }]);
  await second.advance(4 * MINUTE);
  const [silent, ...more] = second.take();
  expect(silent).toMatchObject({
    port: 'silent',
    message: { device: 'a', payload: { lastSeen: WORLD_START } },
  });
  expect(more).toEqual([]);
});

it('together, one device that talks is enough', async () => {
  const bench = start({ silentFor: '5m', byDevice: false });
  for (let minute = 0; minute < 10; minute += 1) {
    await bench.receive([{ device: minute < 5 ? 'a' : 'b' }]);
    await bench.advance(MINUTE);
  }
  expect(bench.take()).toEqual([]);
  await bench.advance(4 * MINUTE);
  expect(ports(bench)).toEqual(['silent undefined']);
});

it('needs a time', () => {
  expect(watchdogNode.problems?.(watchdogNode.config.parse({ silentFor: '0s' }))).toMatchObject([
    { field: 'silentFor' },
  ]);
});
