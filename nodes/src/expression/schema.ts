import * as z from 'zod';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { code, path } from '@sluice/shared/node/field.ts';

const config = z.object({
  expression: code({
    title: 'Expression',
    description: 'A JSONata expression over the message, such as $sum(payload.readings.value).',
    language: 'jsonata',
  }).default('payload'),
  path: path({
    title: 'Into',
    description: 'The field that gets the result.',
    placeholder: 'payload',
  }).default('payload'),
});
export type ExpressionConfig = z.output<typeof config>;

function problems(settings: ExpressionConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (settings.expression.trim() === '')
    found.push({ field: 'expression', sentence: 'Write an expression, such as payload.temperature * 2.' });
  if (settings.path === 'id')
    found.push({ field: 'path', sentence: 'The id of a message never changes. Choose another field.' });
  return found;
}

/** Computes a value out of each message by JSONata, in the sandbox. */
export const expressionNode = defineNode({
  type: 'expression',
  version: 1,
  kind: 'waiting',
  category: 'transform',
  title: 'Expression',
  summary: 'Computes a value out of each message by a JSONata expression',
  icon: 'sigma',
  keywords: ['jsonata', 'query', 'compute', 'formula', 'map'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages for the expression.' }],
  outputs: [{ name: 'out', title: 'Out', description: 'The same messages with the result in its field.' }],
  config,
  waits: { concurrency: 2, batch: 256, timeoutMs: 30_000, queue: 2048 },
  problems,
});
