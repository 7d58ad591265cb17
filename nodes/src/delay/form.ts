import { formatDuration } from '@sluice/shared/message/duration.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { delayNode } from './schema.ts';

export const delayForm = defineForm(delayNode, {
  order: ['time', 'most'],
  advanced: ['most'],
  sentence: ({ time }) => `each by ${formatDuration(time)}`,
});
