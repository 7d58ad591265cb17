import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { path, text } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  label: text({
    title: 'Label',
    description: 'What the messages are marked with in the message panel; the name of the node without it.',
  }).default(''),
  show: path({
    title: 'Show',
    description: 'One field that is shown. Without it the whole message.',
    placeholder: 'payload.temperature',
  }).optional(),
});
export type DebugConfig = z.output<typeof config>;

/** Shows messages in the message panel. */
export const debugNode = defineNode({
  type: 'debug',
  version: 1,
  kind: 'step',
  category: 'flow',
  title: 'Debug',
  summary: 'Shows messages in the message panel',
  icon: 'bug',
  keywords: ['log', 'print', 'show', 'inspect', 'watch'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages to show.' }],
  outputs: [],
  config,
});
