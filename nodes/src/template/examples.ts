import { defineExamples } from '@sluice/shared/node/form.ts';
import { templateNode } from './schema.ts';

export const templateExamples = defineExamples(templateNode, [
  {
    name: 'A sentence for a mail',
    config: { template: '{{device}} is at {{payload.temperature}} °C.' },
    in: [{ device: 'freezer-1', payload: { temperature: -12 } }],
    out: [{ device: 'freezer-1', payload: 'freezer-1 is at -12 °C.' }],
  },
  {
    name: 'A list, as JSON',
    config: {
      template: '{"names": "{{#payload}}{{name}} {{/payload}}"}',
      path: 'payload',
      as: 'json',
    },
    in: [{ payload: [{ name: 'a' }, { name: 'b' }] }],
    out: [{ payload: { names: 'a b ' } }],
  },
]);
