import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { PLAIN_OUTBOX } from '@sluice/shared/node/delivery.ts';
import { choice, path, textValue } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  action: choice({
    title: 'A message',
    description:
      'What a message does. By what came before: a threshold that cleared or a device that is back clears the alarm, everything else raises it.',
    values: ['auto', 'raise', 'clear'],
    labels: {
      auto: 'Raises or clears, by what came before',
      raise: 'Raises the alarm',
      clear: 'Clears the alarm',
    },
  }).default('auto'),
  severity: choice({
    title: 'Severity',
    description: 'How urgent it is.',
    values: ['critical', 'major', 'minor', 'warning'],
    labels: {
      critical: 'Critical: act at once',
      major: 'Major: act soon',
      minor: 'Minor: act today',
      warning: 'Warning: keep an eye on it',
    },
  }).default('major'),
  text: textValue({
    title: 'Text',
    description: 'What people read in the list of alarms.',
    placeholder: '{{device}} is too warm: {{payload.temperature}} °C',
  }).default({ template: '{{device}} needs attention' }),
  key: textValue({
    title: 'One alarm for each',
    description: 'Messages with the same value here are about one alarm: the device, as a rule.',
  }).default({ path: 'device' }),
  value: path({
    title: 'Value',
    description: 'The field that is shown with the alarm.',
    placeholder: 'payload.temperature',
  }).optional(),
});
export type AlarmConfig = z.output<typeof config>;

/** Puts an alarm into the list of alarms, or takes it out. */
export const alarmNode = defineNode({
  type: 'alarm',
  version: 1,
  kind: 'waiting',
  category: 'actions',
  title: 'Alarm',
  summary: 'Raises an alarm for people to see, and clears it',
  icon: 'bell-ring',
  keywords: ['alert', 'warning', 'severity', 'raise', 'clear', 'incident'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages that raise or clear the alarm.' }],
  outputs: [{ name: 'out', title: 'Out', description: 'The same messages, when the alarm is stored.' }],
  config,
  waits: { concurrency: 1, batch: 256, timeoutMs: 30_000, queue: 4_096, outbox: PLAIN_OUTBOX },
});
