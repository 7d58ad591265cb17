// MQTT 3.1.1 (OASIS Standard, section 3) as far as the ledger needs it: QoS 1, persistent sessions.

/** Types of control packets: the upper four bits of the first byte. */
export const TYPE = { connack: 2, publish: 3, puback: 4, suback: 9 } as const;

const DUPLICATE = 0x08;
const QOS_1 = 0x02;

export interface Packet {
  readonly type: number;
  /** The lower four bits of the first byte. */
  readonly flags: number;
  readonly body: Buffer;
  /** The whole packet. */
  readonly bytes: Buffer;
}

export interface Publish {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  /** 0 at QoS 0. */
  readonly id: number;
  readonly isDuplicate: boolean;
}

/** A CONNECT that keeps its session, without keep-alive. */
export function connectPacket(clientId: string): Buffer {
  return packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 0, 0, 0]), text(clientId)]));
}

export function subscribePacket(id: number, filters: readonly string[]): Buffer {
  return packet(
    0x82,
    Buffer.concat([uint16(id), ...filters.flatMap((filter) => [text(filter), Buffer.from([1])])]),
  );
}

/** A PUBLISH at QoS 1. */
export function publishPacket(id: number, topic: string, payload: Buffer, isDuplicate: boolean): Buffer {
  const first = 0x30 | QOS_1 | (isDuplicate ? DUPLICATE : 0);
  return packet(first, Buffer.concat([text(topic), uint16(id), payload]));
}

export function pubackPacket(id: number): Buffer {
  return packet(0x40, uint16(id));
}

export function readPublish({ flags, body }: Packet): Publish {
  const end = 2 + body.readUInt16BE(0);
  const qos = (flags >> 1) & 3;
  return {
    topic: body.toString('utf8', 2, end),
    payload: body.subarray(qos === 0 ? end : end + 2),
    qos,
    id: qos === 0 ? 0 : body.readUInt16BE(end),
    isDuplicate: (flags & DUPLICATE) !== 0,
  };
}

/** The packet id of a PUBACK or SUBACK. */
export function readId({ body }: Packet): number {
  return body.readUInt16BE(0);
}

/** Cuts a stream of bytes into packets. */
export function packetReader(onPacket: (packet: Packet) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let found = packetAt(bytes, at); found !== undefined; found = packetAt(bytes, at)) {
      at += found.bytes.length;
      onPacket(found);
    }
    rest = bytes.subarray(at);
  };
}

function packetAt(bytes: Buffer, at: number): Packet | undefined {
  let length = 0;
  for (let index = at + 1; index < Math.min(bytes.length, at + 5); index++) {
    const byte = bytes[index] ?? 0;
    length += (byte & 127) * 128 ** (index - at - 1);
    if (byte >= 128) continue;
    const end = index + 1 + length;
    if (end > bytes.length) return undefined;
    const first = bytes[at] ?? 0;
    const body = bytes.subarray(index + 1, end);
    return { type: first >> 4, flags: first & 15, body, bytes: bytes.subarray(at, end) };
  }
  return undefined;
}

function packet(first: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first]), remainingLength(body.length), body]);
}

function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint16(bytes.length), bytes]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
