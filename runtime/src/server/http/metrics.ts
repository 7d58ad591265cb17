import type { User } from '@sluice/shared/protocol/people.ts';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { MetricsOptions, MetricsScope } from './metricsOptions.ts';
import { requirePermission } from './permission.ts';

/**
 * `/metrics` for Prometheus: for the owner of the server all workspaces that are open and the server itself, for an admin
 * their own workspace. A scrape from this machine has to say who it is too: what ends TLS in front of a server is on its
 * machine as a rule, so everybody would come from there.
 */
export function metrics(options: MetricsOptions): RequestHandler {
  let whole: Registry | undefined;
  return async (request, response) => {
    const user = options.userOf(request);
    if (user?.isOwner !== true) requirePermission('admin', user);
    // Loaded by the first scrape: most servers are never scraped, and the library takes memory.
    const { createRegistry } = await import('./metricsRegistry.ts');
    // Made once: it follows the whole process, garbage collections included.
    if (user?.isOwner === true) whole ??= createRegistry(wholeServer(options));
    const registry =
      user?.isOwner === true && whole !== undefined ? whole : createRegistry(ownOf(user, options));
    response.type(registry.contentType).send(await registry.metrics());
  };
}

function wholeServer({ workspaces, broker }: MetricsOptions): MetricsScope {
  return { workspaces: () => workspaces.opened(), server: { broker } };
}

function ownOf(user: User | undefined, { workspaces }: MetricsOptions): MetricsScope {
  return {
    workspaces: () => workspaces.opened().filter(({ id }) => id === user?.workspace),
    server: undefined,
  };
}
