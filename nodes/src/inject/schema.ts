import { toMs } from '@sluice/shared/message/duration.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, duration, flag, json, text, topic, zone } from '@sluice/shared/node/field.ts';
import * as z from 'zod';
import { cronProblem } from '@sluice/shared/message/cron.ts';

const config = z.object({
  when: choice({
    title: 'When',
    description: 'When a message is sent. The button works in any case.',
    values: ['button', 'interval', 'cron'],
    labels: {
      button: 'When the button is pressed',
      interval: 'Again and again',
      cron: 'At times of the calendar',
    },
  }).default('button'),
  every: duration({ title: 'Every', description: 'The time from one message to the next.' }).default('10s'),
  cron: text({
    title: 'Pattern',
    description:
      'A cron pattern: minute, hour, day of the month, month, day of the week; with six fields the first is the second.',
    placeholder: '0 8 * * MON-FRI',
  }).default('0 8 * * *'),
  zone: zone({
    title: 'Time zone',
    description: 'The zone that the pattern is in. Summer time is taken into account.',
    placeholder: 'Europe/Berlin',
  }).default('UTC'),
  missed: choice({
    title: 'Missed while away',
    description: 'What becomes of ticks that were due while the flow did not run.',
    values: ['skip', 'once', 'all'],
    labels: { skip: 'Leave them out', once: 'Send one message for all', all: 'Send each of them' },
  }).default('skip'),
  atStart: flag({
    title: 'At the start too',
    description: 'Sends a message when the flow starts.',
  }).default(false),
  payload: json({
    title: 'Payload',
    description: 'What is sent. Without it the time, in milliseconds since 1970.',
  }).optional(),
  topic: topic({ title: 'Topic', description: 'The topic of the message.' }).default(''),
  device: text({
    title: 'Device',
    description: 'The device that the message is about, where there is one.',
    placeholder: 'pump-1',
  }).optional(),
});
export type InjectConfig = z.output<typeof config>;

/** Faster than this a timer is no sensible source. */
const SHORTEST_MS = 10;

function problems({ when, every, cron, zone: name }: InjectConfig): readonly ConfigProblem[] {
  if (when === 'interval' && toMs(every) < SHORTEST_MS)
    return [
      { field: 'every', sentence: `The time from one message to the next is at least ${SHORTEST_MS} ms.` },
    ];
  if (when !== 'cron') return [];
  const wrong = cronProblem(cron);
  return [
    ...(wrong === undefined ? [] : [{ field: 'cron', sentence: wrong }]),
    ...(isZone(name)
      ? []
      : [{ field: 'zone', sentence: `“${name}” is no time zone. Write one such as Europe/Berlin.` }]),
  ];
}

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}

/** Sends a message by hand or by the clock. */
export const injectNode = defineNode({
  type: 'inject',
  version: 1,
  kind: 'source',
  category: 'inputs',
  title: 'Inject',
  summary: 'Sends a message by a button, again and again, or by the calendar',
  icon: 'timer',
  keywords: ['button', 'interval', 'cron', 'schedule', 'timer', 'clock', 'test'],
  inputs: [],
  outputs: [{ name: 'out', title: 'Out', description: 'One message for each press or tick.' }],
  config,
  // When the last tick was through, for those that are not to be missed.
  state: { version: 1, maxKeys: 1, keepMs: 366 * 24 * 3_600_000 },
  problems,
});
