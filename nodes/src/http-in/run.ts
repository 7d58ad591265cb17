import { toMs } from '@sluice/shared/message/duration.ts';
import type { Headers, Payload } from '@sluice/shared/message/message.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { IncomingRequest, NodeContext, OutgoingAnswer, Stop } from '@sluice/shared/node/context.ts';
import type { Intake, Settled } from '@sluice/shared/node/implementNode.ts';
import { implementSource } from '@sluice/shared/node/implementNode.ts';
import { readBody } from './body.ts';
import type { HttpInConfig } from './schema.ts';
import { httpInNode } from './schema.ts';

export const httpInRunner = implementSource(httpInNode, (config, context) => ({
  start: async (intake) => {
    const serving = serve(config, context, intake);
    const stopListening = await context.http.listen(config.method, config.path, serving.receive);
    return async () => {
      await stopListening();
      await serving.stop();
    };
  },
}));

/** A request that has no answer yet. */
interface OpenRequest {
  readonly stopTimer: Stop;
  /** Its message is through; an HTTP response node may still answer, from behind a delay for one. */
  isThrough: boolean;
}

function serve(config: HttpInConfig, context: NodeContext, intake: Intake<'out'>) {
  const open = new Map<string, OpenRequest>();
  let hasRoom = true;
  let isStopped = false;
  const stopRoom = intake.onRoom(() => {
    hasRoom = true;
  });

  const answer = (id: string, given: OutgoingAnswer) => {
    void open.get(id)?.stopTimer();
    open.delete(id);
    context.http.respond(id, given);
  };

  const take = (request: IncomingRequest, payload: Payload) => {
    const { id } = request;
    const stopTimer = context.after(toMs(config.timeout), () => answer(id, tooLate(config)));
    const waiting: OpenRequest = { stopTimer, isThrough: false };
    open.set(id, waiting);
    const settled = (outcome: Settled) => {
      if (outcome === 'refused') answer(id, BUSY);
      else if (config.answer === 'when-done') answer(id, DONE);
      else if (isStopped) answer(id, STOPPED);
      else waiting.isThrough = true;
    };
    hasRoom = intake.push('out', messageOf(request, payload, context), settled);
  };

  return {
    receive: (request: IncomingRequest) => {
      const body = readBody(request.body, request.headers['content-type'] ?? '');
      if (!hasRoom) context.http.respond(request.id, BUSY);
      else if (!body.ok) context.http.respond(request.id, json(400, { error: body.sentence }));
      else take(request, body.payload);
    },
    /** Requests whose messages are still under way are answered when those are through or refused. */
    stop: async () => {
      isStopped = true;
      for (const [id, { stopTimer, isThrough }] of open) {
        await stopTimer();
        if (isThrough) answer(id, STOPPED);
      }
      await stopRoom();
    },
  };
}

function messageOf(request: IncomingRequest, payload: Payload, context: NodeContext) {
  const { id, method, path, params, query } = request;
  const headers: Headers = {
    ...prefixed('query', query),
    ...prefixed('param', params),
    requestId: id,
    method,
    path,
    contentType: request.headers['content-type'] ?? '',
  };
  return createMessage({
    id: context.newId(),
    time: context.clock.now(),
    topic: path,
    device: params['device'],
    payload,
    headers,
  });
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Headers {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
}

function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): OutgoingAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

const DONE = json(200, { ok: true });
const BUSY = json(
  503,
  { error: 'The flow has as much to do as it may take on. Send the request again in a few seconds.' },
  { 'retry-after': '5' },
);

const STOPPED = json(503, { error: 'The flow was stopped before it answered this request.' });

function tooLate({ timeout, answer }: HttpInConfig): OutgoingAnswer {
  const why =
    answer === 'by-node'
      ? 'No HTTP response node of the flow answered this request'
      : 'The message was not through the flow';
  return json(504, { error: `${why} within ${timeout}.` });
}
