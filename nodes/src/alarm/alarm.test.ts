import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { createWorld } from '../testingWorld.ts';
import { alarmForm } from './form.ts';
import { alarmRunner } from './run.ts';
import { alarmNode } from './schema.ts';

const start = (config: object, world = createWorld()) =>
  startNode({ definition: alarmNode }, alarmRunner, config, world);

it.each([
  [{}, {}, 'active'],
  [{}, { threshold: 'raised' }, 'active'],
  [{}, { threshold: 'cleared' }, 'cleared'],
  [{}, { watchdog: 'silent' }, 'active'],
  [{}, { watchdog: 'back' }, 'cleared'],
  [{ action: 'clear' }, { threshold: 'raised' }, 'cleared'],
  [{ action: 'raise' }, { threshold: 'cleared' }, 'active'],
])('%j with headers %j is %s', async (config, headers, state) => {
  const bench = start(config);
  await bench.receive([{ device: 'd', headers }]);
  expect(bench.world.alarms).toMatchObject([{ state, device: 'd', key: 'd' }]);
});

it('says text, severity, value and the time of the message', async () => {
  const bench = start({
    severity: 'critical',
    text: { template: '{{device}}: {{payload.t}} °C' },
    value: 'payload.t',
    key: { template: '{{device}}/{{topic}}' },
  });
  await bench.receive([{ device: 'd', topic: 'x', payload: { t: 9 } }]);
  expect(bench.world.alarms).toEqual([
    {
      key: 'd/x',
      device: 'd',
      state: 'active',
      severity: 'critical',
      text: 'd: 9 °C',
      time: bench.world.now,
      value: 9,
    },
  ]);
});

it('a message of no device has an alarm of its own, and bytes are not shown as a value', async () => {
  const bench = start({ value: 'payload' });
  await bench.receive([{ payload: Uint8Array.of(1) }]);
  expect(bench.world.alarms).toMatchObject([{ key: '', device: undefined, value: null }]);
});

it('[EN6] a message goes on only when its alarm is stored', async () => {
  const world = createWorld();
  let store: () => void = () => undefined;
  Object.assign(world.context, {
    reportAlarms: () =>
      new Promise<void>((resolve) => {
        store = resolve;
      }),
  });
  const bench = start({}, world);
  const received = bench.receive([{ device: 'd' }]);
  expect(bench.sent).toEqual([]);
  store();
  await received;
  expect(bench.sent).toMatchObject([{ port: 'out', message: { device: 'd' } }]);
});

it('[EN8] when the alarm cannot be stored now, it is tried again; what cannot be an alarm fails', async () => {
  const world = createWorld();
  Object.assign(world.context, { reportAlarms: () => Promise.reject(new Error('The disk is full.')) });
  const bench = start({ text: { path: 'payload.text' } }, world);
  await bench.receive([{ device: 'd', payload: { text: 'Look.' } }]);
  expect(bench.sent).toEqual([]);
  expect(bench.later).toMatchObject([{ message: { device: 'd' }, sentence: 'The disk is full.' }]);
});

it('reads as a sentence', () => {
  const sentence = (config: object) => alarmForm.sentence(alarmNode.config.parse(config));
  expect(sentence({})).toBe('major: “{{device}} needs attention”');
  expect(sentence({ action: 'clear' })).toBe('clears the alarm');
});
