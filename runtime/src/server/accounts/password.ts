import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(argon2);

/** OWASP's first choice for Argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const TAG_BYTES = 32;

/** Hashes a password. The text holds all that `isPassword` needs (PHC string format). */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive(password, nonce, { memory: MEMORY_KIB, passes: PASSES });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${nonce.toString('base64')}$${tag.toString('base64')}`;
}

/** Whether a password is the one that was hashed; takes the same time for a wrong one. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([^$]+)\$([^$]+)$/.exec(hash);
  if (found === null) throw new Error('A stored password hash cannot be read.');
  const [, memory, passes, nonce = '', tag = ''] = found;
  const expected = Buffer.from(tag, 'base64');
  const derived = await derive(password, Buffer.from(nonce, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
  });
  return timingSafeEqual(derived, expected);
}

function derive(password: string, nonce: Buffer, cost: { memory: number; passes: number }): Promise<Buffer> {
  // The same text can be typed in several Unicode forms.
  const message = Buffer.from(password.normalize('NFKC'));
  return run('argon2id', { message, nonce, parallelism: 1, tagLength: TAG_BYTES, ...cost });
}
