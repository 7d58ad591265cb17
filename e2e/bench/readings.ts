import { publishPacket } from './rawMqtt.ts';

/** Every sequence number has as many digits, so that they are put into packets that are made once. */
const FIRST_SEQ = 10_000_000;
const DIGITS = 8;
const BUFFER_BYTES = 65_536;
const SEQ_FIELD = '"seq":';
const SEQ_BYTES = Buffer.from(SEQ_FIELD);

export interface Readings {
  /** Adds the reading of a sequence number; those with an even one are warm. */
  put(seq: number): void;
  /** What was added, by connection; `undefined` where that is nothing. */
  take(): readonly (Buffer | undefined)[];
  /** The sequence number in a payload, `undefined` where there is none of these. */
  seqIn(bytes: Buffer, at: number, end: number): number | undefined;
}

interface Template {
  readonly bytes: Buffer;
  readonly seqAt: number;
  readonly packetIdAt: number;
}

interface Outgoing {
  bytes: Buffer[];
  open: Buffer;
  /** What lies before was taken already. */
  from: number;
  used: number;
  packetId: number;
}

/** Makes PUBLISH packets by copying one that was made before, so that the generator takes little of the machine. */
export function createReadings(options: { qos: 0 | 1; devices: number; connections: number }): Readings {
  const { qos, devices, connections } = options;
  const templates = Array.from({ length: devices * 2 }, (_, index) =>
    templateOf(index >> 1, index % 2 === 0, qos),
  );
  const outgoing = Array.from(
    { length: connections },
    (): Outgoing => ({ bytes: [], open: fresh(), from: 0, used: 0, packetId: 0 }),
  );
  let seqFromEnd = 0;
  return {
    put: (seq) => {
      const device = (seq >> 1) % devices;
      const template = templates[device * 2 + (seq & 1)];
      const to = outgoing[device % connections];
      if (template !== undefined && to !== undefined) append(to, template, seq, qos);
    },
    take: () =>
      outgoing.map((to) => {
        close(to);
        const { bytes } = to;
        to.bytes = [];
        return bytes.length < 2 ? bytes[0] : Buffer.concat(bytes);
      }),
    seqIn: (bytes, at, end) => {
      let found = end - seqFromEnd;
      if (seqFromEnd === 0 || found < at || !isSeqField(bytes, found)) {
        found = bytes.indexOf(SEQ_FIELD, at);
        if (found < 0 || found >= end) return undefined;
        seqFromEnd = end - found;
      }
      return readDigits(bytes, found + SEQ_FIELD.length) - FIRST_SEQ;
    },
  };
}

function templateOf(device: number, isWarm: boolean, qos: 0 | 1): Template {
  const temperature = isWarm ? 35.5 : 20.5;
  const payload = `{"deviceId":"d${device}","temperature":${temperature},"ts":${Date.now()},${SEQ_FIELD}${FIRST_SEQ}}`;
  const bytes = publishPacket(`devices/d${device}/telemetry`, payload, qos);
  return { bytes, seqAt: bytes.length - DIGITS - 1, packetIdAt: bytes.length - payload.length - 2 };
}

function append(to: Outgoing, { bytes, seqAt, packetIdAt }: Template, seq: number, qos: 0 | 1): void {
  if (to.used + bytes.length > to.open.length) {
    close(to);
    to.open = fresh();
    to.from = to.used = 0;
  }
  const from = to.used;
  bytes.copy(to.open, from);
  writeDigits(to.open, from + seqAt, FIRST_SEQ + seq);
  if (qos === 1) {
    to.packetId = (to.packetId % 65_535) + 1;
    to.open.writeUInt16BE(to.packetId, from + packetIdAt);
  }
  to.used += bytes.length;
}

function close(to: Outgoing): void {
  if (to.used > to.from) to.bytes.push(to.open.subarray(to.from, to.used));
  to.from = to.used;
}

const fresh = () => Buffer.allocUnsafeSlow(BUFFER_BYTES);

function writeDigits(bytes: Buffer, at: number, number: number): void {
  let rest = number;
  for (let place = DIGITS - 1; place >= 0; place--) {
    bytes[at + place] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** Byte by byte: a string for each message would be garbage, and its collection a latency. */
function isSeqField(bytes: Buffer, at: number): boolean {
  for (let place = 0; place < SEQ_BYTES.length; place++)
    if (bytes[at + place] !== SEQ_BYTES[place]) return false;
  return true;
}

function readDigits(bytes: Buffer, at: number): number {
  let number = 0;
  for (let place = 0; place < DIGITS; place++) number = number * 10 + (bytes[at + place] ?? 48) - 48;
  return number;
}
