import * as z from 'zod';
import type { ConfigProblem, PortDefinition } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { code, number } from '@sluice/shared/node/field.ts';

const config = z.object({
  code: code({
    title: 'Code',
    description:
      'The body of a function that gets “message” and gives one back. Give back null to drop it, or a list of messages.',
    language: 'javascript',
  }).default('return message;'),
  outputs: number({
    title: 'Outputs',
    description:
      'With more than one, the code gives back a list with an entry for each output: a message, a list, or null.',
    min: 1,
    max: 8,
    whole: true,
  }).default(1),
});
export type FunctionConfig = z.output<typeof config>;
export type FunctionPort = 'out' | `out${number}`;

/** The first output keeps its name whatever the number, so that its wires stay. */
export function portOf(index: number): FunctionPort {
  return index === 0 ? 'out' : `out${index + 1}`;
}

function outputs({ outputs: count }: FunctionConfig): readonly PortDefinition<FunctionPort>[] {
  return Array.from({ length: count }, (_, index) => ({
    name: portOf(index),
    title: count === 1 ? 'Out' : `Out ${index + 1}`,
    description:
      count === 1 ? 'What the code gives back.' : `Entry ${index + 1} of the list that the code gives back.`,
  }));
}

function problems({ code: source }: FunctionConfig): readonly ConfigProblem[] {
  if (/\breturn\b/.test(source)) return [];
  return [
    {
      field: 'code',
      sentence: 'The code gives nothing back, so every message is dropped. End it with “return message;”.',
      severity: 'warning',
    },
  ];
}

/** Runs JavaScript on each message, in the sandbox. */
export const functionNode = defineNode({
  type: 'function',
  version: 1,
  kind: 'waiting',
  category: 'transform',
  title: 'Function',
  summary: 'Runs JavaScript on each message, in a sandbox',
  icon: 'square-function',
  keywords: ['javascript', 'js', 'code', 'script'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages for the code, one at a time.' }],
  outputs,
  config,
  waits: { concurrency: 2, batch: 256, timeoutMs: 30_000, queue: 2048 },
  problems,
});
