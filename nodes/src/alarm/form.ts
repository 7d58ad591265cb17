import { cut, formatValue } from '@sluice/shared/message/format.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import { alarmNode } from './schema.ts';

export const alarmForm = defineForm(alarmNode, {
  order: ['severity', 'text', 'action', 'key', 'value'],
  advanced: ['action', 'key', 'value'],
  showWhen: { severity: ({ action }) => action !== 'clear' },
  sentence: ({ action, severity, text }) =>
    action === 'clear' ? 'clears the alarm' : `${severity}: ${cut(formatValue(text), 50)}`,
});
