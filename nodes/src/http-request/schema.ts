import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { deliveryFields, outboxOf } from '@sluice/shared/node/delivery.ts';
import { choice, duration, jsonValue, list, text, textValue } from '@sluice/shared/node/field.ts';
import { toMs } from '@sluice/shared/message/duration.ts';
import * as z from 'zod';

const config = z.object({
  method: choice({
    title: 'Method',
    description: 'The HTTP method.',
    values: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    labels: { GET: 'GET', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' },
  }).default('GET'),
  url: textValue({
    title: 'Address',
    description: 'The address that is called, with http:// or https://.',
    placeholder: 'https://erp.example.com/orders/{{payload.order}}',
  }).default(''),
  headers: list({
    title: 'Headers',
    description: 'HTTP headers of the request.',
    itemTitle: 'header',
    max: 50,
    item: z.strictObject({
      name: text({ title: 'Name', description: 'The name of the header.', placeholder: 'Accept' }).regex(
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
        'The name of a header has letters, digits and - only.',
      ),
      value: textValue({ title: 'Value', description: 'The value of the header.' }),
    }),
  }).default([]),
  send: choice({
    title: 'Body',
    description: 'What is sent as the body. GET and DELETE are sent without one as a rule.',
    values: ['none', 'payload', 'value'],
    labels: { none: 'Nothing', payload: 'The payload', value: 'A value' },
  }).default('none'),
  body: jsonValue({
    title: 'Value',
    description: 'The value that is sent: text as it is, everything else as JSON.',
  }).optional(),
  timeout: duration({
    title: 'Give up after',
    description: 'A request that takes longer has failed; it is tried again.',
  }).default('10s'),
  response: choice({
    title: 'Read the response as',
    description: 'How the body of the response is read.',
    values: ['auto', 'json', 'text', 'bytes'],
    labels: {
      auto: 'JSON if it is JSON, else text, else bytes',
      json: 'JSON',
      text: 'Text',
      bytes: 'Bytes',
    },
  }).default('auto'),
  otherStatus: choice({
    title: 'A status of 400 or more',
    description:
      'What happens when the server says that something went wrong. An error that may pass (408, 425, 429, 500 and more) is tried again.',
    values: ['fail', 'pass'],
    labels: { fail: 'Is an error', pass: 'Passes on, with headers.status' },
  }).default('fail'),
  ...deliveryFields,
});
export type HttpRequestConfig = z.output<typeof config>;

function problems({ url, send, body, timeout }: HttpRequestConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (url === '') found.push({ field: 'url', sentence: 'Write the address that is called.' });
  else if (typeof url === 'string' && !/^https?:\/\/./i.test(url))
    found.push({ field: 'url', sentence: `The address “${url}” has to start with http:// or https://.` });
  if (send === 'value' && body === undefined)
    found.push({ field: 'body', sentence: 'Write the value that is sent, or send the payload.' });
  if (toMs(timeout) === 0)
    found.push({
      field: 'timeout',
      sentence: 'Every request needs a time after which it fails, such as 10s.',
    });
  return found;
}

/** Calls a web service for each message. */
export const httpRequestNode = defineNode({
  type: 'http-request',
  version: 1,
  kind: 'waiting',
  category: 'actions',
  title: 'HTTP request',
  summary: 'Calls a web service and passes on what it answers',
  icon: 'cloud-upload',
  keywords: ['rest', 'api', 'webhook', 'fetch', 'call', 'post'],
  inputs: [{ name: 'in', title: 'In', description: 'Each message makes one request.' }],
  outputs: [
    {
      name: 'out',
      title: 'Out',
      description: 'The message with the response as its payload and headers.status.',
    },
  ],
  config,
  waits: ({ timeout, ...settings }) => ({
    concurrency: 8,
    batch: 1,
    // Above its own time limit, so that the sentence of the request itself is what people read.
    timeoutMs: toMs(timeout) + 5_000,
    queue: 1_024,
    outbox: outboxOf(settings),
  }),
  problems,
});
