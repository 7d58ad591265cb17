import { defineExamples } from '@sluice/shared/node/form.ts';
import { switchNode } from './schema.ts';

export const switchExamples = defineExamples(switchNode, [
  {
    name: 'High, low, and all the rest',
    config: {
      rules: [
        { value: 'payload.temperature', operator: '>', to: 30 },
        { value: 'payload.temperature', operator: '<', to: 10 },
      ],
    },
    in: [
      { device: 'a', payload: { temperature: 31 } },
      { device: 'b', payload: { temperature: 5 } },
      { device: 'c', payload: { temperature: 20 } },
      { device: 'd', payload: {} },
    ],
    out: [
      { port: 'rule1', device: 'a' },
      { port: 'rule2', device: 'b' },
      { port: 'otherwise', device: 'c' },
      {
        port: 'error',
        device: 'd',
        headers: {
          error: 'payload.temperature is missing. Check the path, or that the device sends this field.',
        },
      },
    ],
  },
  {
    name: 'By the name of the device, to every rule that fits',
    config: {
      mode: 'all',
      rules: [
        { value: 'device', operator: 'matches', to: String.raw`^pump-\d+$` },
        { value: 'payload.tags', operator: 'contains', to: 'critical' },
      ],
    },
    in: [{ device: 'pump-7', payload: { tags: ['critical', 'hall 3'] } }],
    out: [
      { port: 'rule1', device: 'pump-7' },
      { port: 'rule2', device: 'pump-7' },
    ],
  },
]);
