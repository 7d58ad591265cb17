import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, duration, text } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  method: choice({
    title: 'Method',
    description: 'The HTTP method that callers use.',
    values: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    labels: { GET: 'GET', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' },
  }).default('POST'),
  path: text({
    title: 'Path',
    description:
      'The path that callers use. A part such as :order stands for any text; a part :device names the device.',
    placeholder: '/orders/:order',
  }).default('/messages'),
  answer: choice({
    title: 'Answer',
    description: 'What the caller gets, and when.',
    values: ['when-done', 'by-node'],
    labels: {
      'when-done': '{"ok":true} when the message is through the flow',
      'by-node': 'What an HTTP response node of this flow sends',
    },
  }).default('when-done'),
  timeout: duration({
    title: 'Answer within',
    description: 'A caller that got no answer by then gets the status 504.',
  }).default('30s'),
});
export type HttpInConfig = z.output<typeof config>;

function problems({ path }: HttpInConfig): readonly ConfigProblem[] {
  const wrong = (sentence: string) => [{ field: 'path', sentence }];
  if (!path.startsWith('/')) return wrong(`The path “${path}” has to start with a /, as in /orders/:order.`);
  const parts = path.slice(1).split('/');
  const strange = parts.find((part) => !/^(:[A-Za-z_]\w*|[A-Za-z0-9._~-]*)$/.test(part));
  if (strange !== undefined)
    return wrong(
      `The part “${strange}” of the path cannot be used. A part has letters, digits and . _ ~ - or is a name such as :order.`,
    );
  const names = parts.filter((part) => part.startsWith(':'));
  if (new Set(names).size < names.length) return wrong('Two parts of the path have the same name.');
  return [];
}

/** Takes HTTP requests of other systems in as messages. */
export const httpInNode = defineNode({
  type: 'http-in',
  version: 1,
  kind: 'source',
  category: 'inputs',
  title: 'HTTP in',
  summary: 'Takes HTTP requests of other systems in as messages',
  icon: 'globe',
  keywords: ['webhook', 'rest', 'api', 'endpoint', 'request'],
  inputs: [],
  outputs: [{ name: 'out', title: 'Out', description: 'One message for each request.' }],
  config,
  problems,
});
