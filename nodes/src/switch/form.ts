import { cut } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { SwitchConfig } from './schema.ts';
import { ruleText, switchNode } from './schema.ts';

function sentence({ rules, mode }: SwitchConfig): string {
  const [first, ...more] = rules;
  if (first === undefined) return 'no rule yet';
  if (more.length === 0) return cut(ruleText(first), 60);
  return `${mode === 'first' ? 'first of' : 'all of'} ${rules.length} rules: ${cut(ruleText(first), 40)} …`;
}

export const switchForm = defineForm(switchNode, { order: ['rules', 'mode'], sentence });
