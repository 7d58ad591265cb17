import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { commentNode } from './schema.ts';

export const commentForm = defineForm(commentNode, {
  sentence: ({ text }) => {
    const firstLine = text.trim().split('\n')[0] ?? '';
    return firstLine === '' ? 'empty note' : cut(firstLine, 70);
  },
});
