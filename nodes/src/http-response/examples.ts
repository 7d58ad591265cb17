import { defineExamples } from '@sluice/shared/node/form.ts';
import { httpResponseNode } from './schema.ts';

export const httpResponseExamples = defineExamples(httpResponseNode, [
  {
    name: 'Only a message of an HTTP in node can be answered',
    config: { status: 201 },
    in: [{ payload: { made: 1 } }],
    out: [{ port: 'error', payload: { made: 1 } }],
  },
]);
