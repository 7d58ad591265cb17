import { compileArrival } from '@sluice/shared/message/arrival.ts';
import { firstWildcardLevel, topicLevel } from '@sluice/shared/message/topic.ts';
import { implementSource } from '@sluice/shared/node/implementNode.ts';
import { listenToMqtt, readOnce } from '@sluice/shared/node/listen.ts';
import { mqttInNode } from './schema.ts';

export const mqttInRunner = implementSource(mqttInNode, (config, context) => {
  const { connection, topic: filter, qos, format, timeField, deviceLevel } = config;
  const read = compileArrival({ format, timeField });
  const level = deviceLevel === undefined ? firstWildcardLevel(filter) : deviceLevel - 1;
  return {
    start: (intake) =>
      listenToMqtt(context, intake, {
        connection,
        filter,
        qos,
        read: readOnce(JSON.stringify([format, timeField, level]), (packet) => {
          const { topic, qos: sentQos, retain, duplicate } = packet;
          const device = level === undefined ? undefined : topicLevel(topic, level);
          const headers = { qos: sentQos, retain, duplicate };
          return read({ id: context.newId(), now: context.clock.now(), topic, device, headers }, packet);
        }),
      }),
  };
});
