import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { httpInNode } from './schema.ts';

export const httpInForm = defineForm(httpInNode, {
  order: ['method', 'path', 'answer', 'timeout'],
  sentence: ({ method, path }) => `${method} ${cut(path, 50)}`,
});
