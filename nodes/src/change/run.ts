import type { Message } from '@sluice/shared/message/message.ts';
import type { Path } from '@sluice/shared/message/path.ts';
import { deleteAt, parsePath, readerOf } from '@sluice/shared/message/path.ts';
import type { Value } from '@sluice/shared/message/value.ts';
import { writerOf } from '@sluice/shared/message/writer.ts';
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
  const write = writerOf(target);
  return (message) => {
    const value = evaluate(message);
    if (value === undefined)
      throw new Error(
        `${target} is not set: ${field} has no value for this message. Check where it comes from.`,
      );
    return write(message, value);
  };
}

function deleting(target: string): Edit {
  const path = parsed(target);
  return (message) => deleteAt(message, path);
}

function moving(from: string, to: string): Edit {
  const read = readerOf(from);
  const source = parsed(from);
  const write = writerOf(to);
  return (message) => {
    const value = read(message);
    return value === undefined ? message : write(deleteAt(message, source), value);
  };
}

function parsed(text: string): Path {
  const result = parsePath(text);
  if (!result.ok) throw new Error(result.sentence);
  return result.path;
}
