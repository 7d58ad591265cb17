import * as z from 'zod';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, list, number, path } from '@sluice/shared/node/field.ts';

export const INPUTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
export type CombineInput = (typeof INPUTS)[number];

const DEFAULT_VALUE = 'headers.threshold';
const condition = z.strictObject({
  value: path({
    title: 'Holds when',
    description:
      'The field that says whether the condition holds: true or false, raised or cleared (Threshold), silent or back (Watchdog).',
    placeholder: DEFAULT_VALUE,
  }).default(DEFAULT_VALUE),
});

const config = z.object({
  conditions: list({
    title: 'Conditions',
    description: 'One for each input that is used: the first for a, the second for b, and so on.',
    itemTitle: 'condition',
    item: condition,
    max: INPUTS.length,
  }).default([{ value: DEFAULT_VALUE }, { value: DEFAULT_VALUE }]),
  rule: choice({
    title: 'True when',
    description: 'How many of the conditions, or of the devices, must hold.',
    values: ['all', 'any', 'none', 'atLeast'],
    labels: {
      all: 'all hold (AND)',
      any: 'any holds (OR)',
      none: 'none holds (NOT)',
      atLeast: 'at least so many hold',
    },
  }).default('all'),
  atLeast: number({
    title: 'At least',
    description: 'How many must hold.',
    min: 1,
    max: 100_000,
    whole: true,
  }).default(2),
  scope: choice({
    title: 'Looks at',
    description:
      'The conditions of each device by itself; the conditions whatever device they are of; or how many devices meet all of their conditions.',
    values: ['device', 'together', 'devices'],
    labels: {
      device: 'each device by itself',
      together: 'conditions of different devices',
      devices: 'the number of devices',
    },
  }).default('device'),
});
export type CombineConfig = z.output<typeof config>;

function problems({ conditions, rule, atLeast, scope }: CombineConfig): readonly ConfigProblem[] {
  if (conditions.length === 0)
    return [{ field: 'conditions', sentence: 'Add a condition; each one has an input.' }];
  if (rule !== 'atLeast' || scope === 'devices' || atLeast <= conditions.length) return [];
  return [
    {
      field: 'atLeast',
      sentence: `There are ${conditions.length} conditions, so ${atLeast} of them can never hold.`,
    },
  ];
}

/** Joins conditions by AND, OR, NOT or a number of them. */
export const combineNode = defineNode({
  type: 'combine',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Combine',
  summary: 'Joins conditions by AND, OR, NOT, or at least so many',
  icon: 'combine',
  keywords: ['and', 'or', 'not', 'logic', 'group', 'vote', 'boolean'],
  inputs: INPUTS.map((name) => ({
    name,
    title: name.toUpperCase(),
    description: `Messages that say whether condition ${name} holds.`,
  })),
  inputsUsed: ({ conditions }) => conditions.length,
  outputs: [
    {
      name: 'true',
      title: 'True',
      description: 'The message that made the whole become true, once.',
    },
    { name: 'false', title: 'False', description: 'The message that made the whole become false, once.' },
  ],
  config,
  // What stands ends only when the device is heard of again, however late: so it is kept for a year.
  state: { version: 1, maxKeys: 100_000, keepMs: 365 * 24 * 3_600_000 },
  problems,
});
