import type { Message, Payload } from './message.ts';
import { isJsonObject, withPayload } from './message.ts';
import type { Path } from './path.ts';
import { compileReader, formatPath, parsePath, setAt, textOf } from './path.ts';

/** Sets the value at a path that was compiled ahead. Throws a sentence where that would lose something or has no effect. */
export type Writer = (message: Message, value: Payload) => Message;

/**
 * Compiles `setAt` for one path, with the checks that it leaves to its callers: a time is a number, headers are flat, and
 * a number, a text, bytes or a list is not replaced by an object on the way. The topic and the fields right under the
 * payload, which are what flows set as a rule, are written without walking a path.
 */
export function compileWriter(path: Path): Writer {
  const [field, key, ...deeper] = path;
  if (field === 'headers') return (message, value) => setAt(message, path, flat(path, value));
  if (key === undefined) return wholeField(path);
  if (field !== 'payload' || typeof key !== 'string' || deeper.length > 0) return checkedWriter(path);
  const write = checkedWriter(path);
  return (message, value) =>
    isJsonObject(message.payload) && !(value instanceof Uint8Array)
      ? withPayload(message, { ...message.payload, [key]: value })
      : write(message, value);
}

/** A writer for a path that `pathSchema` has accepted. Throws its sentence for any other text. */
export function writerOf(text: string): Writer {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(parsed.sentence);
  return compileWriter(parsed.path);
}

function wholeField(path: Path): Writer {
  if (path[0] === 'topic') return withTopic;
  if (path[0] === 'time') return withTime;
  return (message, value) => setAt(message, path, value);
}

function withTopic({ id, time, device, payload, headers }: Message, value: Payload): Message {
  return { id, time, topic: typeof value === 'string' ? value : textOf(value), device, payload, headers };
}

function withTime({ id, topic, device, payload, headers }: Message, value: Payload): Message {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new TypeError('time is not set: it needs milliseconds since 1970 as a number.');
  return { id, time: value, topic, device, payload, headers };
}

function flat(path: Path, value: Payload): Payload {
  const isWhole = path.length === 1 && isJsonObject(value);
  const values = isWhole ? Object.values(value) : [value];
  const areFlat = values.every((one) => one !== null && typeof one !== 'object');
  if (areFlat && (isWhole || path.length === 2)) return value;
  throw new TypeError(
    `${formatPath(path)} is not set: headers hold texts, numbers, true and false, and nothing inside of each other.`,
  );
}

function checkedWriter(path: Path): Writer {
  const ways = path.slice(1).map((step, index) => {
    const way = path.slice(0, index + 1);
    return { way, read: compileReader(way), step };
  });
  return (message, value) => {
    const blocked = ways.find(({ read, step }) => !takes(read(message), step));
    if (blocked === undefined) return setAt(message, path, value);
    throw new TypeError(
      `${formatPath(path)} is not set: ${formatPath(blocked.way)} holds something else already, which would be lost.`,
    );
  };
}

/** Whether a value can take a field of that name, or is not there yet. */
function takes(value: Payload | undefined, step: string | number): boolean {
  if (value === undefined || value === null || isJsonObject(value)) return true;
  return typeof step === 'number' && Array.isArray(value);
}
