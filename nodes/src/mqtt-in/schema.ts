import { filterProblem } from '@sluice/shared/message/topic.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { choice, connection, number, path, qos, topic } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  connection: connection({
    title: 'Broker',
    description: 'The MQTT connection that the messages come from.',
    connectionType: 'mqtt',
  }),
  topic: topic({
    title: 'Topic',
    description: 'Which topics to listen to. A + stands for one level, a # at the end for all that follow.',
    placeholder: 'devices/+/telemetry',
  }),
  qos: qos({
    title: 'Quality of service',
    description:
      '0: a message may be lost. 1 or 2: a message arrives at least once, and the broker keeps it while Sluice is away.',
  }).default(1),
  format: choice({
    title: 'Format',
    description: 'How the payload is read. A payload that does not fit leaves by the error port.',
    values: ['auto', 'json', 'text', 'bytes'],
    labels: {
      auto: 'JSON if it is JSON, else text, else bytes',
      json: 'JSON',
      text: 'Text',
      bytes: 'Bytes',
    },
  }).default('auto'),
  timeField: path({
    title: 'Time field',
    description:
      'The field that holds the time of the measurement: seconds or milliseconds since 1970, or a text with time zone. Without it the time of arrival counts.',
    placeholder: 'payload.timestamp',
  }).optional(),
  deviceLevel: number({
    title: 'Level of the device',
    description:
      'Which level of the topic names the device, counted from 1. Without it: the level that the first + stands for.',
    min: 1,
    max: 100,
    whole: true,
  }).optional(),
});
export type MqttInConfig = z.output<typeof config>;

function problems({ topic: filter }: MqttInConfig): readonly ConfigProblem[] {
  const sentence = filterProblem(filter);
  return sentence === undefined ? [] : [{ field: 'topic', sentence }];
}

/** Brings in messages of an MQTT broker. */
export const mqttInNode = defineNode({
  type: 'mqtt-in',
  version: 1,
  kind: 'source',
  category: 'inputs',
  title: 'MQTT in',
  summary: 'Brings in messages of an MQTT broker',
  icon: 'radio-tower',
  keywords: ['subscribe', 'broker', 'topic', 'telemetry', 'iot'],
  inputs: [],
  outputs: [{ name: 'out', title: 'Out', description: 'One message for each packet.' }],
  config,
  problems,
});
