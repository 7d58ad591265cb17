import * as z from 'zod';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, duration, flag } from '@sluice/shared/node/field.ts';

const config = z.object({
  quiet: duration({
    title: 'Quiet for',
    description: 'A burst of messages is over when nothing has come for this long.',
  }).default('1s'),
  send: choice({
    title: 'Send',
    description: 'Which message of a burst is sent.',
    values: ['last', 'first', 'both'],
    labels: {
      last: 'the last one, when it is quiet',
      first: 'the first one, at once',
      both: 'the first one at once, and the last one when it is quiet',
    },
  }).default('last'),
  atMost: duration({
    title: 'At the latest after',
    description: 'A burst that does not end is cut after this time. 0s: never.',
  }).default('0s'),
  byDevice: flag({
    title: 'By device',
    description: 'Each device has bursts of its own. Off: all messages are one stream.',
  }).default(true),
});
export type DebounceConfig = z.output<typeof config>;

function problems({ quiet, atMost }: DebounceConfig): readonly ConfigProblem[] {
  if (toMs(quiet) === 0) return [{ field: 'quiet', sentence: 'Give a time of more than 0.' }];
  if (toMs(atMost) === 0 || toMs(atMost) >= toMs(quiet)) return [];
  return [
    { field: 'atMost', sentence: `${atMost} is sooner than the quiet time ${quiet}. Give a longer time.` },
  ];
}

/** Makes one message, or two, of a burst. */
export const debounceNode = defineNode({
  type: 'debounce',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Debounce',
  summary: 'Makes one message of a burst, by device',
  icon: 'audio-waveform',
  keywords: ['bounce', 'burst', 'quiet', 'settle', 'chatter'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages that may come in bursts.' }],
  outputs: [
    { name: 'out', title: 'Out', description: 'The first or the last message of each burst, or both.' },
  ],
  config,
  state: { version: 1, maxKeys: 100_000 },
  problems,
});
