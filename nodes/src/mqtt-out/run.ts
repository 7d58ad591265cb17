import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { textOf } from '@sluice/shared/message/path.ts';
import { topicProblem } from '@sluice/shared/message/topic.ts';
import { implementWaiter } from '@sluice/shared/node/implementNode.ts';
import { mqttOutNode } from './schema.ts';

const utf8 = new TextEncoder();

export const mqttOutRunner = implementWaiter(mqttOutNode, (config, context) => {
  const { qos, retain } = config;
  const mqtt = context.connection('mqtt', config.connection);
  const stopStatus = mqtt.onStatus((status) => context.status(status));
  const ownTopic =
    config.topic === undefined || config.topic === '' ? undefined : context.evaluator(config.topic);
  const topicOf = (message: Message) => (ownTopic === undefined ? message.topic : textOf(ownTopic(message)));

  const publish = async (message: Message, signal: AbortSignal) => {
    const topic = topicOf(message);
    const problem = topicProblem(topic);
    if (problem !== undefined) throw new Error(problem);
    await mqtt.publish({ topic, payload: bytesOf(message.payload), qos, retain }, signal);
  };

  return {
    // All are handed to the client at once and in order, which is the order in which it sends them.
    handle: async (messages, emit, signal) => {
      const results = await Promise.allSettled(messages.map((message) => publish(message, signal)));
      results.forEach((result, index) => {
        const message = messages[index];
        if (result.status === 'rejected' && message !== undefined)
          emit.error(message, result.reason instanceof Error ? result.reason.message : String(result.reason));
      });
    },
    close: () => void stopStatus(),
  };
});

/** Text and bytes go out as they are, everything else as JSON. */
function bytesOf(payload: Payload): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return utf8.encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
}
