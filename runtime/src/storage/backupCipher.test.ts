import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BackupSecret } from './backupCipher.ts';
import { CHUNK_BYTES, HEADER_BYTES, openBackup, sealBackup } from './backupCipher.ts';

const KEY = { kind: 'key', key: randomBytes(32) } as const;

async function* partsOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const part of parts) found.push(part);
  return Buffer.concat(found);
}

const sealed = (plain: Uint8Array, secret: BackupSecret = KEY) =>
  all(sealBackup(partsOf(plain, 70_000), secret));
const opened = (bytes: Uint8Array, secret: BackupSecret = KEY) =>
  all(openBackup(partsOf(bytes, 50_001), secret, 'x.backup'));

describe('the encryption of backups', () => {
  it('gives back what was put in, of any length', async () => {
    for (const length of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES]) {
      const plain = randomBytes(length);
      const bytes = await sealed(plain);
      expect((await opened(bytes)).equals(plain)).toBe(true);
      if (length > 16) expect(bytes.includes(plain.subarray(0, 16))).toBe(false);
    }
  });

  it('holds no more than a few parts at once, however long the stream is', async () => {
    let ahead = 0;
    let highest = 0;
    async function* long(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 40; count += 1) {
        ahead += 1;
        highest = Math.max(highest, ahead);
        yield Buffer.alloc(CHUNK_BYTES, count);
      }
    }
    let bytes = 0;
    for await (const part of openBackup(sealBackup(long(), KEY), KEY, 'x')) {
      bytes += part.length;
      ahead -= 1;
    }
    expect(bytes).toBe(40 * CHUNK_BYTES);
    expect(highest).toBeLessThan(6);
  });

  it('says so when any one bit was flipped, the header included', async () => {
    const bytes = await sealed(Buffer.from('tiger'));
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [1, 128]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ bit;
        await expect(opened(flipped)).rejects.toThrow(/x\.backup/);
      }
    }
  });

  it('says so when the file was cut off or something was put behind it, at a border of parts, too', async () => {
    const bytes = await sealed(Buffer.alloc(2 * CHUNK_BYTES + 5));
    const part = CHUNK_BYTES + 20;
    for (const length of [0, 5, HEADER_BYTES, HEADER_BYTES + 9, HEADER_BYTES + part, bytes.length - 1])
      await expect(opened(bytes.subarray(0, length))).rejects.toThrow(/x\.backup/);
    await expect(opened(Buffer.concat([bytes, Buffer.alloc(1)]))).rejects.toThrow('x.backup is damaged');
    const swapped = Buffer.concat([
      bytes.subarray(0, HEADER_BYTES),
      bytes.subarray(HEADER_BYTES + part, HEADER_BYTES + 2 * part),
      bytes.subarray(HEADER_BYTES, HEADER_BYTES + part),
      bytes.subarray(HEADER_BYTES + 2 * part),
    ]);
    await expect(opened(swapped)).rejects.toThrow('x.backup is damaged: part 1 of it was changed.');
  });

  it('tells another passphrase, another key and the wrong kind of secret apart from damage', async () => {
    const secret = { kind: 'passphrase', passphrase: 'otters like quiet rivers' } as const;
    const bytes = await sealed(Buffer.from('tiger'), secret);
    expect((await opened(bytes, secret)).toString()).toBe('tiger');
    await expect(opened(bytes, { ...secret, passphrase: 'otters like loud rivers' })).rejects.toThrow(
      'The passphrase does not open x.backup: it is another one, or the first bytes of the file are damaged.',
    );
    await expect(opened(bytes)).rejects.toThrow('x.backup was made with a passphrase, and no key file.');
    await expect(opened(await sealed(Buffer.from('tiger')), secret)).rejects.toThrow('--key-file');
    await expect(opened(Buffer.alloc(HEADER_BYTES))).rejects.toThrow('x.backup is no backup of Sluice.');
  });

  it('does not let a file ask for any amount of memory', async () => {
    const bytes = await sealed(Buffer.from('tiger'), {
      kind: 'passphrase',
      passphrase: 'otters like quiet rivers',
    });
    bytes.writeUInt32BE(0xff_ff_ff_ff, 10);
    await expect(opened(bytes, { kind: 'passphrase', passphrase: 'x' })).rejects.toThrow(
      'its header makes no sense',
    );
  });
});
