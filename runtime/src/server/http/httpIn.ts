import type { IncomingRequest } from '@sluice/shared/node/context.ts';
import type { Request, RequestHandler, Response } from 'express';
import express, { Router } from 'express';
import type { RunnerHost } from '../../runner/runnerHost.ts';

/** What a request to an `http-in` node may have at most, bytes. */
const HTTP_IN_BYTES = 1_048_576;
/** Headers that a browser or a proxy would take as the server's own word. */
const NEVER_FROM_FLOWS = new Set([
  'set-cookie',
  'connection',
  'transfer-encoding',
  'content-length',
  'content-security-policy',
  'strict-transport-security',
]);

/** `/in/*`: requests for `http-in` nodes. The runner finds the node; it answers 404, 503 and 504 itself. */
export function httpIn(host: RunnerHost, newId: () => string): RequestHandler {
  const router = Router();
  router.use(express.raw({ type: () => true, limit: HTTP_IN_BYTES }), async (request, response) => {
    const answer = await host.handleHttp(incomingOf(request, newId()));
    response.status(statusOf(answer.status));
    for (const [name, value] of Object.entries(answer.headers ?? {})) {
      if (!NEVER_FROM_FLOWS.has(name.toLowerCase())) setHeader(response, name, value);
    }
    response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
    response.end(answer.body ?? '');
  });
  return router;
}

function incomingOf(request: Request, id: string): IncomingRequest {
  const { authorization: _, cookie: __, ...headers } = request.headers;
  const body: unknown = request.body;
  return {
    id,
    method: request.method,
    path: request.path,
    params: {},
    query: textsOf(request.query),
    headers: textsOf(headers),
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  };
}

/** The entries that are texts; of a list the first. */
function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(values).flatMap(([name, value]) => {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    return typeof one === 'string' ? [[name, one] as const] : [];
  });
  return Object.fromEntries(texts);
}

function statusOf(status: number): number {
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : 500;
}

/** A flow may have made a header that HTTP does not allow; the answer goes out without it. */
function setHeader(response: Response, name: string, value: string): void {
  try {
    response.setHeader(name, value);
  } catch {
    response.setHeader('X-Sluice-Header-Left-Out', 'A header of the answer was malformed.');
  }
}
