import { formatDuration } from '@sluice/shared/message/duration.ts';
import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { injectNode } from './schema.ts';

export const injectForm = defineForm(injectNode, {
  order: ['when', 'every', 'cron', 'zone', 'payload', 'topic', 'device', 'missed', 'atStart'],
  advanced: ['topic', 'device', 'missed', 'atStart'],
  showWhen: {
    every: ({ when }) => when === 'interval',
    cron: ({ when }) => when === 'cron',
    zone: ({ when }) => when === 'cron',
    missed: ({ when }) => when !== 'button',
  },
  sentence: ({ when, every, cron, zone, atStart }) => {
    const start = atStart ? ', at the start too' : '';
    if (when === 'interval') return `every ${formatDuration(every)}${start}`;
    if (when === 'cron') return `${cut(cron, 24)} in ${cut(zone, 20)}${start}`;
    return `when pressed${start}`;
  },
});
