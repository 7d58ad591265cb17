import type { Headers } from '@sluice/shared/message/message.ts';
import { compileArrival } from '@sluice/shared/message/arrival.ts';
import { firstWildcardLevel, topicLevel } from '@sluice/shared/message/topic.ts';
import type { MqttPacket } from '@sluice/shared/node/context.ts';
import { implementSource } from '@sluice/shared/node/implementNode.ts';
import { listenToMqtt, readOnce } from '@sluice/shared/node/listen.ts';
import { mqttInNode } from './schema.ts';

export const mqttInRunner = implementSource(mqttInNode, (config, context) => {
  const { connection, topic: filter, qos, format, timeField, deviceLevel } = config;
  const read = compileArrival({ format, timeField });
  const headersOf = sharedHeaders();
  const level = deviceLevel === undefined ? firstWildcardLevel(filter) : deviceLevel - 1;
  return {
    start: (intake) =>
      listenToMqtt(context, intake, {
        connection,
        filter,
        qos,
        read: readOnce(JSON.stringify([format, timeField, level]), (packet) => {
          const { topic } = packet;
          const device = level === undefined ? undefined : topicLevel(topic, level);
          const headers = headersOf(packet);
          return read({ id: context.newId(), now: context.clock.now(), topic, device, headers }, packet);
        }),
      }),
  };
});

/** Packets that follow each other and are alike share their headers: messages that are kept for long take less then. */
function sharedHeaders(): (packet: MqttPacket) => Headers {
  let last = { qos: 0, retain: false, duplicate: false };
  return ({ qos, retain, duplicate }) => {
    if (last.qos !== qos || last.retain !== retain || last.duplicate !== duplicate)
      last = { qos, retain, duplicate };
    return last;
  };
}
