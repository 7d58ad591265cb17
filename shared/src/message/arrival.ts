import type { Headers, Json, Message, Payload } from './message.ts';
import { createMessage } from './message.ts';
import { compileReader, parsePath } from './path.ts';

/** How the bytes of a packet or body are read. `auto`: JSON if it parses, else text, else bytes. */
export type ArrivalFormat = 'auto' | 'json' | 'text' | 'bytes';

export interface ArrivalSettings {
  readonly format: ArrivalFormat;
  /** Path of the field that holds the event time; the time of arrival where it is empty. */
  readonly timeField?: string | undefined;
}

/** What arrived, beside its bytes. `now`: the time of arrival, ms since the epoch. */
export interface ArrivalParts {
  readonly id: string;
  readonly now: number;
  readonly topic: string;
  readonly device: string | undefined;
  readonly headers: Headers;
}

/** A message; or one that carries as much as could be read, and the sentence of what is wrong. */
export type Arrival =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly message: Message; readonly sentence: string };

/** What was made of something that arrived, kept with it: flows that read alike read it once. */
export interface Readings {
  decoded?: { readonly format: ArrivalFormat; readonly result: Decoded } | undefined;
  /** `by`: the same for all that make the same message of it. */
  arrival?: { readonly by: string; readonly result: Arrival } | undefined;
}

/** Bytes that arrived. */
export interface ArrivedBytes extends Readings {
  readonly payload: Uint8Array;
}

type Decoded =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly sentence: string };

/** The largest payload that becomes a message: what waits in the queues of a flow has to fit into memory. */
export const MAX_PAYLOAD_BYTES = 1_048_576;

/** Arrays and objects inside each other; deeper ones would overflow the stack of whoever walks them. */
export const MAX_JSON_DEPTH = 100;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Compiles how a source makes messages of what arrives. Never throws on what comes from outside. */
export function compileArrival(
  settings: ArrivalSettings,
): (parts: ArrivalParts, arrived: ArrivedBytes) => Arrival {
  const readField = fieldReaderOf(settings.timeField);
  return (parts, arrived) => {
    const { id, now: time, topic, device, headers } = parts;
    const decoded = decodeOnce(arrived, settings.format);
    if (!decoded.ok) {
      const bytes = arrived.payload;
      const kept = bytes.length > MAX_PAYLOAD_BYTES ? null : bytes;
      const message = createMessage({ id, time, topic, device, headers, payload: kept });
      return { ok: false, message, sentence: decoded.sentence };
    }
    const message = createMessage({ id, time, topic, device, headers, payload: decoded.payload });
    if (readField === undefined) return { ok: true, message };
    const stated = readTime(readField(message));
    if (stated.ok) return { ok: true, message: createMessage({ ...message, time: stated.time }) };
    return { ok: false, message, sentence: `The time field ${settings.timeField} ${stated.problem}` };
  };
}

function fieldReaderOf(timeField: string | undefined) {
  if (timeField === undefined || timeField === '') return undefined;
  const parsed = parsePath(timeField);
  // The schema of the setting has refused a path that cannot be read.
  if (!parsed.ok) throw new TypeError(parsed.sentence);
  return compileReader(parsed.path);
}

function decodeOnce(arrived: ArrivedBytes, format: ArrivalFormat): Decoded {
  if (arrived.decoded?.format === format) return arrived.decoded.result;
  const result = decodePayload(arrived.payload, format);
  arrived.decoded = { format, result };
  return result;
}

/** Reads bytes as told. JSON keeps `__proto__` as a plain key: `JSON.parse` defines own properties. */
export function decodePayload(bytes: Uint8Array, format: ArrivalFormat): Decoded {
  if (bytes.length > MAX_PAYLOAD_BYTES)
    return failed(
      `The payload has ${bytes.length} bytes, more than the ${MAX_PAYLOAD_BYTES} that a message may have.`,
    );
  if (format === 'bytes') return { ok: true, payload: bytes };
  const text = textFrom(bytes);
  if (text === undefined) {
    if (format === 'auto') return { ok: true, payload: bytes };
    return failed('The payload is not UTF-8 text. Choose the format “bytes” for binary data.');
  }
  if (format === 'text') return { ok: true, payload: text };
  const parsed = parseJson(text);
  if (parsed.ok || format === 'json') return parsed;
  return { ok: true, payload: text };
}

function textFrom(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): Decoded {
  if (text.trim() === '') return failed('The payload is empty, and JSON was expected.');
  if (isTooDeep(text))
    return failed(`The payload nests more than ${MAX_JSON_DEPTH} lists and objects inside each other.`);
  try {
    return { ok: true, payload: JSON.parse(text) as Json };
  } catch {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    return failed(`The payload is not JSON: ${shown}`);
  }
}

function isTooDeep(text: string): boolean {
  // As many brackets have to be closed as are opened, so that short texts need no look.
  if (text.length <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

function failed(sentence: string): Decoded {
  return { ok: false, sentence };
}

/** Below this a number is seconds since the epoch, from it on milliseconds: as ms it is March 1973, as s the year 5138. */
const SECONDS_BELOW = 100_000_000_000;

const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i;

/** A point in time as devices state it: ms or s since the epoch, or ISO 8601 text with its zone. */
export function readTime(
  value: Payload | undefined,
): { readonly ok: true; readonly time: number } | { readonly ok: false; readonly problem: string } {
  if (value === undefined || value === null) return { ok: false, problem: 'is missing in this message.' };
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0)
    return { ok: true, time: Math.round(value < SECONDS_BELOW ? value * 1_000 : value) };
  if (typeof value === 'string' && ISO_WITH_ZONE.test(value)) {
    const time = Date.parse(value);
    if (!Number.isNaN(time)) return { ok: true, time };
  }
  const shown = typeof value === 'string' ? `“${value.slice(0, 60)}”` : JSON.stringify(value).slice(0, 60);
  return {
    ok: false,
    problem: `is ${shown}; expected seconds or milliseconds since 1970, or a text with zone such as 2026-01-31T08:00:00Z.`,
  };
}
