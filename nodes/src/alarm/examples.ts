import { defineExamples } from '@sluice/shared/node/form.ts';
import { alarmNode } from './schema.ts';

export const alarmExamples = defineExamples(alarmNode, [
  {
    name: 'A freezer that is too warm',
    config: {
      severity: 'critical',
      text: { template: '{{device}} is too warm: {{payload.temperature}} °C' },
      value: 'payload.temperature',
    },
    in: [{ device: 'freezer-1', payload: { temperature: -8 }, headers: { threshold: 'raised' } }],
    out: [{ device: 'freezer-1', payload: { temperature: -8 } }],
  },
]);
