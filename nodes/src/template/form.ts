import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { templateNode } from './schema.ts';

export const templateForm = defineForm(templateNode, {
  order: ['template', 'path', 'as'],
  sentence: ({ template, path }) => {
    const text = cut(template.replaceAll(/\s+/g, ' ').trim(), 40);
    return `${cut(path, 24)} = “${text}”`;
  },
});
