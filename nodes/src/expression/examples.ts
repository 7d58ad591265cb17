import { defineExamples } from '@sluice/shared/node/form.ts';
import { expressionNode } from './schema.ts';

export const expressionExamples = defineExamples(expressionNode, [
  {
    name: 'The highest of a list of readings',
    config: { expression: '$max(payload.readings.value)', path: 'payload.highest' },
    in: [{ payload: { readings: [{ value: 3 }, { value: 7 }] } }],
    out: [{ payload: { readings: [{ value: 3 }, { value: 7 }], highest: 7 } }],
  },
  {
    name: 'Another shape of the message',
    config: { expression: '{"id": device, "celsius": $round((payload.f - 32) / 1.8, 1)}' },
    in: [
      { device: 'd1', payload: { f: 70 } },
      { device: 'd2', payload: { f: 'warm' } },
    ],
    out: [
      { device: 'd1', payload: { id: 'd1', celsius: 21.1 } },
      { device: 'd2', port: 'error' },
    ],
  },
]);
