import { defineExamples } from '@sluice/shared/node/form.ts';
import { notifyNode } from './schema.ts';

export const notifyExamples = defineExamples(notifyNode, [
  {
    name: 'A mail to the operator, at most every ten minutes for each device',
    config: {
      channel: 'email',
      connection: 'mail',
      to: 'operator@example.com',
      subject: { template: '{{device}} is too warm' },
      text: { template: 'It has {{payload.temperature}} °C.' },
      atMostEvery: '10m',
    },
    in: [
      { device: 'freezer-1', payload: { temperature: -8 } },
      { device: 'freezer-1', payload: { temperature: -7 }, at: 60_000 },
      { device: 'freezer-1', payload: { temperature: -6 }, at: 600_000 },
    ],
    out: [
      { port: 'out', payload: { temperature: -8 } },
      { port: 'held', payload: { temperature: -7 } },
      { port: 'out', payload: { temperature: -6 } },
    ],
  },
  {
    name: 'A webhook for every message',
    config: {
      channel: 'webhook',
      url: 'https://hooks.example.com/alerts',
      text: { template: '{{device}} is open' },
    },
    in: [{ device: 'door-1', payload: { open: true } }],
    out: [{ port: 'out', device: 'door-1' }],
  },
]);
