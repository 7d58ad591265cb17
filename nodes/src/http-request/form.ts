import { cut, formatValue } from '@sluice/shared/message/format.ts';
import { DELIVERY_FIELDS } from '@sluice/shared/node/delivery.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { httpRequestNode } from './schema.ts';

export const httpRequestForm = defineForm(httpRequestNode, {
  order: [
    'method',
    'url',
    'send',
    'body',
    'headers',
    'response',
    'otherStatus',
    'timeout',
    ...DELIVERY_FIELDS,
  ],
  advanced: ['headers', 'response', 'otherStatus', 'timeout', ...DELIVERY_FIELDS],
  showWhen: { body: ({ send }) => send === 'value' },
  sentence: ({ method, url }) => {
    if (url === '') return `${method}, no address yet`;
    return `${method} ${typeof url === 'string' ? cut(url, 50) : formatValue(url)}`;
  },
});
