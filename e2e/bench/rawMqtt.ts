import net from 'node:net';

// The smallest pieces of MQTT 3.1.1 over a socket, so that the generator stays far cheaper than what it measures.

type Qos = 0 | 1;

function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function packet(first: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first]), remainingLength(body.length), body]);
}

/** CONNECT with a clean session and no keep-alive. */
export function connectPacket(clientId: string): Buffer {
  return packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 0]), text(clientId)]));
}

export function subscribePacket(filter: string, qos: Qos): Buffer {
  return packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([qos])]));
}

/** A PUBLISH; at QoS 1 with the packet id 1, which stands before the payload. */
export function publishPacket(topic: string, payload: string, qos: Qos = 0): Buffer {
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.from([0, 1]);
  return packet(0x30 | (qos << 1), Buffer.concat([text(topic), id, Buffer.from(payload)]));
}

/** A PUBLISH that came: where in the bytes its payload is. */
type OnPublish = (bytes: Buffer, payloadAt: number, end: number) => void;

/** Splits a stream into packets; gives each PUBLISH to `onPublish` and the packet ids of those at QoS 1 to `onId`. */
class Splitter {
  #rest: Buffer | undefined;
  readonly #onPublish: OnPublish;
  readonly #onId: (packetId: number) => void;

  constructor(onPublish: OnPublish, onId: (packetId: number) => void) {
    this.#onPublish = onPublish;
    this.#onId = onId;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let next = endOfPacket(bytes, at); next !== undefined; next = endOfPacket(bytes, at)) {
      if ((bytes[at] ?? 0) >> 4 === 3) this.#publish(bytes, at, next.body, next.end);
      at = next.end;
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at);
  }

  #publish(bytes: Buffer, at: number, body: number, end: number): void {
    const afterTopic = body + 2 + bytes.readUInt16BE(body);
    const hasId = ((bytes[at] ?? 0) & 6) !== 0;
    if (hasId) this.#onId(bytes.readUInt16BE(afterTopic));
    this.#onPublish(bytes, afterTopic + (hasId ? 2 : 0), end);
  }
}

/** Where the body of the packet at `at` begins and where it ends; `undefined` while it is not whole. */
export function endOfPacket(bytes: Buffer, at: number): { body: number; end: number } | undefined {
  let length = 0;
  let factor = 1;
  for (let index = at + 1; index < bytes.length && index < at + 5; index++) {
    const byte = bytes[index] ?? 0;
    length += (byte & 127) * factor;
    factor *= 128;
    if ((byte & 128) !== 0) continue;
    const end = index + 1 + length;
    return end <= bytes.length ? { body: index + 1, end } : undefined;
  }
  return undefined;
}

/** Answers packets of QoS 1, those of one turn in one write. */
function acknowledgingOn(socket: net.Socket): (packetId: number) => void {
  let owed: number[] = [];
  return (packetId) => {
    if (owed.push(packetId) > 1) return;
    queueMicrotask(() => {
      const bytes = Buffer.from(owed.flatMap((id) => [0x40, 2, id >> 8, id & 255]));
      owed = [];
      socket.write(bytes);
    });
  };
}

export interface RawClient {
  write(bytes: Buffer): void;
  end(): void;
}

export interface Wanted {
  readonly filter: string;
  readonly qos?: Qos;
  readonly onPublish: OnPublish;
}

const READ_BYTES = 1 << 20;
const CONNACK_BYTES = 4;
/**
 * After each read the socket is left alone for a moment, so that what comes is read in large pieces. A reader that sleeps
 * has to be woken for each packet, by the broker: at 20,000 a second that costs the broker more than the packets.
 */
const REST_MS = 1;

/** Connects, subscribes where something is wanted, and hands on each PUBLISH, at most `REST_MS` late. */
export async function connectRaw(port: number, clientId: string, wanted?: Wanted): Promise<RawClient> {
  let onConnack = () => {};
  let toSkip = CONNACK_BYTES;
  const read = (length: number, bytes: Uint8Array): boolean => {
    // A copy: the rest of a packet is kept, and the buffer is filled again.
    splitter.push(Buffer.from(bytes.subarray(toSkip, length)));
    toSkip = 0;
    onConnack();
    setTimeout(() => socket.resume(), REST_MS);
    return false;
  };
  const onread = { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: read };
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, onread });
  const splitter = new Splitter(wanted?.onPublish ?? (() => {}), acknowledgingOn(socket));
  await new Promise<void>((resolve, reject) => {
    onConnack = resolve;
    socket.once('error', reject);
    socket.once('connect', () => socket.write(connectPacket(clientId)));
  });
  // Cut off by a broker that ends: what is measured then says so by itself.
  socket.on('error', () => {});
  if (wanted !== undefined) socket.write(subscribePacket(wanted.filter, wanted.qos ?? 0));
  return { write: (bytes) => void socket.write(bytes), end: () => void socket.destroy() };
}
