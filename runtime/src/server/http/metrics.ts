import { SluiceError } from '@sluice/shared/errors.ts';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { NodeCounters } from '../../engine/runningFlow.ts';
import type { Workspaces } from '../workspace.ts';
import type { LatestCounters, MetricsOptions } from './metricsOptions.ts';
import { sessionTokenOf } from './session.ts';

/** `/metrics` for Prometheus: on this machine for anybody, from elsewhere for those who are signed in. */
export function metrics(options: MetricsOptions): RequestHandler {
  const latest = watchCounters(options.workspaces);
  let opening: Promise<Registry> | undefined;
  // Loaded by the first scrape: most servers are never scraped, and the library takes memory.
  const open = async (): Promise<Registry> =>
    (await import('./metricsRegistry.ts')).createRegistry(options, latest);
  return async (request, response) => {
    const token = sessionTokenOf(request);
    const isKnown = token !== undefined && options.userOf(token) !== undefined;
    if (!isKnown && !isLoopback(request.socket.remoteAddress)) {
      throw new SluiceError('not-signed-in', 'Metrics are for this machine, or for those who are signed in.');
    }
    opening ??= open();
    const registry = await opening;
    response.type(registry.contentType).send(await registry.metrics());
  };
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '');
}

function watchCounters(workspaces: Workspaces): LatestCounters {
  const latest = new Map<string, Map<string, Readonly<Record<string, NodeCounters>>>>();
  for (const workspace of workspaces.values()) {
    const flows = new Map<string, Readonly<Record<string, NodeCounters>>>();
    latest.set(workspace.id, flows);
    workspace.host.on('counters', ({ flow, nodes }) => void flows.set(flow, nodes));
  }
  return latest;
}
