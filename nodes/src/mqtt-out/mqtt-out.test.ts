import { SluiceError } from '@sluice/shared/errors.ts';
import { waitPolicyOf } from '@sluice/shared/node/defineNode.ts';
import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { mqttOutForm } from './form.ts';
import { mqttOutRunner } from './run.ts';
import { mqttOutNode } from './schema.ts';

const start = (config: object = {}) =>
  startNode({ definition: mqttOutNode }, mqttOutRunner, { connection: 'plant', ...config });
const parse = (config: object) => mqttOutNode.config.parse({ connection: 'plant', ...config });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it('[EN4] publishes in order, on the topic of the message unless told otherwise', async () => {
  const bench = start();
  await bench.receive([
    { topic: 'a', payload: 1 },
    { topic: 'b', payload: 2 },
  ]);
  expect(bench.world.outside.mqtt.published.map(({ topic, payload }) => [topic, text(payload)])).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
  const templated = start({ topic: { template: 'alerts/{{device}}' }, qos: 2, retain: true });
  await templated.receive([{ topic: 'a', device: 'pump', payload: 1 }]);
  expect(templated.world.outside.mqtt.published[0]).toMatchObject({
    topic: 'alerts/pump',
    qos: 2,
    retain: true,
  });
});

it.each([
  [{ a: [1] }, '{"a":[1]}'],
  ['plain', 'plain'],
  [21.5, '21.5'],
  [null, 'null'],
  [Uint8Array.of(0x68, 0x69), 'hi'],
])('sends %j as %s', async (payload, sent) => {
  const bench = start({ topic: 't' });
  await bench.receive([{ payload }]);
  expect(bench.world.outside.mqtt.published.map((packet) => text(packet.payload))).toEqual([sent]);
});

it.each(['', 'a/+', 'a/#', 'x'.repeat(70_000)])(
  '[EN7] a topic that cannot be published on fails for that message alone (%#)',
  async (topic) => {
    const bench = start();
    await bench.receive([{ topic }, { topic: 'fine' }]);
    expect(bench.sent).toMatchObject([{ port: 'error', message: { topic } }]);
    expect(bench.sent[0]?.message.headers['error']).toMatch(/^The topic .*\.$/);
    expect(bench.world.outside.mqtt.published.map(({ topic: sent }) => sent)).toEqual(['fine']);
  },
);

it('[EN7] what the broker did not confirm leaves by the error port with its sentence', async () => {
  const bench = start();
  bench.world.outside.mqtt.failNext(new Error('The message for “a” was not confirmed.'));
  await bench.receive([{ topic: 'a' }, { topic: 'b' }]);
  expect(bench.sent.map(({ message }) => message.headers['error'])).toEqual([
    'The message for “a” was not confirmed.',
  ]);
});

it('[EN8] what an absent broker did not take is to be tried again, and that alone', async () => {
  const bench = start();
  bench.world.outside.mqtt.failNext(new SluiceError('target-away', 'The broker is away.'));
  await bench.receive([{ topic: 'a' }, { topic: 'b' }, { topic: '' }]);
  expect(bench.later).toMatchObject([{ message: { topic: 'a' }, sentence: 'The broker is away.' }]);
  expect(bench.sent).toMatchObject([{ port: 'error', message: { topic: '' } }]);
  expect(bench.world.outside.mqtt.published.map(({ topic }) => topic)).toEqual(['b']);
});

it('[EN8] has an outbox as its settings say', () => {
  const settings = { keepFor: '2h', keepMb: 5, whenFull: 'drop-oldest', perSecond: 50 };
  expect(waitPolicyOf(mqttOutNode, parse(settings))?.outbox).toEqual({
    keepMs: 7_200_000,
    maxBytes: 5_000_000,
    whenFull: 'drop-oldest',
    perSecond: 50,
  });
  expect(waitPolicyOf(mqttOutNode, parse({}))?.outbox).toMatchObject({ whenFull: 'stop' });
});

it('says what is wrong with its settings, and reads as a sentence', () => {
  expect(mqttOutNode.problems?.(parse({ topic: 'a/#' }))).toMatchObject([{ field: 'topic' }]);
  expect(mqttOutNode.problems?.(parse({ topic: { path: 'payload.topic' } }))).toEqual([]);
  expect(mqttOutForm.sentence(parse({}))).toBe('on the topic of the message, QoS 1');
  expect(mqttOutForm.sentence(parse({ topic: 'a', qos: 0, retain: true }))).toBe('on “a”, QoS 0, retained');
});
