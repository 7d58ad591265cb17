import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { nodeHttp, nodeHttps } from '../nodeHttp.ts';
import type { RunnerTime } from '../runner/time.ts';
import { newId } from '../runner/time.ts';
import type { Settings } from '../settings.ts';
import type { Keyring } from '../storage/workspaceKeys.ts';
import type { Accounts } from './accounts/accounts.ts';
import { FIRST_WORKSPACE } from './accounts/accounts.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { BrokerCounters, DeviceSource } from './deviceSource.ts';
import { createApp } from './http/app.ts';
import { closeHttp, connectionsOf, hostFor, listen } from './http/listening.ts';
import type { Log } from './http/problem.ts';
import type { Live } from './live/live.ts';
import { openLive } from './live/live.ts';
import type { TlsFiles } from './tlsFiles.ts';
import type { Workspaces } from './workspace.ts';
import type { WorkspaceRegister } from './workspaces/workspaceRegister.ts';

const LOOPBACK = '127.0.0.1';
/** How long a browser may take for the handshake of TLS. */
const HANDSHAKE_MS = 10_000;
/**
 * How long a connection is kept for its next request. Longer than the 60 s for which reverse proxies (nginx, load
 * balancers) keep theirs: whoever ends it first, the other may just be writing a request into it.
 */
const KEEP_ALIVE_MS = 65_000;
const EDITOR = resolve(import.meta.dirname, '../../../editor/dist');

export interface WebOptions {
  readonly settings: Settings;
  readonly accounts: Accounts;
  readonly workspaces: Workspaces;
  readonly register: WorkspaceRegister;
  readonly keyring: Pick<Keyring, 'rotate'>;
  readonly credentials: Credentials;
  readonly source: Pick<DeviceSource, 'publish' | 'pace' | 'port' | 'tlsPort'>;
  readonly tls: TlsFiles | undefined;
  broker(): BrokerCounters | undefined;
  /** The folder of the built editor; the project's own by default. */
  readonly editor: string | undefined;
  readonly time: RunnerTime;
  readonly log: Log;
}

export interface Web {
  readonly port: number;
  readonly address: string;
  /** The flows that ran before run again. */
  setReady(): void;
  /** Ends the live sockets, lets requests finish for a while, closes the rest. */
  stop(): Promise<void>;
}

/** Opens the web server with the live socket. Throws `port-taken`. */
export async function openWeb(options: WebOptions): Promise<Web> {
  const { settings, accounts, workspaces, register, time, log } = options;
  let isReady = false;
  let live: Live | undefined;
  const app = createApp({
    accounts,
    workspaces,
    register,
    keyring: options.keyring,
    credentials: options.credentials,
    source: options.source,
    hasTls: options.tls !== undefined,
    version: readVersion(),
    isSafe: settings.safe,
    editor: options.editor ?? EDITOR,
    // The runner of another workspace that ends again and again takes the server away from nobody else.
    isReady: () =>
      isReady && ['idle', 'ready'].includes(workspaces.get(FIRST_WORKSPACE)?.host.state() ?? 'restarting'),
    broker: options.broker,
    peopleChanged: () => live?.check(),
    newId,
    log,
  });
  const { http, stop: stopTls } = createWebServer(options.tls, app);
  const connections = connectionsOf(http);
  const host = hostFor(settings, accounts, log);
  await listen(http, settings.port, host);
  const opened = openLive({
    http,
    workspaces,
    userOf: (token) => accounts.userOf(token),
    noteDenied: ({ credential, ...denied }) =>
      accounts.denials.note({ caller: accounts.find(credential)?.caller, ...denied }),
    time,
    newId,
    log,
  });
  live = opened;
  const { port } = http.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? LOOPBACK : host;
  return {
    port,
    address: `${options.tls === undefined ? 'http' : 'https'}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`,
    setReady() {
      isReady = true;
    },
    async stop() {
      isReady = false;
      stopTls();
      await closeHttp(http, connections, () => opened.stop(), time);
    },
  };
}

/** With TLS where there is a certificate; a new one counts for what connects from then on. */
function createWebServer(tls: TlsFiles | undefined, app: RequestListener): { http: Server; stop(): void } {
  const options = { requestTimeout: 60_000, keepAliveTimeout: KEEP_ALIVE_MS };
  if (tls === undefined) {
    return { http: nodeHttp().createServer(options, app), stop: () => undefined };
  }
  const secure = { minVersion: 'TLSv1.2' } as const;
  const https = nodeHttps().createServer(
    { ...options, ...secure, ...tls.current, handshakeTimeout: HANDSHAKE_MS },
    app,
  );
  return { http: https, stop: tls.onChanged((files) => https.setSecureContext({ ...secure, ...files })) };
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
