import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { multiline } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

/** A note on the canvas; it does not run. */
export const commentNode = defineNode({
  type: 'comment',
  version: 1,
  kind: 'note',
  category: 'flow',
  title: 'Comment',
  summary: 'A note on the canvas for whoever reads the flow',
  icon: 'sticky-note',
  keywords: ['note', 'text', 'remark', 'documentation'],
  inputs: [],
  outputs: [],
  config: z.object({
    text: multiline({ title: 'Text', description: 'What is written on the canvas.' }).default(''),
  }),
});
