import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { textOf } from '@sluice/shared/message/path.ts';
import { topicProblem } from '@sluice/shared/message/topic.ts';
import { implementWaiter, reportFailure } from '@sluice/shared/node/implementNode.ts';
import { mqttOutNode } from './schema.ts';

export const mqttOutRunner = implementWaiter(mqttOutNode, (config, context) => {
  const { qos, retain } = config;
  const mqtt = context.connection('mqtt', config.connection);
  const stopStatus = mqtt.onStatus((status) => context.status(status));
  const ownTopic =
    config.topic === undefined || config.topic === '' ? undefined : context.evaluator(config.topic);
  const topicOf = (message: Message) => (ownTopic === undefined ? message.topic : textOf(ownTopic(message)));

  const publish = (message: Message, signal: AbortSignal): Promise<void> => {
    try {
      const topic = topicOf(message);
      const problem = topicProblem(topic);
      if (problem !== undefined) return Promise.reject(new Error(problem));
      return mqtt.publish({ topic, payload: bytesOf(message.payload), qos, retain }, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  return {
    // All are handed to the client at once and in order, which is the order in which it sends them.
    handle: async (messages, emit, signal) => {
      const published = messages.map((message) => publish(message, signal));
      // Those that go out in one write share their promise.
      const failures = await failuresOf(new Set(published));
      if (failures.size === 0) return;
      messages.forEach((message, index) => {
        const promise = published[index];
        if (failures.has(promise)) reportFailure(emit, message, failures.get(promise));
      });
    },
    close: () => void stopStatus(),
  };
});

/** Waits for all; gives what those failed with that did. */
async function failuresOf(
  promises: ReadonlySet<Promise<void>>,
): Promise<ReadonlyMap<Promise<void> | undefined, unknown>> {
  const failures = new Map<Promise<void>, unknown>();
  const noted = [...promises].map((promise) =>
    promise.catch((error: unknown) => {
      failures.set(promise, error);
    }),
  );
  await Promise.all(noted);
  return failures;
}

/** Text and bytes go out as they are, everything else as JSON. */
function bytesOf(payload: Payload): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
}
