import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { devices, path, text, unit } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  devices: devices({
    title: 'Devices',
    description: 'Which devices: all of them, some by name, or those of a model or with tags.',
  }).default({}),
  measurement: text({
    title: 'Measurement',
    description: 'Only messages that hold this measurement come in. Leave it empty for all messages.',
    placeholder: 'temperature',
  }).optional(),
  unit: unit({
    title: 'Unit',
    description: 'The unit of the measurement, for texts that people read.',
    placeholder: '°C',
  }).optional(),
  timeField: path({
    title: 'Time field',
    description:
      'The field that holds the time of the measurement: seconds or milliseconds since 1970, or a text with time zone. Without it the time of arrival counts.',
    placeholder: 'payload.timestamp',
  }).optional(),
});
export type DeviceInputConfig = z.output<typeof config>;

/** Brings in what devices of the registry measure. */
export const deviceInputNode = defineNode({
  type: 'device-input',
  version: 1,
  kind: 'source',
  category: 'inputs',
  title: 'Devices',
  summary: 'Brings in what your devices measure',
  icon: 'cpu',
  keywords: ['device', 'sensor', 'telemetry', 'measurement', 'thing'],
  inputs: [],
  outputs: [{ name: 'out', title: 'Out', description: 'What the chosen devices have sent.' }],
  config,
});
