import * as z from 'zod';
import { cut, formatValue } from '@sluice/shared/message/format.ts';
import type { Value } from '@sluice/shared/message/value.ts';
import { formOf } from '@sluice/shared/message/value.ts';
import type { ConfigProblem, PortDefinition } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, jsonValue, list, path } from '@sluice/shared/node/field.ts';

const OPERATORS = [
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'between',
  'contains',
  'matches',
  'true',
  'false',
  'empty',
  'exists',
  'type',
] as const;
type Operator = (typeof OPERATORS)[number];

/** One rule as the settings have it. */
export interface Rule {
  readonly value: string;
  readonly operator: Operator;
  readonly to?: Value | undefined;
  readonly upper?: Value | undefined;
}

/** What `type` can ask for, and what is called so. */
const KINDS = ['number', 'text', 'boolean', 'list', 'object', 'bytes', 'null', 'missing'] as const;

const WORDS: Record<Operator, string> = {
  '==': 'is',
  '!=': 'is not',
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
  between: 'between',
  contains: 'contains',
  matches: 'matches',
  true: 'is true',
  false: 'is false',
  empty: 'is empty',
  exists: 'exists',
  type: 'is of type',
};

/** Whether the operator compares with something. */
function needsComparison(operator: Operator): boolean {
  return operator !== 'true' && operator !== 'false' && operator !== 'empty' && operator !== 'exists';
}

/** A rule for reading: `payload.temperature > 30`. */
export function ruleText({ value, operator, to, upper }: Rule): string {
  const words = `${cut(value)} ${WORDS[operator]}`;
  if (!needsComparison(operator)) return words;
  const right = to === undefined ? '…' : formatValue(to);
  return operator === 'between' ? `${words} ${right} and ${formatValue(upper ?? null)}` : `${words} ${right}`;
}

const UNKNOWN_TO_RE2 = /\(\?<?[=!]|\\[1-9]|\\k</;

/** What is wrong with a rule: which part of it, and a sentence. */
function ruleProblem(rule: Rule): { readonly part: 'to' | 'upper'; readonly sentence: string } | undefined {
  const { operator, to, upper } = rule;
  if (!needsComparison(operator)) return undefined;
  if (to === undefined) return { part: 'to', sentence: 'Say what the value is compared with.' };
  if (operator === 'between' && upper === undefined)
    return { part: 'upper', sentence: '“Between” has two ends. Give the upper one.' };
  const form = formOf(to);
  if (form.kind !== 'literal') return undefined;
  if (isOrder(operator) && typeof form.literal !== 'number')
    return { part: 'to', sentence: 'This comparison needs a number.' };
  if (operator === 'type' && !KINDS.some((kind) => kind === form.literal))
    return { part: 'to', sentence: `Choose one of ${KINDS.join(', ')}.` };
  return operator === 'matches' ? patternProblem(form.literal) : undefined;
}

/** Whether the operator compares numbers by size. */
function isOrder(operator: Operator): boolean {
  return (
    operator === '<' || operator === '<=' || operator === '>' || operator === '>=' || operator === 'between'
  );
}

/** A pattern is only read here, never run: the runner matches with RE2, in linear time. */
function patternProblem(pattern: unknown): { part: 'to'; sentence: string } | undefined {
  if (typeof pattern !== 'string')
    return { part: 'to', sentence: 'A pattern is a text, such as ^pump-\\d+$.' };
  if (UNKNOWN_TO_RE2.test(pattern))
    return { part: 'to', sentence: 'Patterns have no look-ahead, look-behind or back reference here.' };
  try {
    RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return {
      part: 'to',
      sentence: `The pattern cannot be read. ${error instanceof Error ? error.message : ''}.`,
    };
  }
}

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
    itemTitle: 'rule',
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
