import { defineForm } from '@sluice/shared/node/form.ts';
import type { CombineConfig } from './schema.ts';
import { combineNode } from './schema.ts';

function sentence({ rule, atLeast, scope, conditions }: CombineConfig): string {
  const count = conditions.length;
  const many = rule === 'atLeast' ? `at least ${atLeast}` : rule;
  if (scope === 'devices') return `${many} of the devices`;
  const ofWhat = count === 1 ? '1 condition' : `${count} conditions`;
  return `${many} of ${ofWhat}${scope === 'device' ? ', by device' : ''}`;
}

export const combineForm = defineForm(combineNode, {
  order: ['rule', 'atLeast', 'scope', 'conditions'],
  showWhen: { atLeast: ({ rule }) => rule === 'atLeast' },
  sentence,
});
