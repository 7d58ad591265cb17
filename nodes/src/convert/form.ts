import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { convertNode } from './schema.ts';

export const convertForm = defineForm(convertNode, {
  order: ['value', 'from', 'to', 'decimals'],
  sentence: ({ value, from, to }) => `${cut(value)} from ${cut(from, 12)} to ${cut(to, 12)}`,
});
