import { defineExamples } from '@sluice/shared/node/form.ts';
import { injectNode } from './schema.ts';

export const injectExamples = defineExamples(injectNode, [
  {
    name: 'A button that tries out an alert',
    config: { when: 'button', payload: { temperature: 99 }, device: 'pump-1' },
    in: [{}],
    out: [{ device: 'pump-1', payload: { temperature: 99 } }],
  },
  {
    name: 'Every ten seconds',
    config: { when: 'interval', every: '10s', payload: 'tick' },
    in: [],
    out: [{ payload: 'tick' }, { payload: 'tick' }],
    until: 25_000,
  },
  {
    name: 'On working days at eight in Berlin',
    config: { when: 'cron', cron: '0 8 * * MON-FRI', zone: 'Europe/Berlin', payload: 'good morning' },
    in: [],
    out: [{ payload: 'good morning' }],
    until: 12 * 3_600_000,
  },
]);
