import type { MqttPacket } from '@sluice/shared/node/context.ts';
import type { MqttClient } from 'mqtt';
import { encodeBurst } from './mqttBurst.ts';

export interface MqttPublisher {
  /** Resolves when the broker has it, at QoS 0 when it is written to the socket; rejects with a sentence when `signal` gives up on it first. */
  publish(packet: Outgoing, signal: AbortSignal): Promise<void>;
  readonly isBusy: boolean;
}

/** Publishes, and waits for the broker where it is away. `state` says how the connection is, for the sentence. */
export function createPublisher(client: MqttClient, state: () => string): MqttPublisher {
  const aborts = createAborts();
  const connected = createGate(client, aborts);
  let underWay = 0;

  const send = (packet: Outgoing, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const finish = (error?: Error) => {
        forgetAbort();
        if (error === undefined || error === null) resolve();
        else reject(unconfirmed([packet], state(), error));
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

  const bursts = createBursts(client, aborts, (packets) => unconfirmed(packets, state()));

  const sendWhenConnected = async (packet: Outgoing, signal: AbortSignal) => {
    if (!client.connected && !(await connected.wait(signal))) throw unconfirmed([packet], state());
    await send(packet, signal);
  };
  const counted = (sent: Promise<void>) => {
    underWay += 1;
    return sent.finally(() => (underWay -= 1));
  };

  return {
    publish: (packet, signal) => {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (packet.qos === 0 && client.connected) return bursts.add(packet, signal, counted);
      bursts.flush();
      return counted(sendWhenConnected(packet, signal));
    },
    get isBusy() {
      return underWay > 0;
    },
  };
}

type Outgoing = Omit<MqttPacket, 'duplicate'>;

interface Burst {
  readonly signal: AbortSignal;
  readonly packets: Outgoing[];
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Packets of QoS 0 that are published in one go are written in one go, and share one promise. */
function createBursts(
  client: MqttClient,
  aborts: Aborts,
  failure: (packets: readonly Outgoing[], cause?: Error) => Error,
) {
  let open: Burst | undefined;
  const flush = () => {
    const burst = open;
    open = undefined;
    if (burst === undefined) return;
    const { packets, signal, resolve, reject } = burst;
    const forgetAbort = aborts.add(signal, () => reject(failure(packets)));
    client.stream.write(encodeBurst(packets), (error) => {
      forgetAbort();
      if (error === undefined || error === null) resolve();
      else reject(failure(packets, error));
    });
  };
  return {
    flush,
    add: (packet: Outgoing, signal: AbortSignal, begun: (sent: Promise<void>) => Promise<void>) => {
      if (open?.signal !== signal) {
        flush();
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        open = { signal, packets: [], written: begun(promise), resolve, reject };
        queueMicrotask(flush);
      }
      open.packets.push(packet);
      return open.written;
    },
  };
}

function unconfirmed(packets: readonly Outgoing[], state: string, cause?: Error): Error {
  const [first, ...others] = packets;
  const what = `The message for “${first?.topic}”`;
  const sentence =
    others.length === 0
      ? `${what} was not confirmed by the broker in time (${state}).`
      : `${what} and ${others.length} more after it were not taken by the connection to the broker (${state}).`;
  return new Error(sentence, cause === undefined ? {} : { cause });
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
