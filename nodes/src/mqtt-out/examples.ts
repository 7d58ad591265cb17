import { defineExamples } from '@sluice/shared/node/form.ts';
import { mqttOutNode } from './schema.ts';

export const mqttOutExamples = defineExamples(mqttOutNode, [
  {
    name: 'An alert on a topic for each device',
    config: { connection: 'plant', topic: { template: 'alerts/{{device}}' }, qos: 1 },
    in: [{ device: 'pump-1', payload: { temperature: 92 } }],
    out: [],
  },
  {
    name: 'A topic with a wildcard cannot be published on',
    config: { connection: 'plant' },
    in: [{ topic: 'alerts/#', payload: 'on' }],
    out: [{ port: 'error', topic: 'alerts/#', payload: 'on' }],
  },
]);
