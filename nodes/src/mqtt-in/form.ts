import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { mqttInNode } from './schema.ts';

export const mqttInForm = defineForm(mqttInNode, {
  order: ['connection', 'topic', 'qos', 'format', 'timeField', 'deviceLevel'],
  advanced: ['timeField', 'deviceLevel'],
  sentence: ({ topic, qos }) => (topic === '' ? 'no topic yet' : `${cut(topic, 50)}, QoS ${qos}`),
});
