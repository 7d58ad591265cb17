import type { MqttPacket } from '@sluice/shared/node/context.ts';
import type { MqttClient } from 'mqtt';

export interface MqttPublisher {
  /** Resolves when the broker has it; rejects with a sentence when `signal` gives up on it first. */
  publish(packet: Omit<MqttPacket, 'duplicate'>, signal: AbortSignal): Promise<void>;
  readonly isBusy: boolean;
}

/** Publishes, and waits for the broker where it is away. `state` says how the connection is, for the sentence. */
export function createPublisher(client: MqttClient, state: () => string): MqttPublisher {
  const aborts = createAborts();
  const connected = createGate(client, aborts);
  let underWay = 0;

  const send = (packet: Omit<MqttPacket, 'duplicate'>, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const finish = (error?: Error) => {
        forgetAbort();
        if (error === undefined || error === null) resolve();
        else reject(unconfirmed(packet, state(), error));
      };
      const forgetAbort = aborts.add(signal, () => {
        // Taken back, so that the client does not send it again after the flow was told that it failed.
        const sent = Object.entries(client.outgoing).find(([, { cb }]) => cb === finish);
        if (sent === undefined) finish(new Error('given up'));
        else client.removeOutgoingMessage(Number(sent[0]));
      });
      const { topic, qos, retain } = packet;
      client.publish(topic, Buffer.from(packet.payload), { qos, retain }, finish);
    });

  const sendWhenConnected = async (packet: Omit<MqttPacket, 'duplicate'>, signal: AbortSignal) => {
    if (!client.connected && !(await connected.wait(signal))) throw unconfirmed(packet, state());
    await send(packet, signal);
  };

  return {
    publish: async (packet, signal) => {
      signal.throwIfAborted();
      underWay += 1;
      try {
        await sendWhenConnected(packet, signal);
      } finally {
        underWay -= 1;
      }
    },
    get isBusy() {
      return underWay > 0;
    },
  };
}

function unconfirmed(packet: { readonly topic: string }, state: string, cause?: Error): Error {
  return new Error(
    `The message for “${packet.topic}” was not confirmed by the broker in time (${state}).`,
    cause === undefined ? {} : { cause },
  );
}

/** Waiting for the broker; answers false when the signal came first. */
function createGate(client: MqttClient, aborts: Aborts) {
  const waiting = new Set<(isOpen: boolean) => void>();
  const letGo = (isOpen: boolean) => {
    const all = [...waiting];
    waiting.clear();
    for (const resolve of all) resolve(isOpen);
  };
  client.on('connect', () => letGo(true));
  client.on('end', () => letGo(false));
  return {
    wait: async (signal: AbortSignal): Promise<boolean> => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.add(resolve);
      const forgetAbort = aborts.add(signal, () => {
        waiting.delete(resolve);
        resolve(false);
      });
      const isOpen = await promise;
      forgetAbort();
      return isOpen;
    },
  };
}

interface Aborts {
  /** Runs `abort` when the signal says so; gives back how to forget it. */
  add(signal: AbortSignal, abort: () => void): () => void;
}

/** One listener for each signal: a batch of 256 messages has one signal, and its listeners are searched one by one. */
function createAborts(): Aborts {
  const bySignal = new WeakMap<AbortSignal, Set<() => void>>();
  const actionsOf = (signal: AbortSignal) => {
    const known = bySignal.get(signal);
    if (known !== undefined) return known;
    const actions = new Set<() => void>();
    bySignal.set(signal, actions);
    signal.addEventListener('abort', () => [...actions].forEach((run) => run()), { once: true });
    return actions;
  };
  return {
    add: (signal, abort) => {
      const actions = actionsOf(signal);
      actions.add(abort);
      return () => void actions.delete(abort);
    },
  };
}
