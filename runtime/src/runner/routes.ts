import type { Http, IncomingRequest, OutgoingAnswer, Stop } from '@sluice/shared/node/context.ts';
import { Outstanding } from './outstanding.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly segments: readonly string[];
  readonly receive: (request: IncomingRequest) => void;
  /** Requests that this route took and nobody has answered yet. */
  readonly open: Set<string>;
}

const STOPPED: OutgoingAnswer = {
  status: 503,
  headers: { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' },
  body: 'The flow was stopped before it answered.',
};

/** What `http-in` nodes serve: finds the node for a request and keeps the request until it is answered. */
export class Routes implements Pick<Http, 'listen' | 'respond'> {
  readonly #routes = new Set<Route>();
  readonly #answers = new Outstanding<OutgoingAnswer>();
  readonly #changed: () => void;

  /** `changed` is called when a route comes or goes. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Rejects with a sentence when another node serves the same already. */
  async listen(method: string, path: string, receive: (request: IncomingRequest) => void): Promise<Stop> {
    const route: Route = { method, path, segments: segmentsOf(path), receive, open: new Set() };
    const twin = [...this.#routes].find((other) => other.method === method && isSamePattern(other, route));
    if (twin !== undefined)
      throw new Error(`${method} ${path} is served by another http-in node already; choose another path.`);
    this.#routes.add(route);
    this.#changed();
    return () => this.#stop(route);
  }

  respond(requestId: string, answer: OutgoingAnswer): boolean {
    for (const route of this.#routes) route.open.delete(requestId);
    return this.#answers.settle(requestId, answer);
  }

  /** What is served now, for the host. */
  list(): readonly { readonly method: string; readonly path: string }[] {
    return [...this.#routes].map(({ method, path }) => ({ method, path }));
  }

  /** Hands a request to its node. 404 when no node serves it. */
  handle(incoming: IncomingRequest): Promise<OutgoingAnswer> {
    for (const route of this.#routes) {
      const params = route.method === incoming.method ? paramsOf(route.segments, incoming.path) : undefined;
      if (params === undefined) continue;
      const answered = this.#answers.open(incoming.id);
      route.open.add(incoming.id);
      route.receive({ ...incoming, params });
      return answered;
    }
    return Promise.resolve({
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `No running flow serves ${incoming.method} ${incoming.path}.`,
    });
  }

  #stop(route: Route): void {
    if (!this.#routes.delete(route)) return;
    for (const id of route.open) this.#answers.settle(id, STOPPED);
    this.#changed();
  }
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Two patterns that differ in the names of their parameters only take the same requests. */
function isSamePattern(one: Route, other: Route): boolean {
  const shape = (route: Route): string =>
    route.segments.map((segment) => (segment.startsWith(':') ? ':' : segment)).join('/');
  return shape(one) === shape(other);
}

/** The parameters of a path that fits the pattern; undefined when it does not. */
export function paramsOf(
  pattern: readonly string[],
  path: string,
): Readonly<Record<string, string>> | undefined {
  const parts = segmentsOf(path);
  if (parts.length !== pattern.length) return undefined;
  const pairs: [string, string][] = [];
  for (const [index, wanted] of pattern.entries()) {
    const part = decoded(parts[index] ?? '');
    if (part === undefined) return undefined;
    if (wanted.startsWith(':')) pairs.push([wanted.slice(1), part]);
    else if (wanted !== part) return undefined;
  }
  return Object.fromEntries(pairs);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not percent-encoding: such a path fits no pattern.
    return undefined;
  }
}
