import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Http, OutgoingAnswer } from '@sluice/shared/node/context.ts';
import { nodeHttp } from '../nodeHttp.ts';
import { createRequester } from './httpRequest.ts';
import type { HttpRoutes } from './httpRoutes.ts';
import { createHttpRoutes } from './httpRoutes.ts';

/** A request with a longer body is refused. A message holds less still, but says so in the answer. */
const MAX_BODY_BYTES = 10_485_760;

export interface HttpOptions {
  /** Whether flows may call addresses of private networks; link-local and metadata addresses they never may. */
  readonly allowPrivate: boolean;
}

/** HTTP of one runner: requests of its flows, and the routing of those that come in. */
export interface RunnerHttp {
  readonly http: Http;
  readonly incoming: HttpRoutes;
  close(): void;
}

export function createHttp({ allowPrivate }: HttpOptions): RunnerHttp {
  const requester = createRequester({ allowPrivate });
  const incoming = createHttpRoutes();
  return {
    http: { request: requester.request, listen: incoming.listen, respond: incoming.respond },
    incoming,
    close: requester.close,
  };
}

export interface HttpListener {
  /** The port that it listens on, also where any free one was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the routes of a runner by itself, for flows that run without a server. Port 0 is any free one. */
export async function startHttpListener(options: {
  readonly host: string;
  readonly port: number;
  readonly incoming: HttpRoutes;
  readonly newId: () => string;
}): Promise<HttpListener> {
  const { host, port, incoming, newId } = options;
  const server = nodeHttp().createServer((request, response) => {
    serve(incoming, newId(), request, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function cannotListen(host: string, port: number, error: Error): SluiceError {
  const reason =
    (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'another program uses it' : error.message;
  return new SluiceError('port-taken', `The port ${port} of ${host} cannot be listened on: ${reason}.`, {
    cause: error,
  });
}

async function serve(
  incoming: HttpRoutes,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await readBody(request);
  if (body === undefined) {
    write(response, { status: 413, body: `The body has more than ${MAX_BODY_BYTES} bytes.` });
    return;
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const answer = await incoming.handle(
    {
      id,
      method: request.method ?? 'GET',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: singleHeaders(request),
      body,
    },
    gone.signal,
  );
  write(response, answer);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  // Read to its end all the same, so that the caller gets to read the answer.
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function singleHeaders(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(pairs);
}

function write(response: ServerResponse, { status, headers = {}, body = '' }: OutgoingAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
