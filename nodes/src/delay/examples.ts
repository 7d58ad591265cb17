import { defineExamples } from '@sluice/shared/node/form.ts';
import { delayNode } from './schema.ts';

export const delayExamples = defineExamples(delayNode, [
  {
    name: 'Switch the light off half a minute later',
    config: { time: '30s' },
    in: [
      { at: 0, device: 'light', payload: 'off' },
      { at: 1000, device: 'fan', payload: 'off' },
    ],
    until: 30_500,
    out: [{ device: 'light', payload: 'off' }],
  },
]);
