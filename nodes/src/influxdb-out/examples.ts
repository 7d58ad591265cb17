import { defineExamples } from '@sluice/shared/node/form.ts';
import { influxdbOutNode } from './schema.ts';

export const influxdbOutExamples = defineExamples(influxdbOutNode, [
  {
    name: 'Store the weather, and tell what cannot be stored',
    config: {
      connection: 'history',
      measurement: 'weather',
      fields: [
        { name: 'temperature', value: 'payload.temperature' },
        { name: 'wind', value: 'payload.wind.speed' },
      ],
      tags: [{ tag: 'site', text: 'roof' }],
    },
    in: [
      { device: 'weather-1', payload: { temperature: 18.5, wind: { speed: 3 } } },
      { device: 'weather-1', payload: { battery: 80 } },
    ],
    out: [{ port: 'error', payload: { battery: 80 } }],
  },
]);
