import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import type { LogSum, SumOrder } from './logChecksum.ts';
import { addedTo, flippedWords } from './logChecksum.ts';

// A write-ahead log as SQLite writes it (https://sqlite.org/fileformat2.html, section 4): a header, then frames of a page
// each. Every frame has a checksum over itself and all before it, so one flipped bit makes SQLite end the log there, and
// the commits behind it are gone. As a rule the checksum says which bit it was, though.

const HEADER = 32;
const FRAME_HEADER = 24;
/** Where the header and every frame have the salts of this log, and their checksum. */
const SALT = { header: 16, frame: 8, length: 8 } as const;
const SUM = { header: 24, frame: 16 } as const;
/** The first four bytes; the last bit of them says in which order the checksum reads words. */
const MAGIC = { little: 0x377f0682, big: 0x377f0683 } as const;
const PAGE_SIZE_AT = 8;
const LARGEST_PAGE = 65_536;

/** One bit that is wrong: the byte it is in, from the beginning of what was looked at, and the bit in it. */
interface Flip {
  readonly at: number;
  readonly bit: number;
}

interface LogStart {
  readonly salt: Buffer;
  readonly pageBytes: number;
  readonly order: SumOrder;
  readonly sum: LogSum;
}

/**
 * Puts right flipped bits of the log of a process that was killed, one in a frame, before SQLite reads it; gives how many.
 * A bit is changed only where the checksum fits then and it is the only one that would do: so it is for three bits in
 * four. The checksum is of sums and sums of sums, so a change of the high byte of a word is like one of others some words
 * away; which of them it was nobody knows. That, and what is damaged beyond one bit, stays as it is.
 */
export function mendLog(file: string): number {
  const log = `${file}-wal`;
  if (!existsSync(log)) return 0;
  const descriptor = openSync(log, 'r+');
  try {
    return mendFrames(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function mendFrames(descriptor: number): number {
  const header = readAt(descriptor, 0, HEADER);
  if (header === undefined) return 0;
  const headerFlip = startOf(header) === undefined ? flipOfHeader(descriptor, header) : undefined;
  if (headerFlip !== undefined) flip(header, headerFlip);
  const start = startOf(header);
  if (start === undefined) return 0;
  if (headerFlip !== undefined) writeByte(descriptor, 0, header, headerFlip);
  let mended = headerFlip === undefined ? 0 : 1;
  const length = FRAME_HEADER + start.pageBytes;
  let { sum } = start;
  for (let at = HEADER; ; at += length) {
    const frame = readAt(descriptor, at, length);
    if (frame === undefined) return mended;
    if (!isWhole(frame, start, sum)) {
      const wrong = flipOfFrame(frame, start, sum, readAt(descriptor, at + length, length));
      if (wrong === undefined || !isUnchanged(descriptor, at, frame)) return mended;
      flip(frame, wrong);
      writeByte(descriptor, at, frame, wrong);
      mended += 1;
    }
    sum = sumOf(frame, start, sum);
  }
}

/** What a header says; `undefined` for one that is not whole. */
function startOf(header: Buffer): LogStart | undefined {
  const magic = header.readUInt32BE(0);
  if (magic !== MAGIC.little && magic !== MAGIC.big) return undefined;
  const order = magic === MAGIC.big ? 'big' : 'little';
  const pageBytes = header.readUInt32BE(PAGE_SIZE_AT);
  const sum = addedTo([0, 0], header.subarray(0, SUM.header), order);
  if (pageBytes > LARGEST_PAGE || !isAt(header, SUM.header, sum)) return undefined;
  return { salt: header.subarray(SALT.header, SALT.header + SALT.length), pageBytes, order, sum };
}

/** The bit that makes a header whole, and with it the first frame, where there is one. */
function flipOfHeader(descriptor: number, header: Buffer): Flip | undefined {
  return only(
    everyBit(0, HEADER).filter((one) => {
      const start = startOf(flipped(header, one));
      const frame = start && readAt(descriptor, HEADER, FRAME_HEADER + start.pageBytes);
      return start !== undefined && (frame === undefined || isWhole(frame, start, start.sum));
    }),
  );
}

function isWhole(frame: Buffer, start: LogStart, before: LogSum): boolean {
  const isOfThisLog = start.salt.equals(frame.subarray(SALT.frame, SALT.frame + SALT.length));
  return isOfThisLog && isAt(frame, SUM.frame, sumOf(frame, start, before));
}

function sumOf(frame: Buffer, { order }: LogStart, before: LogSum): LogSum {
  const head = addedTo(before, frame.subarray(0, SALT.frame), order);
  return addedTo(head, frame.subarray(FRAME_HEADER), order);
}

/** The bit that makes a frame whole. Where two would, the one with which the next frame is whole too. */
function flipOfFrame(
  frame: Buffer,
  start: LogStart,
  before: LogSum,
  next: Buffer | undefined,
): Flip | undefined {
  const outside = everyBit(SALT.frame, FRAME_HEADER);
  const possible = [...outside, ...flipsInside(frame, start, before)].filter((one) =>
    isWhole(flipped(frame, one), start, before),
  );
  if (possible.length < 2 || next === undefined) return only(possible);
  return only(possible.filter((one) => isWhole(next, start, sumOf(flipped(frame, one), start, before))));
}

/** Bits of what the checksum is over, that is all but salts and checksum. */
function flipsInside(frame: Buffer, start: LogStart, before: LogSum): readonly Flip[] {
  const wanted: LogSum = [frame.readUInt32BE(SUM.frame), frame.readUInt32BE(SUM.frame + 4)];
  const words = (SALT.frame + start.pageBytes) / 4;
  return flippedWords(sumOf(frame, start, before), wanted, words).map(({ word, bit }) => {
    const first = word * 4 < SALT.frame ? word * 4 : word * 4 - SALT.frame + FRAME_HEADER;
    const byte = Math.floor(bit / 8);
    return { at: first + (start.order === 'little' ? byte : 3 - byte), bit: bit % 8 };
  });
}

function everyBit(from: number, to: number): readonly Flip[] {
  return Array.from({ length: (to - from) * 8 }, (_, index) => ({
    at: from + Math.floor(index / 8),
    bit: index % 8,
  }));
}

function only(flips: readonly Flip[]): Flip | undefined {
  return flips.length === 1 ? flips[0] : undefined;
}

function flipped(bytes: Buffer, one: Flip): Buffer {
  const copy = Buffer.from(bytes);
  flip(copy, one);
  return copy;
}

function flip(bytes: Buffer, { at, bit }: Flip): void {
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
}

function isAt(bytes: Buffer, at: number, [one, two]: LogSum): boolean {
  return bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two;
}

/** Another process may write to the log: then SQLite sees to it. */
function isUnchanged(descriptor: number, at: number, frame: Buffer): boolean {
  return readAt(descriptor, at, frame.length)?.equals(frame) === true;
}

function readAt(descriptor: number, at: number, length: number): Buffer | undefined {
  const bytes = Buffer.alloc(length);
  return readSync(descriptor, bytes, 0, length, at) === length ? bytes : undefined;
}

function writeByte(descriptor: number, from: number, bytes: Buffer, { at }: Flip): void {
  writeSync(descriptor, bytes, at, 1, from + at);
}
