import { cut, formatValue } from '@sluice/shared/message/format.ts';
import { DELIVERY_FIELDS } from '@sluice/shared/node/delivery.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { mqttOutNode } from './schema.ts';

export const mqttOutForm = defineForm(mqttOutNode, {
  order: ['connection', 'topic', 'qos', 'retain', ...DELIVERY_FIELDS],
  advanced: DELIVERY_FIELDS,
  sentence: ({ topic, qos, retain }) => {
    const where =
      topic === undefined || topic === '' ? 'the topic of the message' : cut(formatValue(topic), 40);
    return `on ${where}, QoS ${qos}${retain ? ', retained' : ''}`;
  },
});
