import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { createWorld } from '../testingWorld.ts';
import { deviceInputForm } from './form.ts';
import { deviceInputRunner } from './run.ts';
import { deviceInputNode } from './schema.ts';

const known = [
  { id: 'freezer-1', name: 'Freezer in hall 3', model: 'F200', tags: ['cold', 'hall-3'] },
  { id: 'freezer-2', model: 'F200', tags: ['cold'] },
  { id: 'fan-1', model: 'V10' },
];

async function start(config: object) {
  const bench = startNode(
    { definition: deviceInputNode },
    deviceInputRunner,
    config,
    createWorld({ devices: known }),
  );
  await bench.start();
  const { mqtt } = bench.world.outside;
  const send = (device: string, payload: string) =>
    mqtt.deliver({ topic: `devices/${device}/telemetry`, payload });
  return { bench, mqtt, send };
}

it.each([
  [{}, ['freezer-1', 'freezer-2', 'fan-1', 'new-1']],
  [{ ids: ['fan-1'] }, ['fan-1']],
  [{ model: 'F200' }, ['freezer-1', 'freezer-2']],
  [{ model: 'F200', tags: ['hall-3'] }, ['freezer-1']],
])('%j chooses %s', async (devices, chosen) => {
  const { bench, mqtt, send } = await start({ devices });
  for (const device of ['freezer-1', 'freezer-2', 'fan-1', 'new-1']) send(device, '{"x":1}');
  expect(bench.sent.map(({ message }) => message.device)).toEqual(chosen);
  // Those that pass by are acknowledged too, or the broker would send them for ever.
  expect(mqtt.acknowledged()).toBe(4);
});

it('says the name of the device, the measurement and its unit', async () => {
  const { bench, send } = await start({ measurement: 'temperature', unit: '°C' });
  send('freezer-1', '{"temperature":-18}');
  expect(bench.sent[0]?.message.headers).toMatchObject({
    deviceName: 'Freezer in hall 3',
    measurement: 'temperature',
    unit: '°C',
  });
});

it('a measurement that every object inherits is not there', async () => {
  const { bench, send } = await start({ measurement: 'constructor' });
  send('fan-1', '{"x":1}');
  expect(bench.sent).toEqual([]);
});

it.each(['[1,2]', '21.5', '"text"', 'null', '', '{"x":', '\u00ff'])(
  '[EN7] %s is not measurements, and leaves by the error port',
  async (payload) => {
    const { bench, mqtt, send } = await start({});
    send('fan-1', payload);
    expect(bench.sent).toMatchObject([{ port: 'error', message: { device: 'fan-1' } }]);
    expect(bench.sent[0]?.message.headers['error']).toMatch(/JSON|payload/);
    expect(mqtt.acknowledged()).toBe(1);
  },
);

it('reads as a sentence', () => {
  const sentence = (config: object) => deviceInputForm.sentence(deviceInputNode.config.parse(config));
  expect(sentence({})).toBe('all devices');
  expect(sentence({ measurement: 'temperature', unit: '°C' })).toBe('temperature in °C of all devices');
  expect(sentence({ devices: { ids: ['a'] } })).toBe('a');
  expect(sentence({ devices: { ids: ['a', 'b'] } })).toBe('2 devices');
  expect(sentence({ devices: { model: 'F200', tags: ['cold'] } })).toBe(
    'devices with model F200 and tag cold',
  );
});
