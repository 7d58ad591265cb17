import { defineExamples } from '@sluice/shared/node/form.ts';
import { deviceInputNode } from './schema.ts';

export const deviceInputExamples = defineExamples(deviceInputNode, [
  {
    name: 'Temperature of all devices',
    config: { measurement: 'temperature', unit: '°C' },
    in: [
      { topic: 'devices/freezer-1/telemetry', payload: { temperature: -18.2, door: 'closed' } },
      { topic: 'devices/meter-1/telemetry', payload: { power: 420 } },
    ],
    out: [
      {
        device: 'freezer-1',
        payload: { temperature: -18.2, door: 'closed' },
        headers: { unit: '°C', measurement: 'temperature' },
      },
    ],
  },
  {
    name: 'Two devices by name',
    config: { devices: { ids: ['pump-1', 'pump-2'] } },
    in: [
      { topic: 'devices/pump-1/telemetry', payload: { rpm: 1450 } },
      { topic: 'devices/fan-1/telemetry', payload: { rpm: 900 } },
    ],
    out: [{ device: 'pump-1', payload: { rpm: 1450 } }],
  },
]);
