import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { SluiceError } from '@sluice/shared/errors.ts';

/** Seals texts so that only this installation can read them again. */
export interface SecretBox {
  /** `context` (as the workspace and the record) has to be the same when opening: a sealed text cannot be moved. */
  seal(text: string, context: string): string;
  open(sealed: string, context: string): string;
}

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Envelope encryption with AES-256-GCM (NIST SP 800-38D): each text has a key of its own, which is wrapped by the
 * master key. Layout, base64 after the prefix `1.`: nonce ‖ tag ‖ wrapped key (each for the key) ‖ nonce ‖ tag ‖ text.
 */
export function createSecretBox(masterKey: Uint8Array): SecretBox {
  return {
    seal(text, context) {
      const key = randomBytes(KEY_BYTES);
      const parts = [encrypt(masterKey, key, `key:${context}`), encrypt(key, Buffer.from(text), context)];
      return `1.${Buffer.concat(parts).toString('base64')}`;
    },
    open(sealed, context) {
      try {
        const bytes = Buffer.from(sealed.slice(2), 'base64');
        const wrappedLength = NONCE_BYTES + TAG_BYTES + KEY_BYTES;
        const key = decrypt(masterKey, bytes.subarray(0, wrappedLength), `key:${context}`);
        return decrypt(key, bytes.subarray(wrappedLength), context).toString('utf8');
      } catch (cause) {
        throw notOpenable(cause);
      }
    },
  };
}

/** What a person is told whose secret cannot be opened. */
export function notOpenable(cause: unknown): SluiceError {
  return new SluiceError(
    'internal',
    'A stored secret cannot be opened: the master key is not the one that it was sealed with. Put the old key file back (SLUICE_MASTER_KEY_FILE), or enter the secret again.',
    { cause },
  );
}

/** AES-256-GCM with a random nonce: nonce ‖ tag ‖ text. `context` is not in it, but has to be the same when decrypting. */
export function encrypt(key: Uint8Array, text: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Throws where one bit of it, the key or the context is another. */
export function decrypt(key: Uint8Array, bytes: Uint8Array, context: string): Buffer {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

/**
 * Reads the master key (32 bytes as 64 hex digits), or makes one that only this user can read. It gets its name when it
 * is on disk as a whole: half a key would keep every later start from going on. Throws `wrong-argument`.
 */
export function readMasterKey(file: string): Uint8Array {
  if (!existsSync(file)) writeMasterKey(file, randomBytes(KEY_BYTES));
  return readKeyFile(file);
}

/** Writes a key, in the place of the one that is there; the file is the old or the new one whatever happens meanwhile. */
export function writeMasterKey(file: string, key: Uint8Array): void {
  const unnamed = `${file}.new`;
  writeFileSync(unnamed, `${Buffer.from(key).toString('hex')}\n`, { mode: 0o600, flush: true });
  chmodSync(unnamed, 0o600);
  renameSync(unnamed, file);
}

/** Reads a key of 32 bytes from a file with 64 hex digits. Throws `wrong-argument`. */
export function readKeyFile(file: string): Uint8Array {
  const text = textOf(file).trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new SluiceError(
      'wrong-argument',
      `The master key file ${file} does not hold a key: it has to be 64 hex digits on one line.`,
    );
  }
  return Buffer.from(text, 'hex');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError(
      'wrong-argument',
      `The master key file ${file} cannot be read (${reason}). Give Sluice the right to read it, or name another with SLUICE_MASTER_KEY_FILE.`,
      { cause },
    );
  }
}
