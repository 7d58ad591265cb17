import { SluiceError } from '@sluice/shared/errors.ts';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Origin } from '../../storage/sessions.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Caller } from '../accounts/caller.ts';
import type { Permission } from '@sluice/shared/protocol/route.ts';
import { ROUTES, WORKSPACE_HEADER } from '@sluice/shared/protocol/http.ts';
import type { Application, Request, RequestHandler, Response } from 'express';
import type * as z from 'zod';
import type { Actor } from '../actor.ts';
import type { FileAnswer } from './fileAnswer.ts';
import { sendFile } from './fileAnswer.ts';
import type { Workspace } from '../workspace.ts';
import { requirePermission } from './permission.ts';
import { parseInput } from './problem.ts';
import {
  addressOf,
  callerOf,
  cookieOf,
  originOf,
  PENDING_COOKIE,
  sessionTokenOf,
  setPendingCookie,
  setSessionCookie,
} from './session.ts';

type Rows = typeof ROUTES;
type Part<R, Name extends string> = R extends { readonly [key in Name]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/** Who calls a route: nobody that is known, somebody, or somebody who is signed in in a browser. */
type CallerOf<Row extends { readonly permission: Permission }> = Row['permission'] extends 'public'
  ? undefined
  : Row extends { readonly refusesTokens: true }
    ? Extract<Caller, { kind: 'session' }>
    : Caller;

/** One request to a route: everything checked by the route's schemas. */
interface Call<Name extends RouteName> {
  readonly params: Part<Rows[Name], 'params'>;
  readonly query: Part<Rows[Name], 'query'>;
  readonly body: Part<Rows[Name], 'body'>;
  readonly user: Rows[Name]['permission'] extends 'public' ? undefined : User;
  readonly workspace: Rows[Name]['permission'] extends 'public' ? undefined : Workspace;
  readonly caller: CallerOf<Rows[Name]>;
  readonly actor: Actor;
  /** Of this server as the browser knows it: `https://sluice.example.org`. */
  readonly address: string;
  /** What a browser keeps during a sign-in elsewhere. */
  readonly pending: {
    readonly text: string | undefined;
    /** `undefined` takes it away. */
    set(text: string | undefined): void;
  };
  /** From where the call comes. */
  readonly origin: Origin;
  readonly session: {
    readonly token: string | undefined;
    /** Sets the cookie of the answer; `undefined` takes it away. */
    set(token: string | undefined): void;
  };
}

type Answer<Name extends RouteName> = Rows[Name] extends { readonly isFile: true }
  ? FileAnswer
  : z.input<Rows[Name]['response']>;

/** One handler for each route; the compiler sees to it that none is missing. */
export type Handlers = {
  readonly [Name in RouteName]: (call: Call<Name>) => Answer<Name> | Promise<Answer<Name>>;
};

export interface MountOptions {
  readonly accounts: Pick<Accounts, 'find' | 'denials'>;
  workspaceOf(user: User): Workspace | undefined;
  /** Runs before the handler of a route, as a limit on its rate. */
  readonly before: Partial<Record<RouteName, readonly RequestHandler[]>>;
}

interface AnyRow {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly permission: Permission;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly isFile?: true;
  readonly refusesTokens?: true;
  readonly isRedirect?: true;
}

/** Mounts every row of ROUTES in the same way: who is it, may they, does it fit, do it, answer JSON. */
export function mountRoutes(app: Application, handlers: Handlers, options: MountOptions): void {
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const row: AnyRow = ROUTES[name];
    // The border of types: a row and its handler belong together by their name.
    const handler = handlers[name] as (call: unknown) => unknown;
    const callers = new WeakMap<Request, Caller>();
    const admit: RequestHandler = (request, _response, next) => {
      const caller = admitted(name, row, request, options.accounts);
      if (caller !== undefined) callers.set(request, caller);
      next();
    };
    app[row.method](row.path, admit, ...(options.before[name] ?? []), async (request, response) => {
      const call = callOf(row, callers.get(request), request, response, options);
      const answer = await handler(call);
      response.setHeader('Cache-Control', 'no-store');
      // The border of types again: only rows that say so have handlers that answer with a file.
      if (row.isFile === true) await sendFile(response, answer as FileAnswer);
      else if (row.isRedirect === true) response.redirect(303, (answer as { location: string }).location);
      else response.json(answer);
    });
  }
}

/** Who calls, if they may. Throws `not-signed-in` or `not-allowed`, which is noted in the audit log. */
function admitted(
  name: RouteName,
  row: AnyRow,
  request: Request,
  { find, denials }: MountOptions['accounts'],
): Caller | undefined {
  if (row.permission === 'public') return undefined;
  const caller = callerOf({ find }, request);
  requireShown(caller, request);
  try {
    requirePermission(row.permission, caller?.user);
    if (row.refusesTokens === true && caller?.kind === 'token') throw notForTokens();
  } catch (error) {
    const { address } = originOf(request);
    // Whether anybody is signed in is what every page asks first: that nobody is, is no denial.
    if (name !== 'session') denials.note({ caller, address, name, needs: row.permission });
    throw error;
  }
  return caller;
}

/** Throws `other-workspace` where the page shows another one than the session stands in. */
function requireShown(caller: Caller | undefined, { headers }: Request): void {
  const shown = headers[WORKSPACE_HEADER];
  if (caller === undefined || shown === undefined || shown === caller.user.workspace) return;
  throw new SluiceError(
    'other-workspace',
    'This page is of another workspace than the one that you chose last. Load it again.',
  );
}

function notForTokens(): SluiceError {
  return new SluiceError(
    'not-allowed',
    'An API token cannot see or change accounts, sessions and tokens. Sign in with a browser for that.',
  );
}

function callOf(
  row: AnyRow,
  caller: Caller | undefined,
  request: Request,
  response: Response,
  options: MountOptions,
) {
  const origin = originOf(request);
  return {
    params: row.params === undefined ? undefined : parseInput(row.params, request.params, 'the address'),
    query: row.query === undefined ? undefined : parseInput(row.query, request.query, 'the query'),
    body: row.body === undefined ? undefined : parseInput(row.body, request.body, 'the body'),
    user: caller?.user,
    workspace: caller === undefined ? undefined : workspaceOf(caller.user, options),
    caller,
    actor: { who: caller?.who ?? '', address: origin.address },
    origin,
    address: addressOf(request),
    pending: {
      text: cookieOf(request, PENDING_COOKIE),
      set: (text: string | undefined) => setPendingCookie(response, text, request.secure),
    },
    session: {
      token: sessionTokenOf(request),
      set: (next: string | undefined) => setSessionCookie(response, next, request.secure),
    },
  };
}

function workspaceOf(user: User, options: MountOptions): Workspace {
  const workspace = options.workspaceOf(user);
  if (workspace === undefined) {
    throw new SluiceError('not-found', `There is no workspace “${user.workspace}” on this server.`);
  }
  return workspace;
}
