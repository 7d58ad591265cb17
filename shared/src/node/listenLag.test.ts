import { expect, it } from 'vitest';
import type { NodeContext } from './context.ts';
import { listenToMqtt } from './listen.ts';

it('[EN14] a source of an MQTT connection tells how many packets wait until its flow takes them, as it is now', async () => {
  let waiting = 7;
  const mqtt = {
    onStatus: () => () => undefined,
    subscribe: async () => ({
      get waiting() {
        return waiting;
      },
      resume: () => undefined,
      stop: () => undefined,
    }),
  };
  const context = { connection: () => mqtt } as unknown as NodeContext;
  let lag: (() => number) | undefined;
  const intake = {
    push: () => true,
    pushAll: () => true,
    fail: () => true,
    onRoom: () => () => undefined,
    tellsLag: (ask: () => number) => void (lag = ask),
  };
  const read = () => undefined;
  const stop = await listenToMqtt(context, intake, { connection: 'plant', filter: '#', qos: 1, read });
  expect(lag?.()).toBe(7);
  waiting = 2;
  expect(lag?.()).toBe(2);
  await stop();
});
