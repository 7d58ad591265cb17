import * as z from 'zod';
import type { ConfigProblem, PortDefinition } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, jsonValue, list, path } from '@sluice/shared/node/field.ts';
import { OPERATORS, ruleProblem, ruleText } from './rule.ts';

const rule = z.strictObject({
  value: path({
    title: 'Value',
    description: 'The field that the rule looks at.',
    placeholder: 'payload.temperature',
  }).default('payload.value'),
  operator: choice({
    title: 'Test',
    description: 'What the field has to be.',
    values: OPERATORS,
    labels: {
      '==': 'is equal to',
      '!=': 'is not equal to',
      '<': 'is less than',
      '<=': 'is at most',
      '>': 'is more than',
      '>=': 'is at least',
      between: 'is between (both ends belong to it)',
      contains: 'contains (text or list)',
      matches: 'matches the pattern',
      true: 'is true',
      false: 'is false',
      empty: 'is empty or missing',
      exists: 'exists',
      type: 'is of type',
    },
  }).default('=='),
  to: jsonValue({
    title: 'With',
    description:
      'What the field is compared with; for “is between” the lower end. For “is of type” one of number, text, boolean, list, object, bytes, null, missing.',
  }).optional(),
  upper: jsonValue({ title: 'And', description: 'For “is between”: the upper end.' }).optional(),
});

const config = z.object({
  rules: list({
    title: 'Rules',
    description: 'Looked at from top to bottom. Each rule has an output.',
    itemTitle: 'a rule',
    item: rule,
    max: 50,
  }).default([{ value: 'payload.value', operator: '>', to: 0 }]),
  mode: choice({
    title: 'Send to',
    description: 'Whether a message goes to the first rule that fits, or to every one that does.',
    values: ['first', 'all'],
    labels: { first: 'the first rule that fits', all: 'every rule that fits' },
  }).default('first'),
});
export type SwitchConfig = z.output<typeof config>;
export type SwitchPort = `rule${number}` | 'otherwise';

function outputs({ rules }: SwitchConfig): readonly PortDefinition<SwitchPort>[] {
  return [
    ...rules.map((one, index) => ({
      name: `rule${index + 1}` as const,
      title: ruleText(one),
      description: `Messages for which rule ${index + 1} holds: ${ruleText(one)}.`,
    })),
    { name: 'otherwise', title: 'Otherwise', description: 'Messages for which no rule holds.' },
  ];
}

function problems({ rules }: SwitchConfig): readonly ConfigProblem[] {
  const found = rules.flatMap((one, index): ConfigProblem[] => {
    const problem = ruleProblem(one);
    if (problem === undefined) return [];
    return [{ field: `rules[${index}].${problem.part}`, sentence: `Rule ${index + 1}: ${problem.sentence}` }];
  });
  if (rules.length > 0) return found;
  return [
    {
      field: 'rules',
      sentence: 'There is no rule, so every message goes to “otherwise”. Add a rule.',
      severity: 'warning',
    },
  ];
}

/** Sends each message to the output of the rule that fits. */
export const switchNode = defineNode({
  type: 'switch',
  version: 1,
  kind: 'step',
  category: 'logic',
  title: 'Switch',
  summary: 'Sends each message by rules, in order, to different outputs',
  icon: 'split',
  keywords: ['route', 'if', 'else', 'case', 'condition', 'regex', 'branch'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages to tell apart.' }],
  outputs,
  config,
  problems,
});
