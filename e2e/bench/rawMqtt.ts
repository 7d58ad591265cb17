import net from 'node:net';

// The smallest pieces of MQTT 3.1.1 over a socket, so that the generator stays far cheaper than what it measures.

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

function connectPacket(clientId: string): Buffer {
  return packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 0]), text(clientId)]));
}

/** A PUBLISH at QoS 0. */
export function publishPacket(topic: string, payload: string): Buffer {
  return packet(0x30, Buffer.concat([text(topic), Buffer.from(payload)]));
}

/** Gives the body of each whole PUBLISH in a stream of packets to `onPublish`. */
class Splitter {
  #rest: Buffer | undefined;
  readonly #onPublish: (body: Buffer) => void;

  constructor(onPublish: (body: Buffer) => void) {
    this.#onPublish = onPublish;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let next = endOfPacket(bytes, at); next !== undefined; next = endOfPacket(bytes, at)) {
      if ((bytes[at] ?? 0) >> 4 === 3) this.#onPublish(bytes.subarray(next.body, next.end));
      at = next.end;
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at);
  }
}

function endOfPacket(bytes: Buffer, at: number): { body: number; end: number } | undefined {
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

export interface RawClient {
  write(bytes: Buffer): void;
  end(): void;
}

/** Connects, subscribes where a filter is given, and hands on the body of each PUBLISH. */
export async function connectRaw(
  port: number,
  clientId: string,
  filter?: string,
  onPublish: (body: Buffer) => void = () => {},
): Promise<RawClient> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  const splitter = new Splitter(onPublish);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => socket.write(connectPacket(clientId)));
    socket.once('data', (connack: Buffer) => {
      socket.on('data', (chunk: Buffer) => splitter.push(chunk));
      if (connack.length > 4) splitter.push(connack.subarray(4));
      resolve();
    });
  });
  if (filter !== undefined)
    socket.write(packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([0])])));
  return { write: (bytes) => void socket.write(bytes), end: () => void socket.destroy() };
}
