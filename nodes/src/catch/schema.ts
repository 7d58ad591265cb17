import { defineNode } from '@sluice/shared/node/defineNode.ts';
import * as z from 'zod';

/** Takes the messages on which other nodes of the flow failed (EN7). */
export const catchNode = defineNode({
  type: 'catch',
  version: 1,
  kind: 'catch',
  category: 'flow',
  title: 'Catch',
  summary: 'Takes the messages on which other nodes of this flow failed',
  icon: 'shield-alert',
  keywords: ['error', 'failure', 'exception', 'problem'],
  inputs: [],
  outputs: [
    {
      name: 'out',
      title: 'Failed',
      description: 'Messages on which a node failed that has no wire at its error port, with headers.error.',
    },
  ],
  config: z.object({}),
});
