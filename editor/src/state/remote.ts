import { ERRORS, type ErrorCode } from '@sluice/shared/errors.ts';
import {
  problemDetailsSchema,
  ROUTES,
  type RouteName,
  WORKSPACE_HEADER,
} from '@sluice/shared/protocol/http.ts';
import type { Route } from '@sluice/shared/protocol/route.ts';
import type * as z from 'zod';
import { RemoteError } from './remoteError.ts';

type Routes = typeof ROUTES;
type Part<Name extends RouteName, Key extends 'params' | 'query' | 'body'> = Routes[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? { readonly [K in Key]: z.input<Schema> }
  : object;

/** What a route takes: `params`, `query` and `body`, as far as its row has them. */
type CallInput<Name extends RouteName> = Part<Name, 'params'> & Part<Name, 'query'> & Part<Name, 'body'>;
type CallOutput<Name extends RouteName> = z.output<Routes[Name]['response']>;
type CallArguments<Name extends RouteName> = keyof CallInput<Name> extends never
  ? [input?: undefined, signal?: AbortSignal]
  : [input: CallInput<Name>, signal?: AbortSignal];

export interface Remote {
  /**
   * Calls a route by its name in ROUTES, and gives what it answers.
   * @throws {RemoteError} with the server's own sentence; `server-away` when nothing answered, `unexpected-answer`
   * when what came does not fit the schema.
   */
  call<Name extends RouteName>(name: Name, ...input: CallArguments<Name>): Promise<CallOutput<Name>>;
}

export interface RemoteSettings {
  /** Before each path; empty for the server that the page came from. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  /** An answer came that says that nobody is signed in (any more). */
  readonly onSignedOut: () => void;
  /** The workspace that the page shows; `undefined` as long as nobody is signed in. */
  readonly workspace: () => string | undefined;
  /** A request was refused because its session stands in another workspace than the page shows. */
  readonly onElsewhere: () => void;
}

/** What is asked about the session itself, wherever it stands. */
const OF_THE_SESSION: ReadonlySet<RouteName> = new Set(['session', 'account', 'chooseWorkspace']);

interface AnyInput {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** A client of the server, typed by the routes that both sides share. */
export function createRemote(settings: RemoteSettings): Remote {
  return {
    async call<Name extends RouteName>(name: Name, ...[input, signal]: CallArguments<Name>) {
      const route: Route = ROUTES[name];
      const shown = OF_THE_SESSION.has(name) ? undefined : settings.workspace();
      const response = await request(settings, route, (input ?? {}) as AnyInput, shown, signal);
      if (!response.ok) throw await problemOf(settings, response);
      const parsed = route.response.safeParse(await jsonOf(response));
      if (parsed.success) return parsed.data as CallOutput<Name>;
      throw new RemoteError(
        'unexpected-answer',
        'The server answered with something that this page does not know. Load the page again; it may be of another version.',
        { status: response.status, cause: parsed.error },
      );
    },
  };
}

async function request(
  { baseUrl, fetch }: RemoteSettings,
  route: Route,
  input: AnyInput,
  shown: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const hasBody = input.body !== undefined;
  try {
    return await fetch(baseUrl + pathOf(route.path, input), {
      method: route.method.toUpperCase(),
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...(shown === undefined ? {} : { [WORKSPACE_HEADER]: shown }),
      },
      ...(hasBody ? { body: JSON.stringify(input.body) } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new RemoteError(
      'server-away',
      'Sluice does not answer. Check that it is running and that this device is on the network.',
      { cause },
    );
  }
}

/** `/api/flows/:id?revision=3`, with everything that came in escaped; what is undefined is left out. */
export function pathOf(template: string, input: Pick<AnyInput, 'params' | 'query'>): string {
  const path = template.replaceAll(/:(\w+)/g, (_whole, name: string) => {
    const value = input.params?.[name];
    if (value === undefined) throw new TypeError(`The path ${template} needs “${name}”.`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

async function problemOf(settings: RemoteSettings, response: Response): Promise<RemoteError> {
  const { status } = response;
  const parsed = problemDetailsSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    return new RemoteError('unexpected-answer', plainSentence(status), { status });
  }
  const { code, detail, title, problems = [] } = parsed.data;
  if (!isErrorCode(code)) {
    return new RemoteError('unexpected-answer', detail === '' ? title : detail, { status });
  }
  if (code === 'not-signed-in') settings.onSignedOut();
  if (code === 'other-workspace') settings.onElsewhere();
  return new RemoteError(code, detail === '' ? ERRORS[code].title : detail, { status, problems });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** For what stands between us and the server, as a proxy, and answers in its own way. */
function plainSentence(status: number): string {
  return status >= 500
    ? `Something between this page and Sluice answered with status ${status}. Sluice may be starting; try again in a moment.`
    : `The request was refused with status ${status}, and nothing said why. Load the page again.`;
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new RemoteError(
      'unexpected-answer',
      'The answer of the server broke off or is not JSON. Try again.',
      { status: response.status, cause },
    );
  }
}
