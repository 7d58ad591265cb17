import { defineExamples } from '@sluice/shared/node/form.ts';
import { convertNode } from './schema.ts';

export const convertExamples = defineExamples(convertNode, [
  {
    name: 'Fahrenheit to Celsius',
    config: { value: 'payload.temperature', from: '°F', to: '°C', decimals: 1 },
    in: [{ payload: { temperature: 5 } }, { payload: { temperature: 'cold' } }],
    out: [
      { payload: { temperature: -15 } },
      {
        port: 'error',
        headers: {
          error:
            'payload.temperature is the text “cold”. A number is needed; turn the text into one before this node.',
        },
      },
    ],
  },
  {
    name: 'Energy of a meter in kWh',
    config: { value: 'payload.energy', from: 'Wh', to: 'kWh' },
    in: [{ payload: { energy: 1250 } }],
    out: [{ payload: { energy: 1.25 } }],
  },
]);
