import type { MqttPacket } from '@sluice/shared/node/context.ts';

/** Takes what arrives, piece by piece. */
export interface PacketReader {
  /** Calls back when it is done with the piece, with how many packets it took of it; then it takes the next one. */
  read(bytes: Buffer, done: (packets: number) => void): void;
  /** Nothing more comes. */
  end(): void;
}

export interface TakenPacket {
  readonly packet: MqttPacket;
  /** 0 at QoS 0. */
  readonly packetId: number;
}

/** So many are taken at once at most: the greatest batch (EN2). */
const MOST_TOGETHER = 512;

export interface ShortcutOptions {
  /** Where mqtt.js reads. */
  readonly to: NodeJS.WritableStream;
  /** False until the broker has accepted the connection: before that all is for mqtt.js. */
  readonly isOpen: () => boolean;
  /** Every PUBLISH of QoS 0 or 1 that came whole, as many as came together. */
  readonly take: (taken: readonly TakenPacket[]) => void;
  /** A PUBACK. False for one that mqtt.js waits for. */
  readonly acknowledged: (packetId: number) => boolean;
  /** Whether the next packet may be read (EN5). */
  readonly hasRoom: () => boolean;
  /** Calls when there is room again. */
  readonly whenRoom: (readOn: () => void) => void;
}

/**
 * Stands before mqtt.js and takes whole PUBLISH packets of QoS 0 and 1 and the answers to our own out of what arrives:
 * mqtt.js takes a turn of its own for each, which costs more than the flow does. Everything else goes on as it came,
 * packets that are split as well, and what follows waits until mqtt.js is done with it, so that the order stays.
 */
export function shortcut({
  to,
  isOpen,
  take,
  acknowledged,
  hasRoom,
  whenRoom,
}: ShortcutOptions): PacketReader {
  /** The first bytes of a packet whose length is not known yet. */
  let begun: Buffer = Buffer.alloc(0);
  /** Bytes to come of a packet that mqtt.js has the beginning of. */
  let owed = 0;
  /** Of the piece that is read now. */
  let packets = 0;
  /** Those of them that were not taken yet. */
  let gathered: TakenPacket[] = [];
  const flush = () => {
    const taken = gathered;
    gathered = [];
    if (taken.length > 0) take(taken);
  };

  /** Takes the packet at this place where it is one of ours. */
  const takeAt = (bytes: Buffer, at: number, end: number): boolean => {
    const kind = kindAt(bytes, at, end);
    if (kind === undefined) return false;
    if (kind === PUBACK) return acknowledged(bytes.readUInt16BE(end - 2));
    const first = bytes[at] ?? 0;
    const qos = kind === PUBLISH_1 ? 1 : 0;
    const topicAt = bodyOf(bytes, at) + 2;
    const topicEnd = topicAt + bytes.readUInt16BE(topicAt - 2);
    const topic = bytes.toString('utf8', topicAt, topicEnd);
    const payload = bytes.subarray(topicEnd + qos * 2, end);
    const packet = {
      topic,
      payload,
      qos,
      retain: (first & RETAIN) !== 0,
      duplicate: (first & DUP) !== 0,
    } as const;
    gathered.push({ packet, packetId: qos === 1 ? bytes.readUInt16BE(topicEnd) : 0 });
    return true;
  };

  const walk = (bytes: Buffer, from: number, done: (packets: number) => void): void => {
    for (let at = from; at < bytes.length; ) {
      const end = owed === 0 && isOpen() ? endOf(bytes, at) : undefined;
      const isOurs = end !== undefined && end <= bytes.length && takeAt(bytes, at, end);
      if (isOurs) {
        at = end;
        packets += 1;
        if (at < bytes.length && gathered.length < MOST_TOGETHER) continue;
      }
      const hasTaken = gathered.length > 0;
      // What comes by mqtt.js comes after what came before it.
      flush();
      const next = at;
      const readOn = () => (isOurs ? walk(bytes, next, done) : passOn(bytes, next, done));
      // What is for mqtt.js only takes no room, and room may come of it: the answer to CONNECT lets the flow send again.
      if (!hasTaken || hasRoom()) return readOn();
      return whenRoom(readOn);
    }
    done(packets);
  };

  /** Gives mqtt.js what it has to have, up to the next packet that may be taken here. */
  const passOn = (bytes: Buffer, from: number, done: (packets: number) => void): void => {
    let at = Math.min(bytes.length, from + owed);
    owed -= at - from;
    while (at < bytes.length) {
      const end = endOf(bytes, at);
      if (end === undefined) {
        begun = bytes.subarray(at);
        break;
      }
      if (at > from && isOpen() && end <= bytes.length && kindAt(bytes, at, end) !== undefined) break;
      owed = Math.max(0, end - bytes.length);
      at = Math.min(bytes.length, end);
    }
    const next = begun.length > 0 ? bytes.length : at;
    if (at === from) done(packets);
    else to.write(bytes.subarray(from, at), () => walk(bytes, next, done));
  };

  return {
    read: (piece, done) => {
      const bytes = begun.length === 0 ? piece : Buffer.concat([begun, piece]);
      begun = Buffer.alloc(0);
      packets = 0;
      walk(bytes, 0, done);
    },
    end: () => {
      to.end();
    },
  };
}

/** First byte of the packets that may be taken here, without the bits below (MQTT 3.1.1, sections 3.3.1 and 3.4.1). */
const PUBLISH_0 = 0x30;
const PUBLISH_1 = 0x32;
const PUBACK = 0x40;
const RETAIN = 0x01;
const DUP = 0x08;

/** Which of ours the whole packet at `at` is; what is malformed is for mqtt.js to refuse. */
function kindAt(
  bytes: Buffer,
  at: number,
  end: number,
): typeof PUBLISH_0 | typeof PUBLISH_1 | typeof PUBACK | undefined {
  const first = bytes[at] ?? 0;
  if ((bytes[bodyOf(bytes, at) - 1] ?? 0) > 127) return undefined;
  if (first === PUBACK) return end === at + 4 ? PUBACK : undefined;
  // A duplicate of QoS 0 there is none [MQTT-3.3.1-2].
  if ((first & ~RETAIN) === PUBLISH_0) return hasTopic(bytes, at, end, 0) ? PUBLISH_0 : undefined;
  if ((first & ~RETAIN & ~DUP) === PUBLISH_1) return hasTopic(bytes, at, end, 2) ? PUBLISH_1 : undefined;
  return undefined;
}

/** Whether there is a topic and after it so many bytes of a packet id, which is not 0 [MQTT-2.3.1-1]. */
function hasTopic(bytes: Buffer, at: number, end: number, idBytes: 0 | 2): boolean {
  const topicAt = bodyOf(bytes, at) + 2;
  if (topicAt > end) return false;
  const topicEnd = topicAt + bytes.readUInt16BE(topicAt - 2);
  if (topicEnd === topicAt || topicEnd + idBytes > end) return false;
  return idBytes === 0 || bytes.readUInt16BE(topicEnd) > 0;
}

/** Where the body of a packet begins, after a length of one to four bytes (section 2.2.3). */
function bodyOf(bytes: Buffer, at: number): number {
  let next = at + 1;
  while (next < at + 4 && (bytes[next] ?? 0) > 127) next += 1;
  return next + 1;
}

/** Where a packet ends, which may be past the bytes; `undefined` while its length has not wholly arrived. */
function endOf(bytes: Buffer, at: number): number | undefined {
  const body = bodyOf(bytes, at);
  if (body > bytes.length) return undefined;
  let length = 0;
  for (let next = body - 1; next > at; next -= 1) length = length * 128 + ((bytes[next] ?? 0) & 127);
  return body + length;
}
