import { defineExamples } from '@sluice/shared/node/form.ts';
import { changeNode } from './schema.ts';

export const changeExamples = defineExamples(changeNode, [
  {
    name: 'Give each device its own topic',
    config: { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] },
    in: [{ topic: 'devices/freezer-1/telemetry', device: 'freezer-1', payload: { temperature: -12 } }],
    out: [{ topic: 'alerts/freezer-1', device: 'freezer-1', payload: { temperature: -12 } }],
  },
  {
    name: 'Set, delete and move in one go',
    config: {
      set: [
        { path: 'payload.site', to: 'Hall 3' },
        { path: 'payload.max', to: { path: 'payload.limits[1]' } },
      ],
      delete: ['payload.limits'],
      move: [{ from: 'payload.temp', to: 'payload.temperature' }],
    },
    in: [{ payload: { temp: 4, limits: [2, 8] } }],
    out: [{ payload: { site: 'Hall 3', max: 8, temperature: 4 } }],
  },
]);
