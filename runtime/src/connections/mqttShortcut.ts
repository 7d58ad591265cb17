import { Writable } from 'node:stream';

/** A whole PUBLISH of QoS 0, and where in the bytes the next packet begins. */
export interface PlainPublish {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly end: number;
}

interface ShortcutOptions {
  /** Where mqtt.js reads. */
  readonly to: NodeJS.WritableStream;
  /** False until the broker has accepted the connection: before that all is for mqtt.js. */
  readonly isOpen: () => boolean;
  readonly take: (packet: PlainPublish) => void;
  /** Calls when the next packet may be read: at once where there is room (EN5). */
  readonly whenRoom: (readOn: () => void) => void;
}

/**
 * Stands before mqtt.js and takes whole PUBLISH packets of QoS 0 out of what arrives: nothing has to be answered to
 * them, and mqtt.js takes a turn of its own for each, which costs more than the flow does. Everything else goes on
 * as it came, packets that are split as well, and what follows waits until mqtt.js is done with it, so that the order
 * stays.
 */
export function shortcut({ to, isOpen, take, whenRoom }: ShortcutOptions): Writable {
  /** The first bytes of a packet whose length is not known yet. */
  let begun: Buffer = Buffer.alloc(0);
  /** Bytes to come of a packet that mqtt.js has the beginning of. */
  let owed = 0;

  const walk = (bytes: Buffer, from: number, done: () => void): void => {
    for (let at = from; at < bytes.length; ) {
      const packet = owed === 0 && isOpen() ? plainPublish(bytes, at) : undefined;
      if (packet === undefined) return passOn(bytes, at, done);
      at = packet.end;
      take(packet);
      let isAtOnce: boolean | undefined;
      whenRoom(() => {
        if (isAtOnce === undefined) isAtOnce = true;
        else walk(bytes, at, done);
      });
      if (isAtOnce === undefined) {
        isAtOnce = false;
        return;
      }
    }
    done();
  };

  /** Gives mqtt.js what it has to have, up to the next packet that is taken here. */
  const passOn = (bytes: Buffer, from: number, done: () => void): void => {
    let at = Math.min(bytes.length, from + owed);
    owed -= at - from;
    while (at < bytes.length) {
      const end = endOf(bytes, at);
      if (end === undefined) {
        begun = bytes.subarray(at);
        break;
      }
      if (at > from && isOpen() && plainPublish(bytes, at) !== undefined) break;
      owed = Math.max(0, end - bytes.length);
      at = Math.min(bytes.length, end);
    }
    const next = begun.length > 0 ? bytes.length : at;
    if (at === from) done();
    else to.write(bytes.subarray(from, at), () => walk(bytes, next, done));
  };

  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const bytes = begun.length === 0 ? chunk : Buffer.concat([begun, chunk]);
      begun = Buffer.alloc(0);
      walk(bytes, 0, done);
    },
    final: (done) => {
      to.end();
      done();
    },
  });
}

/** A packet that is whole, a PUBLISH and of QoS 0 (MQTT 3.1.1, section 3.3). */
function plainPublish(bytes: Buffer, at: number): PlainPublish | undefined {
  const first = bytes[at] ?? 0;
  if ((first & 0xf6) !== 0x30) return undefined;
  const end = endOf(bytes, at);
  if (end === undefined || end > bytes.length) return undefined;
  const topicAt = bodyOf(bytes, at) + 2;
  if (topicAt > end) return undefined;
  const payloadAt = topicAt + bytes.readUInt16BE(topicAt - 2);
  if (payloadAt > end || payloadAt === topicAt) return undefined;
  const topic = bytes.toString('utf8', topicAt, payloadAt);
  return { topic, payload: bytes.subarray(payloadAt, end), retain: (first & 1) === 1, end };
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
