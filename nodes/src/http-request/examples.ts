import { defineExamples } from '@sluice/shared/node/form.ts';
import { httpRequestNode } from './schema.ts';

export const httpRequestExamples = defineExamples(httpRequestNode, [
  {
    name: 'Send measurements to a service',
    config: { method: 'POST', url: 'https://erp.example.com/measurements', send: 'payload' },
    in: [{ device: 'pump-1', payload: { temperature: 21.5 } }],
    out: [{ device: 'pump-1', payload: null, headers: { status: 200 } }],
  },
  {
    name: 'Ask for what belongs to a device',
    config: { method: 'GET', url: { template: 'https://erp.example.com/machines/{{device}}' } },
    in: [{ device: 'pump-1', payload: {} }],
    out: [{ device: 'pump-1', headers: { status: 200 } }],
  },
]);
