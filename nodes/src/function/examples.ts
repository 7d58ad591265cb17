import { defineExamples } from '@sluice/shared/node/form.ts';
import { functionNode } from './schema.ts';

export const functionExamples = defineExamples(functionNode, [
  {
    name: 'Compute a value out of two others',
    config: {
      code: [
        '// power out of voltage and current',
        'const { volts, amperes } = message.payload;',
        'return { ...message, payload: { ...message.payload, watts: volts * amperes } };',
      ].join('\n'),
    },
    in: [{ device: 'meter', payload: { volts: 230, amperes: 2 } }],
    out: [{ device: 'meter', payload: { volts: 230, amperes: 2, watts: 460 } }],
  },
  {
    name: 'One message for each reading of a list',
    config: { code: 'return message.payload.map((value) => ({ payload: { value } }));' },
    in: [{ topic: 't', payload: [1, 2] }],
    out: [
      { topic: 't', payload: { value: 1 } },
      { topic: 't', payload: { value: 2 } },
    ],
  },
  {
    name: 'Two outputs, and what is odd is an error',
    config: {
      outputs: 2,
      code: "if (message.payload > 100) throw new Error('over range');\nreturn message.payload > 10 ? [message, null] : [null, message];",
    },
    in: [{ payload: 50 }, { payload: 5 }, { payload: 500 }],
    out: [
      { port: 'out', payload: 50 },
      { port: 'out2', payload: 5 },
      { port: 'error', payload: 500 },
    ],
  },
]);
