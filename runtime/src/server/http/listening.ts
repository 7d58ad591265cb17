import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { RunnerTime } from '../../runner/time.ts';
import { every } from '../../runner/time.ts';
import type { Settings } from '../../settings.ts';
import { isOfThisMachine } from '../../settings.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { within } from '../within.ts';
import type { Log } from './problem.ts';

const LOOPBACK = '127.0.0.1';
/** How long a stop waits for requests that are under way. */
const REQUESTS_MS = 3_000;
/** How often a stop looks for connections whose last answer is out. */
const IDLE_EVERY_MS = 50;

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

/** Every connection of a server, those that became WebSockets included, which `closeAllConnections` leaves open. */
export function connectionsOf(http: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/**
 * Takes no new connection, lets the requests under way finish for a while, then closes what is left. A page that goes
 * on asking gets one more answer at most, because each answer from now on ends its connection.
 */
export async function closeHttp(
  http: Server,
  open: ReadonlySet<Socket>,
  stopLive: () => Promise<void>,
  time: RunnerTime,
): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  http.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  // Nothing waits for this one here: it resolves when the last connection is gone.
  const liveStopped = stopLive();
  const stopLooking = every(time, IDLE_EVERY_MS, () => http.closeIdleConnections());
  await within(REQUESTS_MS, closed, time);
  stopLooking();
  for (const socket of open) socket.destroy();
  await Promise.all([closed, liveStopped]);
}
