import * as z from 'zod';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, duration, flag, number, path } from '@sluice/shared/node/field.ts';

const config = z.object({
  value: path({
    title: 'Value',
    description: 'The number in the message.',
    placeholder: 'payload.temperature',
  }).default('payload.value'),
  calculate: choice({
    title: 'Calculate',
    description:
      'What is sent as the value of a window. Count, sum, mean, least, greatest, first and last are sent beside it.',
    values: [
      'mean',
      'min',
      'max',
      'sum',
      'count',
      'median',
      'percentile',
      'standardDeviation',
      'first',
      'last',
      'slope',
    ],
    labels: {
      mean: 'mean',
      min: 'least',
      max: 'greatest',
      sum: 'sum',
      count: 'count',
      median: 'median',
      percentile: 'percentile',
      standardDeviation: 'standard deviation (of a sample)',
      first: 'first',
      last: 'last',
      slope: 'slope (least squares)',
    },
  }).default('mean'),
  percent: number({
    title: 'Percentile',
    description: 'So many per cent of the values lie at or below the result.',
    unit: '%',
    min: 0,
    max: 100,
  }).default(95),
  slopePer: choice({
    title: 'Slope per',
    description: 'The time that the slope is given per.',
    values: ['second', 'minute', 'hour'],
    labels: { second: 'second', minute: 'minute', hour: 'hour' },
  }).default('minute'),
  kind: choice({
    title: 'Windows',
    description:
      'Tumbling windows follow each other; sliding ones overlap; a session lasts for as long as messages come.',
    values: ['tumbling', 'sliding', 'session'],
    labels: { tumbling: 'tumbling', sliding: 'sliding', session: 'session' },
  }).default('tumbling'),
  by: choice({
    title: 'By',
    description: 'Whether a window is a stretch of time or a number of messages.',
    values: ['time', 'count'],
    labels: { time: 'time', count: 'number of messages' },
  }).default('time'),
  size: duration({
    title: 'Length',
    description: 'How long a window is. Windows begin at full multiples of it, by UTC.',
  }).default('1m'),
  every: duration({
    title: 'Every',
    description: 'How often a sliding window is sent. The length has to be a multiple of it.',
  }).default('10s'),
  gap: duration({
    title: 'Ends after',
    description: 'A session is over when there is no message for this long.',
  }).default('5m'),
  count: number({
    title: 'Messages',
    description: 'How many messages a window has.',
    unit: 'messages',
    min: 1,
    max: 10_000,
    whole: true,
  }).default(10),
  everyCount: number({
    title: 'Every so many',
    description: 'After how many messages a sliding window is sent again.',
    unit: 'messages',
    min: 1,
    max: 10_000,
    whole: true,
  }).default(1),
  lateness: duration({
    title: 'Wait for late data',
    description:
      'How long a window stays open after its end, by the time in the messages, for those that come late or out of order.',
  }).default('0s'),
  byDevice: flag({
    title: 'By device',
    description: 'Each device has windows of its own. Off: all messages go into the same ones.',
  }).default(true),
  most: number({
    title: 'At most',
    description:
      'How many values are kept for a device. Only median and percentile keep any; what comes on top leaves by the error port.',
    unit: 'values',
    min: 1,
    max: 100_000,
    whole: true,
  }).default(10_000),
});
export type WindowConfig = z.output<typeof config>;

/** Whether every value has to be kept until its window closes. */
export function keepsValues({ calculate }: WindowConfig): boolean {
  return calculate === 'median' || calculate === 'percentile';
}

/** How many windows of a device may be open at once: what is kept for it is bounded by this. */
const MOST_OPEN = 1000;

function problems(settings: WindowConfig): readonly ConfigProblem[] {
  const { kind, by, count, everyCount } = settings;
  if (kind === 'session') return sessionProblems(settings);
  if (by === 'time') return timeProblems(settings);
  if (kind === 'tumbling' || everyCount <= count) return [];
  return [
    {
      field: 'everyCount',
      sentence: `Sent every ${everyCount} messages, windows of ${count} would leave some out. Give at most ${count}.`,
    },
  ];
}

function sessionProblems({ by, gap, lateness }: WindowConfig): readonly ConfigProblem[] {
  if (by === 'count')
    return [{ field: 'by', sentence: 'A session is a stretch of time. Choose time, or other windows.' }];
  if (toMs(gap) === 0) return [{ field: 'gap', sentence: 'Give a time of more than 0.' }];
  return latenessProblems(toMs(lateness), toMs(gap));
}

function timeProblems({ kind, size, every, lateness }: WindowConfig): readonly ConfigProblem[] {
  const [sizeMs, everyMs] = [toMs(size), toMs(every)];
  if (sizeMs === 0) return [{ field: 'size', sentence: 'Give a time of more than 0.' }];
  if (kind === 'tumbling') return latenessProblems(toMs(lateness), sizeMs);
  if (everyMs === 0) return [{ field: 'every', sentence: 'Give a time of more than 0.' }];
  if (sizeMs % everyMs !== 0)
    return [{ field: 'every', sentence: `The length ${size} is no multiple of ${every}. Choose one it is.` }];
  if (sizeMs / everyMs > MOST_OPEN)
    return [{ field: 'every', sentence: `At most ${MOST_OPEN} windows may overlap. Send less often.` }];
  return latenessProblems(toMs(lateness), everyMs);
}

function latenessProblems(latenessMs: number, stepMs: number): readonly ConfigProblem[] {
  if (latenessMs / stepMs <= MOST_OPEN) return [];
  return [
    {
      field: 'lateness',
      sentence: `More than ${MOST_OPEN} windows would be open at once. Wait less long, or make the windows longer.`,
    },
  ];
}

/** Calculates over windows of time or of a number of messages. */
export const windowNode = defineNode({
  type: 'window',
  version: 1,
  kind: 'step',
  category: 'time',
  title: 'Window',
  summary: 'Mean, greatest, percentile, slope … over windows, by device',
  icon: 'chart-column-stacked',
  keywords: ['aggregate', 'average', 'mean', 'median', 'deviation', 'rolling', 'moving', 'sum', 'trend'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages with the number to calculate with.' }],
  outputs: [
    { name: 'out', title: 'Out', description: 'A new message for each window when it closes.' },
    {
      name: 'late',
      title: 'Late',
      description: 'Messages whose windows have closed already.',
    },
  ],
  config,
  state: { version: 1, maxKeys: 100_000 },
  problems,
});
