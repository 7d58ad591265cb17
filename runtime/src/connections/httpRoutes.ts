import { SluiceError } from '@sluice/shared/errors.ts';
import type { Http, IncomingRequest, OutgoingAnswer, Stop } from '@sluice/shared/node/context.ts';

/** Requests that may wait for their answer at once. */
const MAX_WAITING = 1_000;

interface Route {
  readonly method: string;
  readonly path: string;
}

/** A request before it is known which node takes it. */
type UnroutedRequest = Omit<IncomingRequest, 'params'>;

/** Incoming HTTP of a runner: which `http-in` node gets which request, and who waits for an answer. */
export interface HttpRoutes extends Pick<Http, 'listen' | 'respond'> {
  /** Hands a request to its node. Resolves with the answer; when `signal` says that the caller is gone, with none. */
  handle(request: UnroutedRequest, signal?: AbortSignal): Promise<OutgoingAnswer>;
  routes(): readonly Route[];
  /** Calls back with all routes when one is added or removed. */
  onChange(listener: (routes: readonly Route[]) => void): Stop;
}

interface LiveRoute extends Route {
  readonly parts: readonly string[];
  readonly receive: (request: IncomingRequest) => void;
}

/** Makes the routing of incoming requests. Pure: where requests come from is up to the caller. */
export function createHttpRoutes(): HttpRoutes {
  const live = new Set<LiveRoute>();
  const waiting = new Map<string, (answer: OutgoingAnswer) => void>();
  const listeners = new Set<(routes: readonly Route[]) => void>();
  const routes = () => [...live].map(({ method, path }) => ({ method, path }));
  const changed = () => listeners.forEach((listener) => listener(routes()));

  return {
    routes,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    listen: async (method, path, receive) => {
      const route: LiveRoute = { method, path, parts: path.split('/'), receive };
      refuseSecond(live, route);
      live.add(route);
      changed();
      return () => {
        if (live.delete(route)) changed();
      };
    },
    respond: (id, answer) => {
      const resolve = waiting.get(id);
      waiting.delete(id);
      resolve?.(answer);
      return resolve !== undefined;
    },
    handle: async (request, signal) => {
      const found = findRoute(live, request);
      if (found === undefined) return notServed(live, request);
      if (waiting.size >= MAX_WAITING) return BUSY;
      const { promise, resolve } = Promise.withResolvers<OutgoingAnswer>();
      waiting.set(request.id, resolve);
      signal?.addEventListener('abort', () => {
        if (waiting.delete(request.id)) resolve(BUSY);
      });
      found.route.receive({ ...request, params: found.params });
      return promise;
    },
  };
}

/** Two patterns that match the same paths, as `/a/:x` and `/a/:y`, cannot both be served. */
function refuseSecond(live: Iterable<LiveRoute>, route: LiveRoute): void {
  const shape = ({ method, parts }: LiveRoute) =>
    `${method} ${parts.map((part) => (part.startsWith(':') ? ':' : part)).join('/')}`;
  for (const other of live) {
    if (shape(other) === shape(route))
      throw new SluiceError(
        'already-there',
        `${route.method} ${route.path} is served already, as ${other.path}, by another node. Choose another path or method.`,
      );
  }
}

interface Found {
  readonly route: LiveRoute;
  readonly params: Readonly<Record<string, string>>;
}

function findRoute(live: Iterable<LiveRoute>, { method, path }: UnroutedRequest): Found | undefined {
  const matching = [...live]
    .filter((route) => route.method === method)
    .flatMap((route) => {
      const params = matchPath(route.parts, path);
      return params === undefined ? [] : [{ route, params }];
    });
  // Fixed parts count more than names, from left to right: /orders/new before /orders/:id.
  return matching.sort((one, other) => rank(one.route).localeCompare(rank(other.route)))[0];
}

function rank({ parts }: LiveRoute): string {
  return parts.map((part) => (part.startsWith(':') ? '1' : '0')).join('');
}

/** The named parts of a path that matches the parts of a pattern; `undefined` when it does not. */
function matchPath(parts: readonly string[], path: string): Readonly<Record<string, string>> | undefined {
  const actual = path.split('/');
  if (actual.length !== parts.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, part] of parts.entries()) {
    const text = decoded(actual[index] ?? '');
    if (text === undefined) return undefined;
    if (part.startsWith(':') && text !== '') params.push([part.slice(1), text]);
    else if (part !== text) return undefined;
  }
  return Object.fromEntries(params);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function notServed(live: Iterable<LiveRoute>, { method, path }: UnroutedRequest): OutgoingAnswer {
  const others = [...live]
    .filter(({ parts }) => matchPath(parts, path) !== undefined)
    .map((route) => route.method);
  if (others.length === 0) return failure(404, `No flow serves ${path}.`);
  const allowed = [...new Set(others)].join(', ');
  return failure(405, `${path} is served for ${allowed}, not for ${method}.`, { allow: allowed });
}

function failure(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): OutgoingAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ error }),
  };
}

const BUSY = failure(503, 'Too many requests wait for their answer. Send it again in a few seconds.', {
  'retry-after': '5',
});
