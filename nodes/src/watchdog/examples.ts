import { defineExamples } from '@sluice/shared/node/form.ts';
import { watchdogNode } from './schema.ts';

const minutes = (count: number) => count * 60_000;

export const watchdogExamples = defineExamples(watchdogNode, [
  {
    name: 'A sensor that falls silent and comes back',
    config: { silentFor: '5m' },
    in: [
      { at: 0, device: 'sensor-1', topic: 'devices/sensor-1/telemetry', payload: { temperature: 4 } },
      {
        at: minutes(9),
        device: 'sensor-1',
        topic: 'devices/sensor-1/telemetry',
        payload: { temperature: 5 },
      },
    ],
    out: [
      {
        port: 'silent',
        device: 'sensor-1',
        topic: 'devices/sensor-1/telemetry',
        // The start of an example is 2026-01-01T00:00:00Z.
        payload: { silent: true, lastSeen: 1_767_225_600_000, seconds: 300 },
        headers: { watchdog: 'silent' },
      },
      {
        port: 'back',
        device: 'sensor-1',
        payload: { temperature: 5 },
        headers: { watchdog: 'back' },
      },
    ],
  },
]);
