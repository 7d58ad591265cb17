import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IncomingRequest, OutgoingAnswer } from '@sluice/shared/node/context.ts';

/** What `http-in` nodes take in one request. */
const MOST_BYTES = 1_000_000;

export interface HttpListener {
  readonly port: number;
  stop(): Promise<void>;
}

export interface HttpListenerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  newId(): string;
  handle(incoming: IncomingRequest): Promise<OutgoingAnswer>;
}

/** Serves the `http-in` nodes of `sluice run` on loopback. Rejects with a sentence when the port is taken. */
export async function listenForHttp(options: HttpListenerOptions): Promise<HttpListener> {
  const server = createServer((request, response) => {
    void serve(request, response, options);
  });
  server.listen(options.port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be opened (${message})`;
    throw new Error(`Port ${options.port} ${reason}. Choose another one with --http-port.`, { cause: error });
  }
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpListenerOptions,
): Promise<void> {
  const body = await bodyOf(request).catch(() => undefined);
  const answer =
    body === undefined
      ? { status: 413, body: `The body has more than ${MOST_BYTES} bytes, or did not come whole.` }
      : await options.handle(incomingOf(request, body, options.newId()));
  response.writeHead(answer.status, { ...answer.headers });
  response.end(answer.body);
}

/** Rejects when it is too large or the caller goes away. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = chunk as Uint8Array;
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error('too large');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function incomingOf(request: IncomingMessage, body: Uint8Array, id: string): IncomingRequest {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    id,
    method: request.method ?? 'GET',
    path: url.pathname,
    params: {},
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
  };
}
