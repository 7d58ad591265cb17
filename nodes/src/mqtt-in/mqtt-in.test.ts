import type { Settled } from '@sluice/shared/node/implementNode.ts';
import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { createWorld } from '../testingWorld.ts';
import { mqttInForm } from './form.ts';
import { mqttInRunner } from './run.ts';
import { mqttInNode } from './schema.ts';

const plain = { connection: 'plant', topic: 'devices/+/telemetry' };
const parse = (config: object) => mqttInNode.config.parse({ ...plain, ...config });

async function start(config: object = {}) {
  const bench = startNode({ definition: mqttInNode }, mqttInRunner, { ...plain, ...config });
  await bench.start();
  return { bench, mqtt: bench.world.outside.mqtt };
}

/** A flow that settles when told, and has room when told. */
async function startWithIntake() {
  const world = createWorld();
  const source = mqttInRunner.create(parse({}) as never, world.context);
  if (!('start' in source)) throw new Error('not a source');
  const settled: ((outcome: Settled) => void)[] = [];
  const take = (_message: unknown, _second: unknown, settle?: (outcome: Settled) => void) => {
    if (settle !== undefined) settled.push(settle);
    return true;
  };
  await source.start({ push: take, pushAll: take, fail: take, onRoom: () => () => undefined });
  return { world, settled };
}

it('[EN6] acknowledges a packet only when all that came of it is done, and not when the flow refused it', async () => {
  const { world, settled } = await startWithIntake();
  for (let at = 0; at < 2; at += 1)
    world.outside.mqtt.deliver({ topic: 'devices/a/telemetry', payload: '1' });
  expect(world.outside.mqtt.acknowledged()).toBe(0);
  settled[0]?.('refused');
  expect(world.outside.mqtt.acknowledged()).toBe(0);
  settled[1]?.('done');
  expect(world.outside.mqtt.acknowledged()).toBe(1);
});

it('says what the protocol brought along', async () => {
  const { bench, mqtt } = await start();
  mqtt.deliver({ topic: 'devices/a/telemetry', payload: '{"t":1}', qos: 1, retain: true, duplicate: true });
  expect(bench.sent[0]?.message).toMatchObject({
    topic: 'devices/a/telemetry',
    device: 'a',
    payload: { t: 1 },
    headers: { qos: 1, retain: true, duplicate: true },
  });
});

it('[EN7] a payload that cannot be read leaves by the error port, and the next one is read', async () => {
  const { bench, mqtt } = await start({ format: 'json' });
  mqtt.deliver({ topic: 'devices/a/telemetry', payload: 'not json' });
  mqtt.deliver({ topic: 'devices/a/telemetry', payload: new Uint8Array(2_000_000) });
  mqtt.deliver({ topic: 'devices/a/telemetry', payload: '{}' });
  expect(bench.sent.map(({ port }) => port)).toEqual(['error', 'error', 'out']);
  expect(bench.sent[0]?.message.headers['error']).toBe('The payload is not JSON: not json');
  expect(bench.sent[1]?.message.payload).toBeNull();
});

it('takes the time from the field it is told', async () => {
  const { bench, mqtt } = await start({ timeField: 'payload.at' });
  mqtt.deliver({ topic: 'devices/a/telemetry', payload: '{"at":"2026-02-01T00:00:00Z"}' });
  expect(bench.sent[0]?.message.time).toBe(Date.UTC(2026, 1, 1));
});

it.each([
  [{ topic: 'plain/topic' }, 'plain/topic', undefined],
  [{ topic: 'a/+/+' }, 'a/x/y', 'x'],
  [{ topic: 'a/+/+', deviceLevel: 3 }, 'a/x/y', 'y'],
  [{ topic: 'a/#', deviceLevel: 5 }, 'a/x', undefined],
])('%j on %s is of device %s', async (config, topic, device) => {
  const { bench, mqtt } = await start(config);
  mqtt.deliver({ topic, payload: '1' });
  expect(bench.sent.map(({ message }) => message.device)).toEqual([device]);
});

it('shows how the connection is, until it is closed', async () => {
  const { bench, mqtt } = await start();
  mqtt.tellStatus({ state: 'error', text: 'cannot reach mqtt://x' });
  await bench.close();
  mqtt.tellStatus({ state: 'ok', text: 'connected' });
  expect(bench.world.statuses).toEqual([{ state: 'error', text: 'cannot reach mqtt://x' }]);
});

it('a subscription that fails leaves nothing behind', async () => {
  const bench = startNode({ definition: mqttInNode }, mqttInRunner, plain);
  const { mqtt } = bench.world.outside;
  mqtt.failNext(new Error('refused'));
  await expect(bench.start()).rejects.toThrow('refused');
  mqtt.tellStatus({ state: 'ok', text: 'connected' });
  expect(bench.world.statuses).toEqual([]);
});

it('says what is wrong with its settings', () => {
  expect(mqttInNode.problems?.(parse({ topic: 'a/#/b' }))).toMatchObject([{ field: 'topic' }]);
  expect(mqttInNode.problems?.(parse({}))).toEqual([]);
  expect(mqttInNode.config.safeParse({ ...plain, qos: 3 }).success).toBe(false);
  expect(mqttInNode.config.safeParse({ ...plain, connection: '' }).success).toBe(false);
});

it('reads as a sentence', () => {
  expect(mqttInForm.sentence(parse({}))).toBe('devices/+/telemetry, QoS 1');
  expect(mqttInForm.sentence(parse({ topic: '' }))).toBe('no topic yet');
});
