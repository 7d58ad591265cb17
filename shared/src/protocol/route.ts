import type * as z from 'zod';

/**
 * Who may call a route: anybody, anybody who is signed in, a role and those above it, or who owns the server. A person
 * has a role in each workspace; the owner is one whatever their role.
 */
export type Permission = 'public' | 'signed-in' | 'operator' | 'integrator' | 'deployer' | 'admin' | 'owner';

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Express form: `/api/flows/:id`. */
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /** The answer is a text to be kept as a file, and not JSON. */
  readonly isFile?: true;
  /** The answer sends the browser to the `location` of the response. */
  readonly isRedirect?: true;
  /** For people in a browser only: an API token may not, whatever its role. */
  readonly refusesTokens?: true;
}

/** Keeps the exact types of a table of routes. */
export function routesOf<const R extends Record<string, Route>>(routes: R): R {
  return routes;
}
