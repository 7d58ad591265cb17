import { openClient } from './client.ts';
import { publishPacket, readId, TYPE } from './packets.ts';

const MOST_IDS = 65_535;

/** What was published and is not confirmed; kept and sent again in order when the connection comes back. */
interface Unconfirmed {
  readonly topic: string;
  readonly payload: Buffer;
  readonly onConfirmed: () => void;
}

/** Publishes at QoS 1 with many messages in flight, as a good gateway does. */
export interface Publisher {
  /** `onConfirmed`: the broker has acknowledged it. */
  publish(topic: string, payload: Buffer, onConfirmed: () => void): void;
  readonly isConnected: boolean;
  readonly inFlight: number;
  /** Messages that were sent once more, because the connection was lost before they were confirmed. */
  readonly sentAgain: number;
  connected(): Promise<void>;
  close(): void;
}

export function openPublisher(port: number, clientId: string): Publisher {
  const unconfirmed = new Map<number, Unconfirmed>();
  let sentAgain = 0;
  let lastId = 0;
  let gathered: Buffer[] = [];

  const client = openClient({
    port,
    clientId,
    onConnected: () => {
      sentAgain += unconfirmed.size;
      gathered = [...unconfirmed].map(([id, { topic, payload }]) => publishPacket(id, topic, payload, true));
      flush();
    },
    onPacket: (packet) => {
      if (packet.type !== TYPE.puback) return;
      const found = unconfirmed.get(readId(packet));
      unconfirmed.delete(readId(packet));
      found?.onConfirmed();
    },
  });
  const flush = () => {
    if (client.isConnected && gathered.length > 0) client.write(Buffer.concat(gathered));
    gathered = [];
  };

  return {
    publish: (topic, payload, onConfirmed) => {
      do lastId = (lastId % MOST_IDS) + 1;
      while (unconfirmed.has(lastId));
      unconfirmed.set(lastId, { topic, payload, onConfirmed });
      if (gathered.push(publishPacket(lastId, topic, payload, false)) === 1) setImmediate(flush);
    },
    get isConnected() {
      return client.isConnected;
    },
    get inFlight() {
      return unconfirmed.size;
    },
    get sentAgain() {
      return sentAgain;
    },
    connected: client.connected,
    close: client.close,
  };
}
