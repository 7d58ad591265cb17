import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { httpResponseNode } from './schema.ts';

export const httpResponseForm = defineForm(httpResponseNode, {
  order: ['status', 'contentType', 'headers'],
  advanced: ['headers'],
  sentence: ({ status, contentType = '' }) =>
    `status ${status}${contentType === '' ? '' : `, ${cut(contentType, 40)}`}`,
});
