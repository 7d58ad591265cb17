import { defineExamples } from '@sluice/shared/node/form.ts';
import { httpInNode } from './schema.ts';

export const httpInExamples = defineExamples(httpInNode, [
  {
    name: 'Measurements of a device by POST',
    config: { method: 'POST', path: '/measurements/:device' },
    in: [{ topic: 'POST /measurements/pump-1', payload: { temperature: 21.5 } }],
    out: [
      {
        topic: '/measurements/pump-1',
        device: 'pump-1',
        payload: { temperature: 21.5 },
        headers: { method: 'POST', param_device: 'pump-1' },
      },
    ],
  },
]);
