import type { Connections, Http } from '@sluice/shared/node/context.ts';

// The outside of a scenario: everything is taken, nothing is done (EN15).

export const RECORD_ONLY_CONNECTIONS: Connections = {
  mqtt: {
    subscribe: () => Promise.resolve({ resume: () => undefined, stop: () => undefined }),
    publish: () => Promise.resolve(),
    onStatus: () => () => undefined,
  },
  influxdb: { write: () => Promise.resolve() },
  smtp: { send: () => Promise.resolve() },
};

/** Every request is answered with 200 and nothing in it. */
export const RECORD_ONLY_HTTP: Http = {
  request: () => Promise.resolve({ status: 200, headers: {}, body: new Uint8Array() }),
  listen: () => Promise.resolve(() => undefined),
  respond: () => true,
};
