import type { Json, JsonObject, Message, Payload } from './message.ts';
import { isJsonObject } from './message.ts';

/** Where a value is in a message: `payload.temperature`, `payload.readings[0].value`, `payload["a b"]`, `topic`. */
export type Path = readonly (string | number)[];

/** The first step of a path: a field of the message. */
export const MESSAGE_FIELDS = ['id', 'time', 'topic', 'device', 'payload', 'headers'] as const;
export type MessageField = (typeof MESSAGE_FIELDS)[number];

export type PathResult = { ok: true; path: Path } | { ok: false; sentence: string };

const STEP = /(?:^|\.)([^.[\]"\s]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;

/**
 * Reads a path. It starts with a field of the message; steps are `.name`, `[0]` or `["any text"]`.
 * The sentence of a failure says what is wrong and shows what a path looks like.
 */
export function parsePath(text: string): PathResult {
  const steps: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    if (found === null) return failure(text, `cannot be read from character ${at + 1} on`);
    steps.push(stepOf(found));
    at = STEP.lastIndex;
  }
  if (steps.length === 0)
    return { ok: false, sentence: 'The path is empty. Write one such as payload.temperature.' };
  if (!isMessageField(steps[0])) return failure(text, `must start with one of ${MESSAGE_FIELDS.join(', ')}`);
  return { ok: true, path: steps };
}

function stepOf(found: RegExpExecArray): string | number {
  if (found[2] !== undefined) return Number(found[2]);
  if (found[3] !== undefined) return found[3].replaceAll(/\\(.)/g, '$1');
  return found[1] ?? '';
}

function failure(text: string, what: string): PathResult {
  return { ok: false, sentence: `The path “${text}” ${what}. Write one such as payload.temperature.` };
}

function isMessageField(step: unknown): step is MessageField {
  return MESSAGE_FIELDS.some((field) => field === step);
}

/** Writes a path as text; the opposite of `parsePath`. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[^.[\]"\s]+$/.test(step)) return `["${step.replaceAll(/["\\]/g, String.raw`\$&`)}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** Reads the value at a path; `undefined` where there is none. Own properties only, so `__proto__` is a plain key. */
export type Reader = (message: Message) => Payload | undefined;

/** Compiles a path to a reader that does no parsing and no allocation for each message. */
export function compileReader(path: Path): Reader {
  const [field, ...rest] = path;
  const head = fieldReader(field);
  const [first, second] = rest;
  if (first === undefined) return head;
  if (second === undefined) return (message) => stepInto(head(message), first);
  if (rest.length === 2) return (message) => stepInto(stepInto(head(message), first), second);
  return (message) => {
    let value = head(message);
    for (const step of rest) value = stepInto(value, step);
    return value;
  };
}

/** A reader for a path that `pathSchema` has accepted. Throws its sentence for any other text. */
export function readerOf(text: string): Reader {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(parsed.sentence);
  return compileReader(parsed.path);
}

function fieldReader(field: string | number | undefined): Reader {
  switch (field) {
    case 'id':
      return (message) => message.id;
    case 'time':
      return (message) => message.time;
    case 'topic':
      return (message) => message.topic;
    case 'device':
      return (message) => message.device;
    case 'payload':
      return (message) => message.payload;
    case 'headers':
      return (message) => message.headers;
    default:
      return () => undefined;
  }
}

function stepInto(value: Payload | undefined, step: string | number): Payload | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? (value as readonly Json[])[step] : undefined;
  const key = String(step);
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

/** Gives a copy of the message with the value at the path set; parts that are not on the way are shared, not copied. */
export function setAt(message: Message, path: Path, value: Payload): Message {
  const field = path[0];
  if (path.length === 1) return withField(message, field, value);
  return withField(message, field, setInside(fieldReader(field)(message), path.slice(1), toJson(value)));
}

/** Gives a copy of the message without what is at the path; the same message when there is nothing. */
export function deleteAt(message: Message, path: Path): Message {
  const [field, ...rest] = path;
  if (rest.length === 0)
    return field === 'device' ? withField(message, field, undefined) : withField(message, field, null);
  const before = fieldReader(field)(message);
  const after = deleteInside(before, rest);
  return after === before ? message : withField(message, field, after);
}

function withField(
  message: Message,
  field: string | number | undefined,
  value: Payload | undefined,
): Message {
  const { id, time, topic, device, payload, headers } = message;
  switch (field) {
    case 'payload':
      return { id, time, topic, device, payload: value ?? null, headers };
    case 'topic':
      return { id, time, topic: textOf(value), device, payload, headers };
    case 'device':
      return {
        id,
        time,
        topic,
        device: value === null || value === undefined ? undefined : textOf(value),
        payload,
        headers,
      };
    case 'time':
      return { id, time: typeof value === 'number' ? value : time, topic, device, payload, headers };
    case 'headers':
      return { id, time, topic, device, payload, headers: headersOf(value) };
    default:
      return message;
  }
}

function headersOf(value: Payload | undefined): Message['headers'] {
  if (!isJsonObject(value)) return {};
  const flat = Object.entries(value).filter(
    (entry): entry is [string, string | number | boolean] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number' || typeof entry[1] === 'boolean',
  );
  return Object.fromEntries(flat);
}

function setInside(value: Payload | undefined, path: Path, leaf: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return leaf;
  const inner = setInside(stepInto(value, step), rest, leaf);
  if (typeof step === 'number' && Array.isArray(value)) {
    const copy = [...(value as readonly Json[])];
    copy[Math.min(step, copy.length)] = inner;
    return copy;
  }
  if (typeof step === 'number' && (value === undefined || value === null)) return [inner];
  const base = isJsonObject(value) ? value : {};
  return plainObject([...Object.entries(base), [String(step), inner]]);
}

function deleteInside(value: Payload | undefined, path: Path): Payload | undefined {
  const [step, ...rest] = path;
  if (step === undefined || stepInto(value, step) === undefined) return value;
  const inner = rest.length === 0 ? undefined : toJson(deleteInside(stepInto(value, step), rest));
  if (Array.isArray(value)) {
    const copy = [...(value as readonly Json[])];
    if (inner === undefined) copy.splice(Number(step), 1);
    else copy[Number(step)] = inner;
    return copy;
  }
  const entries = Object.entries(value as JsonObject).filter(([key]) => key !== String(step));
  return plainObject(inner === undefined ? entries : [...entries, [String(step), inner]]);
}

/** `Object.fromEntries` defines own properties, so a key `__proto__` stays a plain key. */
function plainObject(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries);
}

function toJson(value: Payload | undefined): Json {
  if (value === undefined) return null;
  return value instanceof Uint8Array ? [...value] : value;
}

/** A value as text: as it stands for text, JSON for objects, empty for nothing. */
export function textOf(value: Payload | undefined): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
