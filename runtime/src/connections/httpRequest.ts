import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { lookup } from 'node:dns';
import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { HttpRequest, HttpResponse } from '@sluice/shared/node/context.ts';
import { nodeHttp, nodeHttps } from '../nodeHttp.ts';
import { addressProblem } from './addressGuard.ts';
import { withoutUser } from './redact.ts';

/** A response with a longer body is cut off and fails. */
export const MAX_RESPONSE_BYTES = 10_485_760;

const MAX_REDIRECTS = 5;

/** Headers that the connection itself owns. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]);

/** Headers that are for the first server only when another one is redirected to. */
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Finds all addresses of a name. */
type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

interface RequesterOptions {
  readonly allowPrivate: boolean;
  /** The system's own where it is left out. */
  readonly resolve?: Resolve;
}

export interface Requester {
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  close(): void;
}

/**
 * Makes requests of flows. Every address is checked at the moment of connecting, whatever name it hides behind and at
 * every redirect; failures are sentences. Connections are kept open for the next request.
 */
export function createRequester({ allowPrivate, resolve = lookup }: RequesterOptions): Requester {
  const clients = createClients();
  const guarded = guardedLookup(allowPrivate, resolve);

  const call = (request: HttpRequest, url: URL, signal: AbortSignal) =>
    new Promise<HttpResponse>((resolve, reject) => {
      const { client, agent } = url.protocol === 'https:' ? clients.secure() : clients.plain();
      const options = { method: request.method, agent, lookup: guarded, signal };
      const sent = client.request(url, { ...options, headers: headersOf(request) }, (response) => {
        readResponse(response).then(resolve, reject);
      });
      sent.on('error', reject);
      sent.end(request.body);
    });

  return {
    request: async (request, signal) => {
      let current = request;
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        const url = checkedUrl(current, allowPrivate);
        const response = await call(current, url, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          throw failure(`${current.method} ${shown(url)} failed: ${reasonOf(error)}.`, error);
        });
        const next = redirected(current, url, response);
        if (next === undefined) return response;
        current = next;
      }
      throw new Error(`${request.method} ${request.url} was redirected more than ${MAX_REDIRECTS} times.`);
    },
    close: clients.close,
  };
}

/** The clients that requests go by, with the connections that they keep. They are loaded with the first request. */
function createClients() {
  const kept = { keepAlive: true, maxSockets: 64 };
  let plain: { readonly client: typeof import('node:http'); readonly agent: HttpAgent } | undefined;
  let secure: { readonly client: typeof import('node:https'); readonly agent: HttpsAgent } | undefined;
  return {
    plain: () => (plain ??= { client: nodeHttp(), agent: new (nodeHttp().Agent)(kept) }),
    secure: () => (secure ??= { client: nodeHttps(), agent: new (nodeHttps().Agent)(kept) }),
    close: () => {
      plain?.agent.destroy();
      secure?.agent.destroy();
    },
  };
}

/** Parsing normalizes other ways to write an IP address: `http://2852039166`, `http://0xa9fea9fe`, `http://[::ffff:…]`. */
function checkedUrl({ url: text }: HttpRequest, allowPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new Error(
      `“${withoutUser(text).slice(0, 200)}” is no web address. Write one that starts with http:// or https://.`,
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // No name is looked up for an address, so that it has to be checked here.
  const problem = isIP(host) === 0 ? undefined : addressProblem(host, allowPrivate);
  if (problem !== undefined) throw new Error(`The address ${host} ${problem}.`);
  return url;
}

/** Looks a name up and lets only allowed addresses through: what is checked is what is connected to. */
function guardedLookup(allowPrivate: boolean, resolve: Resolve): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        done(error, []);
        return;
      }
      const [first] = found;
      for (const { address } of found) {
        const problem = addressProblem(address, allowPrivate);
        if (problem === undefined) continue;
        done(new Error(`the address ${address} of ${hostname} ${problem}`), []);
        return;
      }
      if (options.all === true || first === undefined) done(null, found);
      else done(null, first.address, first.family);
    });
  };
}

function headersOf({ headers, body }: HttpRequest): Record<string, string | number> {
  const own = Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.has(name.toLowerCase()));
  return {
    'user-agent': 'Sluice',
    accept: '*/*',
    'accept-encoding': 'identity',
    ...Object.fromEntries(own),
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
  };
}

async function readResponse(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_RESPONSE_BYTES) {
      response.destroy();
      throw new Error(`the response has more than ${MAX_RESPONSE_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}

/** The next request of a redirect (RFC 9110, section 15.4); `undefined` when the response is no redirect. */
function redirected(
  request: HttpRequest,
  from: URL,
  { status, headers }: HttpResponse,
): HttpRequest | undefined {
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, from))
    throw new Error(`${shown(from)} redirects to “${withoutUser(location)}”, which is no web address.`);
  const to = new URL(location, from);
  const isOther = to.origin !== from.origin;
  const kept = Object.entries(request.headers).filter(
    ([name]) => !isOther || !CREDENTIAL_HEADERS.has(name.toLowerCase()),
  );
  const becomesGet = status === 303 || (status < 303 && request.method === 'POST');
  const withoutBody = kept.filter(([name]) => !name.toLowerCase().startsWith('content-'));
  return becomesGet
    ? { method: 'GET', url: to.href, headers: Object.fromEntries(withoutBody) }
    : { ...request, url: to.href, headers: Object.fromEntries(kept) };
}

/** Without user name, password and query, which may hold secrets. */
function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no server of this name',
  EAI_AGAIN: 'the name could not be looked up, maybe there is no network',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the server closed the connection',
  EHOSTUNREACH: 'the server cannot be reached from here',
  ENETUNREACH: 'the network cannot be reached from here',
  ETIMEDOUT: 'the server did not answer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** What may pass by itself (EN8); a certificate that does not fit or an address that is not allowed does not. */
const PASSING: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'EPIPE',
]);

function failure(sentence: string, cause: unknown): Error {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return code !== undefined && PASSING.has(code)
    ? new SluiceError('target-away', sentence, { cause })
    : new Error(sentence, { cause });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && REASONS[code] !== undefined) return `${REASONS[code]} (${code})`;
  const text = error.message === '' ? (code ?? error.name) : error.message;
  return text.replace(/\.$/, '');
}
