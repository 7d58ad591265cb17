import * as z from 'zod';
import { formOf } from '@sluice/shared/message/value.ts';
import type { ConfigProblem, PortDefinition } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, duration, number, numberValue, path, unit } from '@sluice/shared/node/field.ts';

const config = z.object({
  value: path({
    title: 'Value',
    description: 'The number in the message that is compared with the limit.',
    placeholder: 'payload.temperature',
  }).default('payload.value'),
  operator: choice({
    title: 'Is',
    description: 'How the value is compared with the limit.',
    values: ['>', '>=', '<', '<=', 'inside', 'outside', '==', '!='],
    labels: {
      '>': 'above',
      '>=': 'at or above',
      '<': 'below',
      '<=': 'at or below',
      inside: 'inside the band',
      outside: 'outside the band',
      '==': 'equal to',
      '!=': 'not equal to',
    },
  }).default('>'),
  limit: numberValue({
    title: 'Limit',
    description: 'A number, or where to find it. For a band this is its lower end.',
  }).default(0),
  upperLimit: numberValue({
    title: 'Upper limit',
    description: 'The upper end of the band. Both ends belong to the band.',
  }).optional(),
  unit: unit({
    title: 'Unit',
    description: 'The unit of the limit, for reading only. The value is not converted.',
    placeholder: '°C',
  }).default(''),
  mode: choice({
    title: 'Send',
    description:
      '“Every message” sorts each one to true or false. “Changes only” sends one message when a device goes beyond the limit and one when it is back.',
    values: ['each', 'change'],
    labels: { each: 'every message', change: 'changes only' },
  }).default('each'),
  hysteresis: number({
    title: 'Dead-band',
    description:
      'How far the value has to be back behind the limit before it counts as back. Keeps a value that trembles at the limit from raising again and again. In the unit of the limit.',
    min: 0,
  }).default(0),
  raiseAfter: duration({
    title: 'Raise after',
    description: 'The value must be beyond the limit for this long without a break. 0s raises at once.',
  }).default('0s'),
  clearAfter: duration({
    title: 'Clear after',
    description: 'The value must be back for this long without a break. 0s clears at once.',
  }).default('0s'),
  repeat: number({
    title: 'In a row',
    description:
      'At least this many messages of a device in a row must be beyond the limit before it raises.',
    unit: 'messages',
    min: 1,
    max: 1000,
    whole: true,
  }).default(1),
});
export type ThresholdConfig = z.output<typeof config>;

const EACH = [
  { name: 'true', title: 'True', description: 'Messages whose value is beyond the limit.' },
  { name: 'false', title: 'False', description: 'Messages whose value is not.' },
] as const satisfies readonly PortDefinition[];
const CHANGE = [
  {
    name: 'raised',
    title: 'Raised',
    description: 'The latest message beyond the limit, once, when a device goes beyond it.',
  },
  { name: 'cleared', title: 'Cleared', description: 'The latest message, once, when the device is back.' },
] as const satisfies readonly PortDefinition[];

/** Whether the settings compare with two limits. */
export function isBand({ operator }: ThresholdConfig): boolean {
  return operator === 'inside' || operator === 'outside';
}

function problems(settings: ThresholdConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (formOf(settings.limit).kind === 'template') found.push(templateProblem('limit'));
  if (settings.upperLimit !== undefined && formOf(settings.upperLimit).kind === 'template')
    found.push(templateProblem('upperLimit'));
  if (isBand(settings)) found.push(...bandProblems(settings));
  const isEquality = settings.operator === '!=' || settings.operator === '==';
  if (settings.mode === 'change' && isEquality && settings.hysteresis > 0)
    found.push({
      field: 'hysteresis',
      sentence: 'A dead-band needs a limit with two sides; for “equal” and “not equal” set it to 0.',
    });
  return found;
}

function templateProblem(field: string): ConfigProblem {
  return { field, sentence: 'A template gives text, and a limit is a number. Use a path or an expression.' };
}

function bandProblems({ limit, upperLimit }: ThresholdConfig): readonly ConfigProblem[] {
  if (upperLimit === undefined)
    return [{ field: 'upperLimit', sentence: 'A band has two ends. Give its upper limit.' }];
  if (typeof limit === 'number' && typeof upperLimit === 'number' && upperLimit < limit)
    return [
      { field: 'upperLimit', sentence: `The upper limit ${upperLimit} is below the lower limit ${limit}.` },
    ];
  return [];
}

/** Compares a number of each message with a limit. */
export const thresholdNode = defineNode({
  type: 'threshold',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Threshold',
  summary: 'Tells when a value is beyond a limit, by device',
  icon: 'gauge',
  keywords: ['limit', 'compare', 'above', 'below', 'hysteresis', 'alarm', 'band'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages with the value to compare.' }],
  outputs: (settings: ThresholdConfig): readonly PortDefinition<'true' | 'false' | 'raised' | 'cleared'>[] =>
    settings.mode === 'each' ? EACH : CHANGE,
  config,
  // What stands ends only when the device is heard of again, however late: so it is kept for a year.
  state: { version: 1, maxKeys: 100_000, keepMs: 365 * 24 * 3_600_000 },
  problems,
});
