import type { Server } from 'node:http';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { RunnerTime } from '../../runner/time.ts';
import { pause } from '../../runner/time.ts';
import type { Settings } from '../../settings.ts';
import { isOfThisMachine } from '../../settings.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Log } from './problem.ts';

const LOOPBACK = '127.0.0.1';
/** How long a stop waits for requests that are under way. */
const REQUESTS_MS = 3_000;

/** Nobody but this machine reaches a server that has no account yet. */
export function hostFor(
  { host: wanted, tlsCert }: Pick<Settings, 'host' | 'tlsCert'>,
  accounts: Accounts,
  log: Log,
): string {
  const isLoopback = isOfThisMachine(wanted);
  if (!isLoopback && accounts.isFirstStart()) {
    log(
      'warning',
      `Listening on ${LOOPBACK} only: there is no account yet. Make the first one, then start Sluice again for ${wanted}.`,
    );
    return LOOPBACK;
  }
  if (!isLoopback && tlsCert === undefined) {
    log(
      'warning',
      `Listening on ${wanted} without TLS: whoever is on the way can read passwords. Set SLUICE_TLS_CERT and SLUICE_TLS_KEY, or put a server that ends TLS in front of it, before others use it.`,
    );
  }
  return wanted;
}

/** Throws `port-taken`, or `wrong-argument` for an address that is not of this machine. */
export function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, port, host)));
    http.listen(port, host, resolve);
  });
}

function listenError(cause: NodeJS.ErrnoException, port: number, host: string): Error {
  if (cause.code === 'EADDRINUSE') {
    return new SluiceError(
      'port-taken',
      `The port ${port} is taken by another program. Stop that one, or set another port with SLUICE_PORT (0 takes any free one).`,
      { cause },
    );
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND' || cause.code === 'EACCES') {
    return new SluiceError(
      'wrong-argument',
      `Sluice cannot listen on ${host} port ${port} (${cause.code}). Set an address of this machine with SLUICE_HOST and a port that this user may open.`,
      { cause },
    );
  }
  return cause;
}

/** Takes no new request, lets those under way finish for a while, then closes what is left. */
export async function closeHttp(
  http: Server,
  stopLive: () => Promise<void>,
  time: RunnerTime,
): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  http.closeIdleConnections();
  await stopLive();
  await Promise.race([closed, pause(time, REQUESTS_MS)]);
  http.closeAllConnections();
  await closed;
}
