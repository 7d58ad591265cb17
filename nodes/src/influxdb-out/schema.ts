import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { deliveryFields, outboxOf } from '@sluice/shared/node/delivery.ts';
import { connection, list, path, text, textValue } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const name = (title: string, description: string, placeholder: string) =>
  text({ title, description, placeholder }).min(1, 'Write a name.').max(200);

const config = z.object({
  connection: connection({
    title: 'Database',
    description: 'The InfluxDB connection; it names the organization and the bucket.',
    connectionType: 'influxdb',
  }),
  measurement: name('Measurement', 'The name under which the points are stored.', 'telemetry').default(
    'telemetry',
  ),
  fields: list({
    title: 'Fields',
    description:
      'What is stored. Without any: every number, text and truth value of the payload, under its own name.',
    itemTitle: 'field',
    max: 100,
    item: z.strictObject({
      name: name('Field', 'The name of the field in the database.', 'temperature'),
      value: path({
        title: 'Value',
        description: 'Where the value is in the message.',
        placeholder: 'payload.temperature',
      }),
    }),
  }).default([]),
  tags: list({
    title: 'Tags',
    description: 'What the points are found by. The device is a tag in any case.',
    itemTitle: 'tag',
    max: 50,
    item: z.strictObject({
      tag: name('Tag', 'The name of the tag in the database.', 'site'),
      text: textValue({ title: 'Text', description: 'The text of the tag. An empty one is left out.' }),
    }),
  }).default([]),
  ...deliveryFields,
});
export type InfluxdbOutConfig = z.output<typeof config>;

function problems({ fields, tags }: InfluxdbOutConfig): readonly ConfigProblem[] {
  const twice = (names: readonly string[]) => names.find((one, index) => names.indexOf(one) !== index);
  const field = twice(fields.map((one) => one.name));
  const tag = twice(['device', ...tags.map((one) => one.tag)]);
  return [
    ...(field === undefined ? [] : [{ field: 'fields', sentence: `The field “${field}” is there twice.` }]),
    ...(tag === undefined
      ? []
      : [{ field: 'tags', sentence: `The tag “${tag}” is there twice. The tag “device” is always set.` }]),
  ];
}

/** Stores measurements in InfluxDB. */
export const influxdbOutNode = defineNode({
  type: 'influxdb-out',
  version: 1,
  kind: 'waiting',
  category: 'actions',
  title: 'InfluxDB out',
  summary: 'Stores measurements in InfluxDB, by device and time',
  icon: 'database',
  keywords: ['influx', 'time series', 'database', 'store', 'history'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages with measurements.' }],
  outputs: [],
  config,
  waits: (settings) => ({
    concurrency: 2,
    batch: 500,
    timeoutMs: 30_000,
    queue: 10_000,
    outbox: outboxOf(settings),
  }),
  problems,
});
