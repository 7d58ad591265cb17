import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { debugNode } from './schema.ts';

export const debugForm = defineForm(debugNode, {
  order: ['label', 'show'],
  sentence: ({ label, show }) =>
    `shows ${show === undefined ? 'messages' : cut(show)}${label === '' ? '' : ` as ${cut(label)}`}`,
});
