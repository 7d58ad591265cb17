import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { textOf } from '@sluice/shared/message/path.ts';
import { implementWaiter } from '@sluice/shared/node/implementNode.ts';
import { httpResponseNode } from './schema.ts';

export const httpResponseRunner = implementWaiter(httpResponseNode, (config, context) => {
  const { status, contentType } = config;
  const headers = config.headers.map(({ name, value }) => ({
    name: name.toLowerCase(),
    evaluate: context.evaluator(value),
  }));

  const answer = (message: Message) => {
    const { requestId } = message.headers;
    if (typeof requestId !== 'string')
      throw new Error('This message did not come from an HTTP in node: it has no headers.requestId.');
    const own = headers.map(
      ({ name, evaluate }) => [name, oneLine(name, textOf(evaluate(message)))] as const,
    );
    const body = bodyOf(message.payload);
    const type = contentType === undefined || contentType === '' ? body.type : contentType;
    const isTaken = context.http.respond(requestId, {
      status,
      headers: { 'content-type': type, ...Object.fromEntries(own) },
      body: body.content,
    });
    if (!isTaken) throw new Error('The caller of this request is gone, or it was answered already.');
  };

  return {
    handle: async (messages, emit) => {
      for (const message of messages) {
        try {
          answer(message);
        } catch (error) {
          emit.error(message, error instanceof Error ? error.message : String(error));
        }
      }
    },
  };
});

/** A line break in a header would start another one. */
function oneLine(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw new Error(`The header ${name} has a line break in its value.`);
  return value;
}

function bodyOf(payload: Payload): { readonly content: string | Uint8Array; readonly type: string } {
  if (payload instanceof Uint8Array) return { content: payload, type: 'application/octet-stream' };
  if (typeof payload === 'string') return { content: payload, type: 'text/plain; charset=utf-8' };
  return { content: JSON.stringify(payload), type: 'application/json' };
}
