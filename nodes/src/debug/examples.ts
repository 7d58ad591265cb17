import { defineExamples } from '@sluice/shared/node/form.ts';
import { debugNode } from './schema.ts';

export const debugExamples = defineExamples(debugNode, [
  {
    name: 'Watch one value',
    config: { label: 'temperature', show: 'payload.temperature' },
    in: [{ device: 'freezer-1', payload: { temperature: -18 } }],
    out: [],
  },
]);
