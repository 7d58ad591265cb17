import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { FunctionConfig } from './schema.ts';
import { functionNode } from './schema.ts';

/** The comment that the code starts with, if it does; else how long it is. */
function sentence({ code }: FunctionConfig): string {
  const comment = /^\s*\/\/\s*(\S.*)/.exec(code)?.[1];
  if (comment !== undefined) return cut(comment, 60);
  const lines = code.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 ? `${lines.length} lines of JavaScript` : cut((lines[0] ?? 'no code').trim(), 60);
}

export const functionForm = defineForm(functionNode, {
  order: ['code', 'outputs'],
  advanced: ['outputs'],
  sentence,
});
