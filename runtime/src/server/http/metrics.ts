import { SluiceError } from '@sluice/shared/errors.ts';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { MetricsOptions } from './metricsOptions.ts';
import { sessionTokenOf } from './session.ts';

/** `/metrics` for Prometheus: on this machine for anybody, from elsewhere for those who are signed in. */
export function metrics(options: MetricsOptions): RequestHandler {
  let opening: Promise<Registry> | undefined;
  // Loaded by the first scrape: most servers are never scraped, and the library takes memory.
  const open = async (): Promise<Registry> => (await import('./metricsRegistry.ts')).createRegistry(options);
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
