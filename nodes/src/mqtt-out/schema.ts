import { topicProblem } from '@sluice/shared/message/topic.ts';
import type { ConfigProblem } from '@sluice/shared/node/defineNode.ts';
import { defineNode } from '@sluice/shared/node/defineNode.ts';
import { deliveryFields, outboxOf } from '@sluice/shared/node/delivery.ts';
import { connection, flag, qos, textValue } from '@sluice/shared/node/field.ts';
import * as z from 'zod';

const config = z.object({
  connection: connection({
    title: 'Broker',
    description: 'The MQTT connection that the messages go to.',
    connectionType: 'mqtt',
  }),
  topic: textValue({
    title: 'Topic',
    description: 'The topic to publish on. Without it the topic of the message.',
    placeholder: 'alerts/{{device}}',
  }).optional(),
  qos: qos({
    title: 'Quality of service',
    description: '0: may be lost on the way to the broker. 1 or 2: counts as sent when the broker has it.',
  }).default(1),
  retain: flag({
    title: 'Retain',
    description: 'The broker keeps the last message of each topic and gives it to whoever subscribes later.',
  }).default(false),
  ...deliveryFields,
});
export type MqttOutConfig = z.output<typeof config>;

function problems({ topic }: MqttOutConfig): readonly ConfigProblem[] {
  const sentence = typeof topic === 'string' && topic !== '' ? topicProblem(topic) : undefined;
  return sentence === undefined ? [] : [{ field: 'topic', sentence }];
}

/** Publishes messages on an MQTT broker. */
export const mqttOutNode = defineNode({
  type: 'mqtt-out',
  version: 1,
  kind: 'waiting',
  category: 'actions',
  title: 'MQTT out',
  summary: 'Publishes messages on an MQTT broker',
  icon: 'send',
  keywords: ['publish', 'broker', 'topic', 'command', 'iot'],
  inputs: [{ name: 'in', title: 'In', description: 'Messages to publish.' }],
  outputs: [],
  config,
  waits: (settings) => ({
    concurrency: 4,
    batch: 256,
    timeoutMs: 30_000,
    queue: 4_096,
    outbox: outboxOf(settings),
  }),
  problems,
});
