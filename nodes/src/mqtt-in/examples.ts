import { defineExamples } from '@sluice/shared/node/form.ts';
import { mqttInNode } from './schema.ts';

export const mqttInExamples = defineExamples(mqttInNode, [
  {
    name: 'Telemetry of all devices',
    config: { connection: 'plant', topic: 'devices/+/telemetry', qos: 1 },
    in: [{ topic: 'devices/pump-1/telemetry', payload: { temperature: 21.5 } }],
    out: [{ topic: 'devices/pump-1/telemetry', device: 'pump-1', payload: { temperature: 21.5 } }],
  },
  {
    name: 'The site names the device, as text',
    config: { connection: 'plant', topic: 'sites/hall-3/#', deviceLevel: 2, format: 'text' },
    in: [{ topic: 'sites/hall-3/door', payload: 'open' }],
    out: [{ device: 'hall-3', payload: 'open' }],
  },
]);
