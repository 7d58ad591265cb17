import { isUtf8 } from 'node:buffer';

// Looks at MQTT 3.1.1 packets as bytes, before the broker's parser sees them (OASIS MQTT 3.1.1, sections 2 and 3).

export interface GuardLimits {
  /** The longest packet until CONNECT was accepted, bytes. */
  readonly beforeConnectBytes: number;
  /** The longest packet after that, bytes. */
  readonly packetBytes: number;
}

/** `bytes`: whole packets that are fine; may be empty while a packet is not whole yet. */
export type GuardVerdict =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: string };

export interface PacketGuard {
  /** Takes what the socket read. After a refusal the connection has to be closed. */
  take(chunk: Buffer): GuardVerdict;
  /** CONNECT was accepted: the larger limit holds from now on. */
  accept(): void;
}

const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
/** Packets that only a server sends, and the two reserved types (section 2.2.1). */
const NEVER_FROM_CLIENTS = new Set([0, 2, 9, 11, 13, 15]);
const NOTHING = Buffer.alloc(0);

export function createPacketGuard(limits: GuardLimits): PacketGuard {
  let rest = NOTHING;
  let limit = limits.beforeConnectBytes;
  let hasConnect = false;
  return {
    take(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (;;) {
        const wrongType = at < bytes.length ? checkType((bytes[at] ?? 0) >> 4, hasConnect) : undefined;
        if (wrongType !== undefined) return { ok: false, reason: wrongType };
        const frame = readFrame(bytes, at, limit);
        if (frame.kind === 'refused') return { ok: false, reason: frame.reason };
        if (frame.kind === 'partial') break;
        const reason = checkTexts(frame.type, bytes.subarray(frame.bodyAt, frame.end));
        if (reason !== undefined) return { ok: false, reason };
        hasConnect = true;
        at = frame.end;
      }
      rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
      return { ok: true, bytes: bytes.subarray(0, at) };
    },
    accept() {
      limit = limits.packetBytes;
    },
  };
}

type Frame =
  | { readonly kind: 'whole'; readonly type: number; readonly bodyAt: number; readonly end: number }
  | { readonly kind: 'partial' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads the fixed header: type and remaining length (section 2.2). */
function readFrame(bytes: Buffer, at: number, limit: number): Frame {
  if (bytes.length - at < 2) return { kind: 'partial' };
  let length = 0;
  let position = at + 1;
  for (let shift = 0; ; shift += 7) {
    if (shift > 21) return { kind: 'refused', reason: 'the length of a packet is malformed' };
    const byte = bytes[position];
    if (byte === undefined) return { kind: 'partial' };
    position++;
    length += (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) break;
  }
  if (position - at + length > limit) {
    return { kind: 'refused', reason: `a packet of ${length} bytes is longer than the ${limit} allowed` };
  }
  if (bytes.length - position < length) return { kind: 'partial' };
  return { kind: 'whole', type: (bytes[at] ?? 0) >> 4, bodyAt: position, end: position + length };
}

/** Why a packet is refused by its first byte, before anything else of it came. */
function checkType(type: number, hasConnect: boolean): string | undefined {
  if (NEVER_FROM_CLIENTS.has(type)) return `a packet of type ${type} never comes from a client`;
  if (!hasConnect && type !== CONNECT) return 'the first packet is not CONNECT';
  if (hasConnect && type === CONNECT) return 'CONNECT came twice';
  return undefined;
}

function checkTexts(type: number, body: Buffer): string | undefined {
  const texts = textsOf(type, body);
  if (texts === undefined) return 'a text is longer than its packet';
  return texts.some((text) => text.includes(0) || !isUtf8(text))
    ? 'a text has NUL or is not UTF-8'
    : undefined;
}

function textsOf(type: number, body: Buffer): readonly Buffer[] | undefined {
  switch (type) {
    case CONNECT:
      return connectTexts(body);
    case PUBLISH:
      return textList(body, 0, 1);
    case SUBSCRIBE:
      return textList(body, 2, Number.POSITIVE_INFINITY, 1);
    case UNSUBSCRIBE:
      return textList(body, 2, Number.POSITIVE_INFINITY);
    default:
      return [];
  }
}

/** Texts one after the other (section 1.5.3), each followed by `gap` bytes; `undefined` where one does not fit. */
function textList(body: Buffer, from: number, count: number, gap = 0): readonly Buffer[] | undefined {
  const texts: Buffer[] = [];
  let at = from;
  while (texts.length < count && at < body.length) {
    const text = textAt(body, at);
    if (text === undefined) return undefined;
    texts.push(text);
    at += 2 + text.length + gap;
  }
  return at > body.length ? undefined : texts;
}

function textAt(body: Buffer, at: number): Buffer | undefined {
  if (at + 2 > body.length) return undefined;
  const end = at + 2 + body.readUInt16BE(at);
  return end > body.length ? undefined : body.subarray(at + 2, end);
}

/** Protocol name, then after level, flags and keep-alive: client id, will topic, will message, user name (section 3.1). */
function connectTexts(body: Buffer): readonly Buffer[] | undefined {
  const name = textAt(body, 0);
  if (name === undefined) return undefined;
  const flags = body[2 + name.length + 1];
  const level = body[2 + name.length];
  if (flags === undefined || level === undefined) return undefined;
  // Version 5 has properties in between; the broker refuses it by its level.
  if (level > 4) return [name];
  const hasWill = (flags & 0b100) !== 0;
  const hasUser = (flags & 0b1000_0000) !== 0;
  const fields = textList(body, 2 + name.length + 4, 1 + (hasWill ? 2 : 0) + (hasUser ? 1 : 0));
  if (fields === undefined) return undefined;
  // The will message is bytes and not a text.
  return [name, ...fields.filter((_, index) => !(hasWill && index === 2))];
}
