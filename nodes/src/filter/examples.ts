import { defineExamples } from '@sluice/shared/node/form.ts';
import { filterNode } from './schema.ts';

const reading = (at: number, temperature: unknown) => ({ at, device: 'freezer-1', payload: { temperature } });

export const filterExamples = defineExamples(filterNode, [
  {
    name: 'A temperature only when it has moved by half a degree, and every five minutes',
    config: { value: 'payload.temperature', mode: 'absolute', deadband: 0.5, heartbeat: '5m' },
    in: [
      reading(0, -18),
      reading(10_000, -18.1),
      reading(20_000, -17.5),
      reading(30_000, -17.6),
      reading(320_000, -17.6),
    ],
    out: [
      { payload: { temperature: -18 } },
      { payload: { temperature: -17.5 } },
      { payload: { temperature: -17.6 } },
    ],
  },
  {
    name: 'A door, but not more often than every ten seconds',
    config: { value: 'payload.open', minInterval: '10s' },
    in: [
      { at: 0, device: 'door', payload: { open: false } },
      { at: 1000, device: 'door', payload: { open: true } },
      { at: 2000, device: 'door', payload: { open: false } },
      { at: 3000, device: 'door', payload: { open: true } },
    ],
    until: 10_000,
    out: [{ payload: { open: false } }, { payload: { open: true } }],
  },
]);
