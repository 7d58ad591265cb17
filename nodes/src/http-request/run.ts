import { SluiceError } from '@sluice/shared/errors.ts';
import { decodePayload } from '@sluice/shared/message/arrival.ts';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { Message, Payload } from '@sluice/shared/message/message.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import { textOf } from '@sluice/shared/message/path.ts';
import type { HttpRequest, HttpResponse, NodeContext } from '@sluice/shared/node/context.ts';
import { statusFailure } from '@sluice/shared/node/httpStatus.ts';
import { implementWaiter, reportFailure } from '@sluice/shared/node/implementNode.ts';
import type { HttpRequestConfig } from './schema.ts';
import { httpRequestNode } from './schema.ts';

export const httpRequestRunner = implementWaiter(httpRequestNode, (config, context) => {
  const requestOf = compileRequest(config, context);
  const timeoutMs = toMs(config.timeout);

  const call = async (message: Message, signal: AbortSignal): Promise<Message> => {
    const request = requestOf(message);
    const response = await withTimeout(context, timeoutMs, signal, (limited) =>
      context.http.request(request, limited),
    ).catch((error: unknown) => {
      if (error instanceof TimeUp)
        throw new SluiceError(
          'target-away',
          `${request.method} ${request.url} gave no answer within ${config.timeout}.`,
        );
      throw error;
    });
    if (response.status >= 400 && config.otherStatus === 'fail')
      throw statusFailure(`${request.method} ${request.url}`, response, reasonOf(response));
    return answered(message, response, config);
  };

  return {
    handle: async (messages, emit, signal) => {
      for (const message of messages) {
        try {
          emit('out', await call(message, signal));
        } catch (error) {
          reportFailure(emit, message, error);
        }
      }
    },
  };
});

function compileRequest(config: HttpRequestConfig, context: NodeContext): (message: Message) => HttpRequest {
  const url = context.evaluator(config.url);
  const headers = config.headers.map(({ name, value }) => ({
    name: name.toLowerCase(),
    evaluate: context.evaluator(value),
  }));
  const body = config.body === undefined ? undefined : context.evaluator(config.body);
  return (message) => {
    const payload = config.send === 'value' ? body?.(message) : message.payload;
    const sent = config.send === 'none' || payload === undefined ? undefined : bodyOf(payload);
    const own = headers.map(({ name, evaluate }) => [name, textOf(evaluate(message))] as const);
    return {
      method: config.method,
      url: textOf(url(message)),
      headers: { ...(sent !== undefined && { 'content-type': sent.type }), ...Object.fromEntries(own) },
      body: sent?.content,
    };
  };
}

function bodyOf(payload: Payload): { readonly content: string | Uint8Array; readonly type: string } {
  if (payload instanceof Uint8Array) return { content: payload, type: 'application/octet-stream' };
  if (typeof payload === 'string') return { content: payload, type: 'text/plain; charset=utf-8' };
  return { content: JSON.stringify(payload), type: 'application/json' };
}

function answered(
  message: Message,
  response: HttpResponse,
  { response: format }: HttpRequestConfig,
): Message {
  const isEmpty = response.body.length === 0;
  const decoded = isEmpty ? { ok: true as const, payload: null } : decodePayload(response.body, format);
  if (!decoded.ok) throw new Error(`The response could not be read. ${decoded.sentence}`);
  const headers = {
    ...message.headers,
    status: response.status,
    contentType: response.headers['content-type'] ?? '',
  };
  return createMessage({ ...message, payload: decoded.payload, headers });
}

/** The start of what the server says, as a rule a sentence or a small JSON. */
function reasonOf({ body }: HttpResponse): string {
  const decoded = decodePayload(body, 'text');
  const text = decoded.ok ? textOf(decoded.payload).trim() : '';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text.replace(/\.$/, '');
}

class TimeUp extends Error {}

async function withTimeout<T>(
  context: NodeContext,
  ms: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const stopTimer = context.after(ms, () => limit.abort(new TimeUp()));
  try {
    return await run(AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    if (limit.signal.aborted && !signal.aborted) throw new TimeUp();
    throw error;
  } finally {
    await stopTimer();
  }
}
