import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { createTestingWait } from './testingWait.ts';

/** What a client published to the broker of a test. */
interface ReceivedPacket {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** A real broker on loopback, for tests. */
export interface TestingBroker {
  readonly url: string;
  readonly port: number;
  /** What clients published, in order. */
  readonly received: readonly ReceivedPacket[];
  /** Resolves when this holds; looked at after each publish and each subscription. */
  until(holds: () => boolean): Promise<void>;
  /** Topic filters that clients listen to. */
  readonly filters: readonly string[];
  /** Publishes to those who listen; resolves when the broker has taken it. */
  publish(topic: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a broker; port 0 takes any free one. */
export async function startTestingBroker(port = 0): Promise<TestingBroker> {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const received: ReceivedPacket[] = [];
  const filters: string[] = [];
  const wait = createTestingWait();
  aedes.on('publish', (packet, client) => {
    if (client === null) return;
    const { topic, payload, qos, retain } = packet;
    received.push({ topic, payload: String(payload), qos, retain });
    wait.lookAgain();
  });
  aedes.on('subscribe', (subscriptions) => {
    filters.push(...subscriptions.map(({ topic }) => topic));
    wait.lookAgain();
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `mqtt://127.0.0.1:${taken}`,
    port: taken,
    received,
    filters,
    until: (holds) => wait.until(holds),
    publish: (topic, payload) =>
      new Promise((resolve, reject) => {
        aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
