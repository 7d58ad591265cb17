import { defineExamples } from '@sluice/shared/node/form.ts';
import { combineNode } from './schema.ts';

export const combineExamples = defineExamples(combineNode, [
  {
    name: 'Door open and fan off',
    config: {
      rule: 'all',
      scope: 'together',
      conditions: [{ value: 'payload.open' }, { value: 'payload.off' }],
    },
    in: [
      { port: 'a', device: 'door', payload: { open: true } },
      { port: 'b', device: 'fan', payload: { off: false } },
      { port: 'b', device: 'fan', payload: { off: true } },
      { port: 'a', device: 'door', payload: { open: false } },
    ],
    out: [
      { port: 'false', device: 'fan' },
      { port: 'true', device: 'fan', headers: { combine: true } },
      { port: 'false', device: 'door', headers: { combine: false } },
    ],
  },
  {
    name: 'At least two pumps too hot',
    config: { rule: 'atLeast', atLeast: 2, scope: 'devices', conditions: [{}] },
    in: [
      { port: 'a', device: 'pump-1', headers: { threshold: 'raised' } },
      { port: 'a', device: 'pump-2', headers: { threshold: 'raised' } },
      { port: 'a', device: 'pump-1', headers: { threshold: 'cleared' } },
    ],
    out: [
      { port: 'false', device: 'pump-1' },
      { port: 'true', device: 'pump-2', headers: { devices: 2 } },
      { port: 'false', device: 'pump-1', headers: { devices: 1 } },
    ],
  },
]);
