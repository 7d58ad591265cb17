import { cut } from '@sluice/shared/message/format.ts';
import { DELIVERY_FIELDS } from '@sluice/shared/node/delivery.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { influxdbOutNode } from './schema.ts';

export const influxdbOutForm = defineForm(influxdbOutNode, {
  order: ['connection', 'measurement', 'fields', 'tags', ...DELIVERY_FIELDS],
  advanced: DELIVERY_FIELDS,
  sentence: ({ measurement, fields }) => {
    const names = fields.map(({ name }) => name).join(', ');
    return `${names === '' ? 'all values' : cut(names, 40)} into ${cut(measurement, 24)}`;
  },
});
