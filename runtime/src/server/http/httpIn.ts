import type { IncomingRequest, OutgoingAnswer } from '@sluice/shared/node/context.ts';
import type { Request, RequestHandler, Response } from 'express';
import express, { Router } from 'express';
import { FIRST_WORKSPACE } from '../accounts/accounts.ts';
import type { Workspaces } from '../workspace.ts';

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

const NO_WORKSPACE: OutgoingAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'No flow is running that serves this address.',
};

/**
 * Requests for `http-in` nodes: `/in/<path>` for those of the first workspace, `/w/<workspace>/in/<path>` for those of any.
 * No path that a flow of one workspace may choose is ever one of another. The runner finds the node; it answers 404, 503
 * and 504 itself. Nobody needs to know which workspaces there are, so one that is not there answers as one that runs
 * nothing.
 */
export function httpIn(workspaces: Workspaces, newId: () => string): RequestHandler {
  const router = Router();
  const body = express.raw({ type: () => true, limit: HTTP_IN_BYTES });
  const answer = async (id: string, request: Request, response: Response): Promise<void> => {
    const host = workspaces.get(id)?.host;
    send(response, (await host?.handleHttp(incomingOf(request, newId()))) ?? NO_WORKSPACE);
  };
  router.use('/in', body, (request, response) => answer(FIRST_WORKSPACE, request, response));
  router.use('/w/:workspace/in', body, (request, response) =>
    answer(request.params['workspace'] ?? '', request, response),
  );
  return router;
}

function send(response: Response, answer: OutgoingAnswer): void {
  response.status(statusOf(answer.status));
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (!NEVER_FROM_FLOWS.has(name.toLowerCase())) setHeader(response, name, value);
  }
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  response.end(answer.body ?? '');
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
