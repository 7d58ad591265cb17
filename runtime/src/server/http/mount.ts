import { SluiceError } from '@sluice/shared/errors.ts';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Permission } from '@sluice/shared/protocol/route.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { Application, Request, RequestHandler, Response } from 'express';
import type * as z from 'zod';
import type { Actor } from '../actor.ts';
import type { Workspace } from '../workspace.ts';
import { requirePermission } from './permission.ts';
import { parseInput } from './problem.ts';
import { sessionTokenOf, setSessionCookie } from './session.ts';

type Rows = typeof ROUTES;
type Part<R, Name extends string> = R extends { readonly [key in Name]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/** One request to a route: everything checked by the route's schemas. */
interface Call<Name extends RouteName> {
  readonly params: Part<Rows[Name], 'params'>;
  readonly query: Part<Rows[Name], 'query'>;
  readonly body: Part<Rows[Name], 'body'>;
  readonly user: Rows[Name]['permission'] extends 'public' ? undefined : User;
  readonly workspace: Rows[Name]['permission'] extends 'public' ? undefined : Workspace;
  readonly actor: Actor;
  readonly session: {
    readonly token: string | undefined;
    /** Sets the cookie of the answer; `undefined` takes it away. */
    set(token: string | undefined): void;
  };
}

type Answer<Name extends RouteName> = z.input<Rows[Name]['response']>;

/** One handler for each route; the compiler sees to it that none is missing. */
export type Handlers = {
  readonly [Name in RouteName]: (call: Call<Name>) => Answer<Name> | Promise<Answer<Name>>;
};

export interface MountOptions {
  userOf(token: string): User | undefined;
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
}

/** Mounts every row of ROUTES in the same way: who is it, may they, does it fit, do it, answer JSON. */
export function mountRoutes(app: Application, handlers: Handlers, options: MountOptions): void {
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const row: AnyRow = ROUTES[name];
    // The border of types: a row and its handler belong together by their name.
    const handler = handlers[name] as (call: unknown) => unknown;
    app[row.method](row.path, ...(options.before[name] ?? []), async (request, response) => {
      const call = callOf(row, request, response, options);
      const answer = await handler(call);
      response.setHeader('Cache-Control', 'no-store');
      response.json(answer);
    });
  }
}

function callOf(row: AnyRow, request: Request, response: Response, options: MountOptions) {
  const token = sessionTokenOf(request);
  const user = token === undefined ? undefined : options.userOf(token);
  requirePermission(row.permission, user);
  const isPublic = row.permission === 'public';
  const address = request.socket.remoteAddress ?? '';
  return {
    params: row.params === undefined ? undefined : parseInput(row.params, request.params, 'the address'),
    query: row.query === undefined ? undefined : parseInput(row.query, request.query, 'the query'),
    body: row.body === undefined ? undefined : parseInput(row.body, request.body, 'the body'),
    user: isPublic ? undefined : user,
    workspace: isPublic || user === undefined ? undefined : workspaceOf(user, options),
    actor: { who: user?.email ?? '', address },
    session: {
      token,
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
