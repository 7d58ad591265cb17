import type { Headers, Json, Message, Payload } from '../message/message.ts';
import type { ShownMessage } from './shown.ts';
import { MASK } from './shown.ts';

/** What people see of a payload at most, characters of JSON (EN14). */
export const SHOWN_LENGTH = 10_000;
const SHOWN_HEADER_LENGTH = 1_000;

const SECRET_WORDS = new Set([
  'password',
  'passwd',
  'passphrase',
  'passwort',
  'pass',
  'pwd',
  'secret',
  'token',
  'credential',
  'authorization',
  'cookie',
]);
const SECRET_PAIRS = /(api|private|secret|access|encryption)key/;

/** A message as people see it: cut to 10 kB, bytes as text, secrets masked. Pure. */
export function showMessage(message: Message): ShownMessage {
  const { id, time, topic, device, payload, headers } = message;
  const base = {
    id,
    time,
    topic,
    ...(device === undefined ? {} : { device }),
    headers: showHeaders(headers),
  };
  return { ...base, ...showPayload(payload) };
}

function showPayload(payload: Payload): Pick<ShownMessage, 'payload' | 'cut'> {
  if (payload instanceof Uint8Array) {
    return { payload: textOfBytes(payload), cut: { bytes: payload.length, kind: 'bytes' } };
  }
  const masked = maskSecrets(payload);
  const text = JSON.stringify(masked);
  if (text.length <= SHOWN_LENGTH) return { payload: masked };
  const shown = typeof masked === 'string' ? masked : text;
  return {
    payload: `${shown.slice(0, SHOWN_LENGTH)}…`,
    cut: { bytes: new TextEncoder().encode(text).length, kind: 'cut' },
  };
}

/** Text where the bytes are text, else hexadecimal. */
function textOfBytes(bytes: Uint8Array): string {
  const head = bytes.subarray(0, SHOWN_LENGTH);
  try {
    // A character that was cut in two at the end is no reason to take a text for bytes.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return Array.from(head.subarray(0, SHOWN_LENGTH / 2), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
  }
}

/** A value as people see it, with what goes by the name of a secret masked. */
export function maskSecrets(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(maskSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecretKey(key) && inner !== null ? MASK : maskSecrets(inner),
    ]),
  );
}

function showHeaders(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [
      key,
      isSecretKey(key) ? MASK : typeof value === 'string' ? value.slice(0, SHOWN_HEADER_LENGTH) : value,
    ]),
  );
}

/** Whether a name is one that secrets go by; `db_password`, `apiKey` and `Set-Cookie` are. */
export function isSecretKey(key: string): boolean {
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return (
    words.some((word) => SECRET_WORDS.has(word) || SECRET_WORDS.has(word.replace(/s$/, ''))) ||
    SECRET_PAIRS.test(words.join(''))
  );
}
