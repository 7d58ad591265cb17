import { cut, formatValue } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { mqttOutNode } from './schema.ts';

export const mqttOutForm = defineForm(mqttOutNode, {
  order: ['connection', 'topic', 'qos', 'retain'],
  sentence: ({ topic, qos, retain }) => {
    const where =
      topic === undefined || topic === '' ? 'the topic of the message' : cut(formatValue(topic), 40);
    return `on ${where}, QoS ${qos}${retain ? ', retained' : ''}`;
  },
});
