import { cut, formatValue } from '@sluice/shared/message/format.ts';
import type { Value } from '@sluice/shared/message/value.ts';
import { formOf } from '@sluice/shared/message/value.ts';

export const OPERATORS = [
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
export type Operator = (typeof OPERATORS)[number];

/** One rule as the settings have it. */
export interface Rule {
  readonly value: string;
  readonly operator: Operator;
  readonly to?: Value | undefined;
  readonly upper?: Value | undefined;
}

/** What `type` can ask for, and what is called so. */
export const KINDS = ['number', 'text', 'boolean', 'list', 'object', 'bytes', 'null', 'missing'] as const;

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
export function needsComparison(operator: Operator): boolean {
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
export function ruleProblem(
  rule: Rule,
): { readonly part: 'to' | 'upper'; readonly sentence: string } | undefined {
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
export function isOrder(operator: Operator): boolean {
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
