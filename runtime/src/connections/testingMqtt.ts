import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import type { SluiceError } from '@sluice/shared/errors.ts';
import type { MqttPacket } from '@sluice/shared/node/context.ts';
import { systemTime } from '../runner/time.ts';
import type { MqttConnection } from './mqtt.ts';
import { openMqtt } from './mqtt.ts';

// A real broker and connections to it, for the tests of MQTT connections.

/** What a test has opened; `stopAll` closes it, the last first. */
export const stops: (() => unknown)[] = [];

export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

export interface Broker {
  readonly url: string;
  readonly port: number;
  readonly aedes: Aedes;
  /** Topics that clients subscribed to, in order. */
  readonly asked: string[];
  /** Texts that clients published, in order. */
  readonly received: string[];
  /** From now on what is published is swallowed and not answered; `end` ends that. */
  holdBack(): { readonly held: number; end(): void };
  /** Packet ids of PUBACKs that came in. */
  readonly acknowledged: number[];
  publish(topic: string, text: string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>;
  /** Cuts every socket and stops listening; the sessions stay. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Takes a subscription out of the session of every client that is connected, as if it had never been stored. */
  forget(filter: string): Promise<void>;
}

/** What is not in the types of aedes. */
interface Inside {
  readonly clients: Record<string, unknown>;
  readonly persistence: { removeSubscriptions(client: { id: string }, filters: string[]): Promise<void> };
}

export async function startBroker(): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const asked: string[] = [];
  const acknowledged: number[] = [];
  aedes.on('subscribe', (subscriptions) => asked.push(...subscriptions.map(({ topic }) => topic)));
  aedes.on('ack', (packet) => acknowledged.push(packet?.messageId ?? 0));
  const received: string[] = [];
  aedes.on('publish', ({ topic, payload }) => {
    if (!topic.startsWith('$')) received.push(payload.toString());
  });
  const holdBack = () => {
    const { authorizePublish } = aedes;
    let held = 0;
    aedes.authorizePublish = () => void (held += 1);
    return {
      get held() {
        return held;
      },
      end: () => void (aedes.authorizePublish = authorizePublish),
    };
  };
  let server: Server | undefined;
  const listen = async (port: number) => {
    server = createServer(aedes.handle);
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const goAway = async () => {
    const listening = server;
    server = undefined;
    if (listening === undefined) return;
    const closed = new Promise((resolve) => listening.close(resolve));
    Object.values(
      (aedes as unknown as { clients: Record<string, { conn: { destroy(): void } }> }).clients,
    ).forEach(({ conn }) => conn.destroy());
    await closed;
  };
  const port = await listen(0);
  stops.push(async () => {
    await goAway();
    await new Promise<void>((resolve) => aedes.close(resolve));
  });
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    aedes,
    asked,
    received,
    holdBack,
    acknowledged,
    publish: (topic, text, { qos = 1, retain = false } = {}) =>
      new Promise((resolve, reject) => {
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(text), qos, retain, dup: false },
          (error) => (error ? reject(error) : resolve()),
        );
      }),
    goAway,
    comeBack: async () => void (await listen(port)),
    forget: async (filter) => {
      const { clients, persistence } = aedes as unknown as Inside;
      for (const id of Object.keys(clients)) await persistence.removeSubscriptions({ id }, [filter]);
    },
  };
}

export function open(url: string, instance = 'test', config: Record<string, unknown> = {}): MqttConnection {
  const connection = openMqtt({
    connection: plant({ url, ...config }),
    instance,
    scheduler: systemTime,
    retryMs: 100,
  });
  stops.push(() => connection.close());
  return connection;
}

export function collect() {
  const got: { readonly packet: MqttPacket; readonly acknowledge: () => void }[] = [];
  const state = { hasRoom: true };
  const receive = (packets: readonly MqttPacket[], acknowledge: () => void) => {
    // Those that came together are acknowledged together, with the last of them.
    let open = packets.length;
    const one = () => {
      open -= 1;
      if (open === 0) acknowledge();
    };
    for (const packet of packets) got.push({ packet, acknowledge: one });
    return state.hasRoom;
  };
  const texts = () => got.map(({ packet }) => Buffer.from(packet.payload).toString());
  return { got, state, receive, texts };
}

export const packet = (text: string, qos: 0 | 1 | 2) =>
  ({ topic: 'a', payload: Buffer.from(text), qos, retain: false }) as const;

/** Code and sentence of what it fails with. */
export const failureOf = (promise: Promise<void>) =>
  promise.then(
    () => 'it did not fail',
    (error: SluiceError) => `${error.code}: ${error.message}`,
  );

export const never = () => new AbortController().signal;

/** The settings of a connection. */
export const plant = (config: Record<string, unknown>) => ({
  id: 'plant',
  name: 'Plant',
  type: 'mqtt',
  config,
  secrets: {},
});
