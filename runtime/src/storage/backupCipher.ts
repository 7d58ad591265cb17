import {
  argon2,
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import { SluiceError } from '@sluice/shared/errors.ts';

/** What a backup is encrypted with: a passphrase, or 32 bytes out of a key file. */
export type BackupSecret =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key'; readonly key: Uint8Array };

/*
 * The file, version 1. Header: `SLUICEBK`, version (1 byte), kind of secret (1 byte: 1 passphrase, 2 key), memory in KiB
 * and passes of Argon2id (4 bytes each, big-endian; 0 for a key), salt (16 bytes), check (16 bytes). Then chunks, each:
 * length of the text (4 bytes), tag (16 bytes), text under AES-256-GCM. The nonce of a chunk is its number (8 bytes) and
 * whether it is the last one (4 bytes), its additional data the header: chunks cannot be changed, left out, moved, or
 * taken from another file, nor the file cut off (the STREAM construction of Hoang, Reyhanitabar, Rogaway, Vizár, 2015).
 */
const MAGIC = Buffer.from('SLUICEBK');
const VERSION = 1;
const KINDS = { passphrase: 1, key: 2 } as const;
const SALT_AT = MAGIC.length + 2 + 8;
const CHECK_AT = SALT_AT + 16;
export const HEADER_BYTES = CHECK_AT + 16;
const FRAME_BYTES = 20;
/** Text of a chunk, bytes. What has to be held in memory at once. */
export const CHUNK_BYTES = 1_048_576;

/** RFC 9106, section 4, second choice: 64 MiB, three passes. A file is attacked at leisure, a sign-in is not. */
const COST = { memory: 65_536, passes: 3 };
/** What a file may ask for at most: it is not believed before it was checked. */
const HIGHEST_COST = { memory: 1_048_576, passes: 16 };

const derive = promisify(argon2);

interface Cost {
  readonly memory: number;
  readonly passes: number;
}

/** Encrypts a stream of bytes of any cut. */
export async function* sealBackup(
  plain: AsyncIterable<Uint8Array>,
  secret: BackupSecret,
): AsyncGenerator<Buffer> {
  const cost = secret.kind === 'key' ? { memory: 0, passes: 0 } : COST;
  const { header, key } = await newHeader(secret, cost);
  yield header;
  let number = 0;
  let held: Buffer | undefined;
  for await (const chunk of evenChunks(plain)) {
    if (held !== undefined) yield sealChunk(key, header, number++, held, false);
    held = chunk;
  }
  yield sealChunk(key, header, number, held ?? Buffer.alloc(0), true);
}

async function newHeader(secret: BackupSecret, cost: Cost) {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header[MAGIC.length] = VERSION;
  header[MAGIC.length + 1] = KINDS[secret.kind];
  header.writeUInt32BE(cost.memory, MAGIC.length + 2);
  header.writeUInt32BE(cost.passes, MAGIC.length + 6);
  randomBytes(16).copy(header, SALT_AT);
  const { key, check } = await keysOf(secret, header.subarray(SALT_AT, CHECK_AT), cost);
  check.copy(header, CHECK_AT);
  return { header, key };
}

async function keysOf(secret: BackupSecret, salt: Buffer, cost: Cost) {
  const root =
    secret.kind === 'key'
      ? Buffer.from(hkdfSync('sha256', secret.key, salt, 'sluice backup', 32))
      : await derive('argon2id', {
          message: Buffer.from(secret.passphrase.normalize('NFKC')),
          nonce: salt,
          parallelism: 1,
          tagLength: 32,
          ...cost,
        });
  const part = (name: string): Buffer => createHmac('sha256', root).update(name).digest();
  return { key: part('content'), check: part('check').subarray(0, 16) };
}

async function* evenChunks(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (let part of plain) {
    while (bytes + part.length >= CHUNK_BYTES) {
      const room = CHUNK_BYTES - bytes;
      yield Buffer.concat([...parts, part.subarray(0, room)]);
      part = part.subarray(room);
      parts = [];
      bytes = 0;
    }
    // A copy: who gives the parts may use their memory again.
    if (part.length > 0) parts.push(Buffer.from(part));
    bytes += part.length;
  }
  if (bytes > 0) yield Buffer.concat(parts);
}

function sealChunk(key: Buffer, header: Buffer, number: number, text: Buffer, isLast: boolean): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast)).setAAD(header);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(text.length);
  return Buffer.concat([frame, cipher.getAuthTag(), body]);
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number));
  nonce.writeUInt32BE(isLast ? 1 : 0, 8);
  return nonce;
}

/**
 * Decrypts. Nothing is given that was not checked, but the end may still turn out to be missing: go through all of it
 * before anything of it counts. Throws `wrong-argument` with a sentence about `name` for another secret, and `damaged`.
 */
export async function* openBackup(
  sealed: AsyncIterable<Uint8Array>,
  secret: BackupSecret,
  name: string,
): AsyncGenerator<Buffer> {
  const reader = byteReader(sealed);
  const header = await reader.take(HEADER_BYTES);
  if (header === undefined || !header.subarray(0, MAGIC.length).equals(MAGIC))
    throw new SluiceError('wrong-argument', `${name} is no backup of Sluice.`);
  const key = await keyFor(header, secret, name);
  for (let number = 0, isLast = false; !isLast; number += 1) {
    const frame = await reader.take(FRAME_BYTES);
    const length = frame?.readUInt32BE() ?? 0;
    const body = frame === undefined || length > CHUNK_BYTES ? undefined : await reader.take(length);
    if (frame === undefined || body === undefined) throw damaged(name, 'it ends too early or is not whole');
    isLast = await reader.isEnd();
    yield openChunk(key, header, { number, isLast, tag: frame.subarray(4), body }, name);
  }
}

async function keyFor(header: Buffer, secret: BackupSecret, name: string): Promise<Buffer> {
  const version = header[MAGIC.length];
  if (version !== VERSION)
    throw new SluiceError(
      'future-format',
      `${name} is a backup of the format ${version}, and this Sluice knows ${VERSION}. Update Sluice to read it.`,
    );
  const kind = header[MAGIC.length + 1];
  if (kind !== KINDS[secret.kind]) {
    const other =
      kind === KINDS.key ? 'a key file: give it with --key-file' : 'a passphrase, and no key file';
    throw new SluiceError('wrong-argument', `${name} was made with ${other}.`);
  }
  const cost = {
    memory: header.readUInt32BE(MAGIC.length + 2),
    passes: header.readUInt32BE(MAGIC.length + 6),
  };
  const isDear = cost.memory > HIGHEST_COST.memory || cost.passes > HIGHEST_COST.passes;
  const isCheap = secret.kind === 'passphrase' && (cost.memory < 8 || cost.passes < 1);
  if (isDear || isCheap) throw damaged(name, 'its header makes no sense');
  const { key, check } = await keysOf(secret, header.subarray(SALT_AT, CHECK_AT), cost);
  if (timingSafeEqual(check, header.subarray(CHECK_AT))) return key;
  throw new SluiceError(
    'wrong-argument',
    `The ${secret.kind === 'key' ? 'key' : 'passphrase'} does not open ${name}: it is another one, or the first bytes of the file are damaged.`,
  );
}

interface Chunk {
  readonly number: number;
  readonly isLast: boolean;
  readonly tag: Buffer;
  readonly body: Buffer;
}

function openChunk(key: Buffer, header: Buffer, { number, isLast, tag, body }: Chunk, name: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: 16 });
    decipher.setAAD(header).setAuthTag(tag);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (cause) {
    throw damaged(name, `part ${number + 1} of it was changed`, cause);
  }
}

function damaged(name: string, reason: string, cause?: unknown): SluiceError {
  return new SluiceError('damaged', `${name} is damaged: ${reason}. Take another backup.`, { cause });
}

/** Takes bytes from a stream by count. */
export function byteReader(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  let isDone = false;
  const fill = async (bytes: number): Promise<void> => {
    const parts: Uint8Array[] = [held];
    let length = held.length;
    while (length < bytes && !isDone) {
      const next = await iterator.next();
      isDone = next.done === true;
      if (next.done === true) break;
      parts.push(next.value);
      length += next.value.length;
    }
    held = Buffer.concat(parts);
  };
  return {
    /** `undefined` where there are not so many any more. */
    async take(bytes: number): Promise<Buffer | undefined> {
      if (held.length < bytes) await fill(bytes);
      if (held.length < bytes) return undefined;
      const taken = held.subarray(0, bytes);
      held = held.subarray(bytes);
      return taken;
    },
    async isEnd(): Promise<boolean> {
      if (held.length === 0) await fill(1);
      return held.length === 0;
    },
  };
}
