import type { Json, Message, Payload } from '@sluice/shared/message/message.ts';
import { isJsonObject, withPayload } from '@sluice/shared/message/message.ts';
import type { Path } from '@sluice/shared/message/path.ts';
import { deleteAt, parsePath, readerOf, setAt, textOf } from '@sluice/shared/message/path.ts';
import type { Value } from '@sluice/shared/message/value.ts';
import type { NodeContext } from '@sluice/shared/node/context.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import { changeNode } from './schema.ts';

/** Gives another message, or throws a sentence. */
type Edit = (message: Message) => Message;

export const changeRunner = implementStep(changeNode, (config, context) => {
  const edits: readonly Edit[] = [
    ...config.set.map(({ path, to }, index) => setting(path, to, `set[${index}]`, context)),
    ...config.delete.map(deleting),
    ...config.move.map(({ from, to }) => moving(from, to)),
  ];
  return {
    receive: (messages, emit) => {
      const changed: Message[] = [];
      for (const message of messages) {
        try {
          changed.push(applyAll(edits, message));
        } catch (error) {
          emit.error(message, error instanceof Error ? error.message : String(error));
        }
      }
      emit.all('out', changed);
    },
  };
});

function applyAll(edits: readonly Edit[], message: Message): Message {
  let changed = message;
  for (const edit of edits) changed = edit(changed);
  return changed;
}

function setting(target: string, to: Value, field: string, context: NodeContext): Edit {
  const evaluate = context.evaluator(to);
  const write = writer(parsed(target));
  return (message) => {
    const value = evaluate(message);
    if (value === undefined)
      throw new Error(
        `${target} is not set: ${field} has no value for this message. Check where it comes from.`,
      );
    return write(message, value);
  };
}

/** The topic and the fields right under the payload are the usual case: written without walking a path. */
function writer(path: Path): (message: Message, value: Payload) => Message {
  const [field, ...rest] = path;
  if (rest.length === 0 && field === 'topic') return withTopic;
  if (rest.length === 0 && field === 'time') return withTime;
  const [key] = rest;
  if (rest.length === 1 && field === 'payload' && typeof key === 'string') {
    return (message, value) =>
      isJsonObject(message.payload) && !(value instanceof Uint8Array)
        ? withPayload(message, { ...message.payload, [key]: value })
        : setAt(message, path, value);
  }
  return (message, value) => setAt(message, path, value);
}

function withTopic({ id, time, device, payload, headers }: Message, value: Payload): Message {
  return { id, time, topic: typeof value === 'string' ? value : textOf(value), device, payload, headers };
}

function withTime({ id, topic, device, payload, headers }: Message, value: Payload): Message {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Error('time is not set: it needs milliseconds since 1970 as a number.');
  return { id, time: value, topic, device, payload, headers };
}

function deleting(target: string): Edit {
  const path = parsed(target);
  return (message) => deleteAt(message, path);
}

function moving(from: string, to: string): Edit {
  const read = readerOf(from);
  const source = parsed(from);
  const write = writer(parsed(to));
  return (message) => {
    const value: Json | Uint8Array | undefined = read(message);
    return value === undefined ? message : write(deleteAt(message, source), value);
  };
}

function parsed(text: string): Path {
  const result = parsePath(text);
  if (!result.ok) throw new Error(result.sentence);
  return result.path;
}
