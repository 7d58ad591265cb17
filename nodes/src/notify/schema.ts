import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { deliveryFields, outboxOf } from '@sluice/shared/node/delivery.ts';
import { choice, connection, duration, text, textValue } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  channel: choice({
    title: 'By',
    description: 'How people or other systems are told.',
    values: ['email', 'webhook'],
    labels: { email: 'E-mail', webhook: 'Webhook (a web address that is called)' },
  }).default('email'),
  connection: connection({
    title: 'Mail server',
    description: 'The SMTP connection that sends the mail.',
    connectionType: 'smtp',
  }).optional(),
  to: text({
    title: 'To',
    description: 'Who gets the mail; several addresses are separated by commas.',
    placeholder: 'operator@example.com',
  }).default(''),
  subject: textValue({ title: 'Subject', description: 'The subject of the mail.' }).default({
    template: '{{device}}: alert',
  }),
  url: textValue({
    title: 'Address',
    description: 'The address that is called by POST, with http:// or https://.',
    placeholder: 'https://hooks.example.com/alerts',
  }).default(''),
  text: textValue({ title: 'Text', description: 'What is told.' }).default({
    template: '{{device}} needs attention: {{payload}}',
  }),
  atMostEvery: duration({
    title: 'At most every',
    description: 'One device is told of at most once in this time. With 0s every message is told.',
  }).default('0s'),
  ...deliveryFields,
});
export type NotifyConfig = z.output<typeof config>;

function problems(settings: NotifyConfig): readonly ConfigProblem[] {
  return settings.channel === 'email' ? emailProblems(settings) : webhookProblems(settings);
}

function emailProblems({ connection: server, to }: NotifyConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (server === undefined)
    found.push({ field: 'connection', sentence: 'Choose the mail server that sends the mail.' });
  const addresses = addressesOf(to);
  if (addresses.length === 0) found.push({ field: 'to', sentence: 'Write who gets the mail.' });
  const wrong = addresses.find((address) => !/^[^\s@<>]+@[^\s@<>]+$/.test(address));
  if (wrong !== undefined) found.push({ field: 'to', sentence: `“${wrong}” is no e-mail address.` });
  return found;
}

function webhookProblems({ url }: NotifyConfig): readonly ConfigProblem[] {
  if (url === '') return [{ field: 'url', sentence: 'Write the address that is called.' }];
  if (typeof url === 'string' && !/^https?:\/\/./i.test(url))
    return [{ field: 'url', sentence: `The address “${url}” has to start with http:// or https://.` }];
  return [];
}

/** The addresses of a list that is separated by commas. */
export function addressesOf(to: string): readonly string[] {
  return to
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

/** Tells people or other systems of a message. */
export const notifyNode = defineNode({
  type: 'notify',
  version: 1,
  kind: 'waiting',
  category: 'actions',
  title: 'Notify',
  summary: 'Tells people by e-mail, or another system by a webhook',
  icon: 'mail',
  keywords: ['mail', 'email', 'webhook', 'alert', 'message', 'smtp'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages to tell of.' }],
  outputs: [
    { name: 'out', title: 'Told', description: 'Messages that were told of.' },
    {
      name: 'held',
      title: 'Held back',
      description: 'Messages of a device that was told of a short while ago.',
    },
  ],
  config,
  waits: (settings) => ({
    concurrency: 4,
    batch: 1,
    timeoutMs: 30_000,
    queue: 1_024,
    outbox: outboxOf(settings),
  }),
  problems,
});
