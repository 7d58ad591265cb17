import { formatDuration, toMs } from '@sluice/shared/message/duration.ts';
import { cut, formatValue } from '@sluice/shared/message/format.ts';
import { DELIVERY_FIELDS } from '@sluice/shared/node/delivery.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { NotifyConfig } from './schema.ts';
import { addressesOf, notifyNode } from './schema.ts';

export const notifyForm = defineForm(notifyNode, {
  order: ['channel', 'connection', 'to', 'subject', 'url', 'text', 'atMostEvery', ...DELIVERY_FIELDS],
  advanced: DELIVERY_FIELDS,
  showWhen: {
    connection: ({ channel }) => channel === 'email',
    to: ({ channel }) => channel === 'email',
    subject: ({ channel }) => channel === 'email',
    url: ({ channel }) => channel === 'webhook',
  },
  sentence: (config) => {
    const { atMostEvery } = config;
    const rate = toMs(atMostEvery) === 0 ? '' : `, at most every ${formatDuration(atMostEvery)}`;
    return `${channelOf(config)}${rate}`;
  },
});

function channelOf({ channel, to, url }: NotifyConfig): string {
  if (channel === 'webhook')
    return url === ''
      ? 'webhook, no address yet'
      : `POST ${typeof url === 'string' ? cut(url, 36) : formatValue(url)}`;
  const [first, ...more] = addressesOf(to);
  if (first === undefined) return 'e-mail, to nobody yet';
  return `e-mail to ${cut(first, 30)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}
