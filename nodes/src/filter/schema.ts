import * as z from 'zod';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, duration, number, path } from '@sluice/shared/node/field.ts';

const config = z.object({
  value: path({
    title: 'Value',
    description: 'The field that is watched for changes.',
    placeholder: 'payload.temperature',
  }).default('payload.value'),
  mode: choice({
    title: 'Counts as a change',
    description:
      'When a value has changed enough to be passed on. It is compared with the last one passed on.',
    values: ['any', 'absolute', 'percent'],
    labels: { any: 'any change', absolute: 'a change by a number', percent: 'a change by per cent' },
  }).default('any'),
  deadband: number({
    title: 'By at least',
    description:
      'How much the value has to change: in its own unit, or in per cent of the value passed on last.',
    min: 0,
  }).default(1),
  heartbeat: duration({
    title: 'At the latest after',
    description:
      'The first message after this time is passed on even without a change, so that one sees that the device lives. 0s: never.',
  }).default('0s'),
  minInterval: duration({
    title: 'At the earliest after',
    description:
      'Changes that come sooner wait; the latest of them is passed on when the time is over, if it still is a change. 0s: no wait.',
  }).default('0s'),
});
export type FilterConfig = z.output<typeof config>;

function problems({ mode, deadband, heartbeat, minInterval }: FilterConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (mode !== 'any' && deadband === 0)
    found.push({ field: 'deadband', sentence: 'Give a change of more than 0, or choose “any change”.' });
  if (toMs(heartbeat) > 0 && toMs(heartbeat) < toMs(minInterval))
    found.push({
      field: 'heartbeat',
      sentence: `“At the latest after” is ${heartbeat}, which is sooner than “at the earliest after” ${minInterval}.`,
    });
  return found;
}

/** Passes on what has changed, by device. */
export const filterNode = defineNode({
  type: 'filter',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Filter',
  summary: 'Passes on only what has changed, by device',
  icon: 'funnel',
  keywords: ['dead-band', 'deadband', 'report by exception', 'rbe', 'sampling', 'changes', 'cost', 'reduce'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages with the value to watch.' }],
  outputs: [{ name: 'out', title: 'Out', description: 'Messages whose value has changed enough.' }],
  config,
  state: { version: 1, maxKeys: 100_000 },
  problems,
});
