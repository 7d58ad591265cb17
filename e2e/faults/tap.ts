import { once } from 'node:events';
import net from 'node:net';
import type { Packet, Publish } from './packets.ts';
import { packetReader, readId, readPublish, TYPE } from './packets.ts';

/**
 * Stands between the product and a broker and passes everything on as it is. It sees what the product has acknowledged
 * to the broker and what the broker has confirmed to the product, so that a message that the broker itself lost, when it
 * was killed, can be told from one that the product lost.
 */
export interface Tap {
  readonly port: number;
  /** Messages of QoS 1 that the product has and has not acknowledged, and those it has sent that are not confirmed. */
  underWay(): number;
  /** Whether the product has acknowledged it as an input. */
  isTaken(key: string): boolean;
  /** Whether the broker has confirmed it to the product as an output. */
  isConfirmed(key: string): boolean;
  /** Outputs that the product sent oftener than it was given the input. */
  readonly sentAgain: number;
  close(): Promise<void>;
}

/** `keyOf` says by what a message is known, or that it is none of those that count. */
export type KeyOf = (message: Publish) => { readonly way: 'in' | 'out'; readonly key: string } | undefined;

interface Seen {
  given: number;
  isTaken: boolean;
  sent: number;
  isConfirmed: boolean;
}

export async function openTap(brokerPort: number, keyOf: KeyOf): Promise<Tap> {
  const seen = new Map<string, Seen>();
  const pairs = new Set<Pair>();
  const server = net.createServer((socket) => {
    const pair = join(socket, brokerPort, keyOf, seenOf(seen));
    pairs.add(pair);
    socket.once('close', () => pairs.delete(pair));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    underWay: () => [...pairs].reduce((sum, { inputs, outputs }) => sum + inputs.size + outputs.size, 0),
    isTaken: (key) => seen.get(key)?.isTaken === true,
    isConfirmed: (key) => seen.get(key)?.isConfirmed === true,
    get sentAgain() {
      let sum = 0;
      for (const { sent, given } of seen.values()) sum += Math.max(0, sent - given);
      return sum;
    },
    close: async () => {
      for (const { end } of pairs) end();
      server.close();
      await once(server, 'close');
    },
  };
}

function seenOf(seen: Map<string, Seen>): (key: string) => Seen {
  return (key) => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    const fresh = { given: 0, isTaken: false, sent: 0, isConfirmed: false };
    seen.set(key, fresh);
    return fresh;
  };
}

/** One connection of the product, with what is under way on it by packet id. */
interface Pair {
  readonly inputs: Map<number, string>;
  readonly outputs: Map<number, string>;
  end(): void;
}

function join(product: net.Socket, brokerPort: number, keyOf: KeyOf, seenOf: (key: string) => Seen): Pair {
  const broker = net.connect({ host: '127.0.0.1', port: brokerPort, noDelay: true });
  const inputs = new Map<number, string>();
  const outputs = new Map<number, string>();
  const end = () => {
    product.destroy();
    broker.destroy();
  };

  const fromBroker = packetReader((packet) => {
    note(packet, 'in', keyOf, inputs, (key) => (seenOf(key).given += 1));
    settle(packet, outputs, (key) => (seenOf(key).isConfirmed = true));
  });
  const fromProduct = packetReader((packet) => {
    note(packet, 'out', keyOf, outputs, (key) => (seenOf(key).sent += 1));
    settle(packet, inputs, (key) => (seenOf(key).isTaken = true));
  });
  pass(broker, product, fromBroker, end);
  pass(product, broker, fromProduct, end);
  return { inputs, outputs, end };
}

function pass(from: net.Socket, to: net.Socket, look: (chunk: Buffer) => void, end: () => void): void {
  from.setNoDelay(true);
  from.on('data', (chunk: Buffer) => {
    look(chunk);
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  // The close that follows ends both.
  from.on('error', () => undefined);
  from.on('close', end);
}

function note(
  packet: Packet,
  way: 'in' | 'out',
  keyOf: KeyOf,
  underWay: Map<number, string>,
  count: (key: string) => void,
): void {
  if (packet.type !== TYPE.publish) return;
  const message = readPublish(packet);
  if (message.qos === 0) return;
  const known = keyOf(message);
  if (known?.way !== way) return;
  underWay.set(message.id, known.key);
  count(known.key);
}

function settle(packet: Packet, underWay: Map<number, string>, mark: (key: string) => void): void {
  if (packet.type !== TYPE.puback) return;
  const key = underWay.get(readId(packet));
  underWay.delete(readId(packet));
  if (key !== undefined) mark(key);
}
