import { defineExamples } from '@sluice/shared/node/form.ts';
import { catchNode } from './schema.ts';

export const catchExamples = defineExamples(catchNode, [
  {
    name: 'What failed goes on with the reason',
    config: {},
    in: [{ device: 'pump-1', payload: 'on', headers: { error: 'payload is the text “on”.' } }],
    out: [{ device: 'pump-1', payload: 'on', headers: { error: 'payload is the text “on”.' } }],
  },
]);
