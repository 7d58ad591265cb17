import type { Json, Message } from '../message/message.ts';
import type { NodeContext, ProgramSource } from './context.ts';
import type { Emit, Waiter } from './implementNode.ts';

/**
 * A waiting node that is nothing but user code: each batch goes through the sandbox (EN13), what the code printed is
 * shown, what failed leaves by error, and `place` sends on what the code gave back for a message. A throw of `place` is
 * the error of that message.
 */
export function programWaiter<Out extends string>(
  context: NodeContext,
  source: ProgramSource,
  place: (message: Message, value: Json | undefined, emit: Emit<Out>) => void,
): Waiter<Out> {
  const program = context.program(source);
  return {
    handle: async (messages, emit, signal) => {
      const results = await program.run(messages, signal);
      for (const [index, message] of messages.entries()) {
        const result = results[index];
        for (const line of result?.logs ?? []) context.log(line);
        if (result === undefined) emit.error(message, 'The sandbox gave no answer for this message.');
        else if (!result.ok) emit.error(message, result.sentence);
        else placeOne(place, message, result.value, emit);
      }
    },
  };
}

function placeOne<Out extends string>(
  place: (message: Message, value: Json | undefined, emit: Emit<Out>) => void,
  message: Message,
  value: Json | undefined,
  emit: Emit<Out>,
): void {
  try {
    place(message, value, emit);
  } catch (error) {
    emit.error(message, error instanceof Error ? error.message : String(error));
  }
}
