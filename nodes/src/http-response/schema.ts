import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { list, number, text, textValue } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  status: number({
    title: 'Status',
    description:
      'The HTTP status: 200 when all is well, 201 when something was made, 4xx when the caller is wrong.',
    min: 200,
    max: 599,
    whole: true,
  }).default(200),
  contentType: text({
    title: 'Content type',
    description: 'Without it: JSON, text or bytes, as the payload is.',
    placeholder: 'application/json',
  }).optional(),
  headers: list({
    title: 'Headers',
    description: 'More HTTP headers of the answer.',
    itemTitle: 'header',
    max: 50,
    item: z.strictObject({
      name: text({ title: 'Name', description: 'The name of the header.', placeholder: 'Location' }).regex(
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
        'The name of a header has letters, digits and - only.',
      ),
      value: textValue({ title: 'Value', description: 'The value of the header.' }),
    }),
  }).default([]),
});
export type HttpResponseConfig = z.output<typeof config>;

/** Answers the request that a message came from. */
export const httpResponseNode = defineNode({
  type: 'http-response',
  version: 1,
  kind: 'waiting',
  category: 'actions',
  title: 'HTTP response',
  summary: 'Answers the request that a message came from',
  icon: 'reply',
  keywords: ['answer', 'reply', 'status', 'rest', 'api'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages that came from an HTTP in node.' }],
  outputs: [],
  config,
  waits: { concurrency: 1, batch: 256, timeoutMs: 10_000, queue: 1_024 },
});
