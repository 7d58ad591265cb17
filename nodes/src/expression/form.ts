import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { expressionNode } from './schema.ts';

export const expressionForm = defineForm(expressionNode, {
  order: ['expression', 'path'],
  sentence: ({ expression, path }) =>
    `${cut(path, 24)} = ${cut(expression.replaceAll(/\s+/g, ' ').trim(), 44)}`,
});
