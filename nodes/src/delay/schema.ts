import * as z from 'zod';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { duration, number } from '@sluice/shared/node/field.ts';

/** The engine keeps no more keys than this for a node, and every message that waits is one. */
const MOST = 100_000;

const config = z.object({
  time: duration({
    title: 'Hold for',
    description: 'How long each message is held before it goes on.',
  }).default('5s'),
  most: number({
    title: 'At most',
    description: 'How many messages may be held at once. What comes on top leaves by the error port.',
    unit: 'messages',
    min: 1,
    max: MOST,
    whole: true,
  }).default(10_000),
});
export type DelayConfig = z.output<typeof config>;

function problems({ time }: DelayConfig): readonly ConfigProblem[] {
  return toMs(time) > 0 ? [] : [{ field: 'time', sentence: 'Give a time of more than 0.' }];
}

/** Holds each message for a time. */
export const delayNode = defineNode({
  type: 'delay',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Delay',
  summary: 'Holds each message for a time, in order',
  icon: 'hourglass',
  keywords: ['wait', 'hold', 'later', 'pause', 'sleep'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages to hold.' }],
  outputs: [{ name: 'out', title: 'Out', description: 'The same messages, later, in the same order.' }],
  config,
  state: { version: 1, maxKeys: MOST },
  breaksLoop: true,
  problems,
});
