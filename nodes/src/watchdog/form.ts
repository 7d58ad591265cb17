import { formatDuration } from '@sluice/shared/message/duration.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { watchdogNode } from './schema.ts';

export const watchdogForm = defineForm(watchdogNode, {
  order: ['silentFor', 'byDevice'],
  advanced: ['byDevice'],
  sentence: ({ silentFor, byDevice }) =>
    `no data for ${formatDuration(silentFor)}${byDevice ? '' : ' from any device'}`,
});
