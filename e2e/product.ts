import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from './patience.ts';

// The running product, as a user has it: `npx sluice start` in a process of its own, on a folder and ports of its own.

const SLUICE = fileURLToPath(new URL('../runtime/sluice.js', import.meta.url));

/** Longer than any start or stop takes on a small machine that is busy; one that takes longer hangs. */
const HANGS_MS = 60_000;

export const ACCOUNT = {
  name: 'Ada Lovelace',
  email: 'ada@example.org',
  password: 'correct horse battery',
} as const;

/** As which the product asks a provider outside. */
export const OIDC_CLIENT = { id: 'sluice', secret: 'a secret of the tests only' } as const;

export interface ProductOptions {
  /** Where it keeps its data; a new folder that goes with the product when left out. */
  readonly folder?: string;
  /** The demo devices and flows. */
  readonly demo?: boolean;
  /** Make the account of `ACCOUNT` without the link. */
  readonly account?: boolean;
  readonly httpPort?: number;
  readonly mqttPort?: number;
  /** A broker in place of the embedded one. */
  readonly mqttUrl?: string;
  /** Start in safe mode. */
  readonly safe?: boolean;
  /** A provider outside that people may sign in with. */
  readonly oidc?: { readonly issuer: string; readonly name: string };
  /** The folder of the `node` that its first line asks for; that of the one that runs this when left out. */
  readonly nodeFolder?: string;
  /** Files of a certificate and its key, PEM: for the web server, and a port of the broker with TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Product {
  readonly url: string;
  readonly mqttUrl: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Of the broker with TLS; 0 where it was started without. */
  readonly mqttsPort: number;
  readonly folder: string;
  readonly pid: number;
  /** The one-time link, where there is no account yet. */
  readonly link: string | undefined;
  /** Everything that was printed. */
  readonly output: () => string;
  /** SIGTERM, and waits for the end; rejects with what was printed when it does not come. May be called twice. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

/** Starts the product and waits until it says that it is ready. Rejects with what it printed when it ends before. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const isOwnFolder = options.folder === undefined;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'sluice-e2e-')));
  const child = spawn(SLUICE, ['start', '--json'], {
    env: { ...process.env, ...environmentOf(folder, options) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const output = () => lines.join('\n');
  const ready = await within(HANGS_MS, readyLine(child, lines), () => {
    child.kill('SIGKILL');
    return `sluice start was not ready after ${HANGS_MS} ms:\n${output()}`;
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill(signal);
      await within(HANGS_MS, exit, () => {
        child.kill('SIGKILL');
        return `sluice start did not end within ${HANGS_MS} ms after ${signal}:\n${output()}`;
      });
    }
    if (isOwnFolder) await rm(folder, { recursive: true, force: true });
    return child.exitCode;
  };
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${ready.http}`,
    mqttUrl: `mqtt://127.0.0.1:${ready.mqtt}`,
    httpPort: ready.http,
    mqttPort: ready.mqtt,
    mqttsPort: ready.mqtts,
    folder,
    pid: child.pid ?? 0,
    link: ready.link,
    output,
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
  };
}

function environmentOf(folder: string, options: ProductOptions): Record<string, string> {
  const { nodeFolder = dirname(process.execPath) } = options;
  return {
    PATH: [nodeFolder, process.env['PATH'] ?? ''].join(delimiter),
    SLUICE_DATA: folder,
    SLUICE_PORT: String(options.httpPort ?? 0),
    SLUICE_MQTT_PORT: String(options.mqttPort ?? 0),
    SLUICE_DEMO: options.demo === true ? '1' : '0',
    SLUICE_SAFE: options.safe === true ? '1' : '0',
    ...(options.tls === undefined
      ? {}
      : { SLUICE_TLS_CERT: options.tls.cert, SLUICE_TLS_KEY: options.tls.key, SLUICE_MQTTS_PORT: '0' }),
    ...(options.mqttUrl === undefined ? {} : { SLUICE_MQTT_URL: options.mqttUrl }),
    ...(options.oidc === undefined
      ? {}
      : {
          SLUICE_OIDC_ISSUER: options.oidc.issuer,
          SLUICE_OIDC_NAME: options.oidc.name,
          SLUICE_OIDC_CLIENT_ID: OIDC_CLIENT.id,
          SLUICE_OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
        }),
    ...(options.account === false
      ? {}
      : { SLUICE_ADMIN_EMAIL: ACCOUNT.email, SLUICE_ADMIN_PASSWORD: ACCOUNT.password }),
  };
}

interface Ready {
  readonly http: number;
  readonly mqtt: number;
  readonly mqtts: number;
  readonly link: string | undefined;
}

function readyLine(child: ChildProcess, lines: string[]): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const take = (line: string) => {
      lines.push(line);
      const ready = parseReady(line);
      if (ready !== undefined) resolve(ready);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', take);
    }
    child.once('exit', (code) => reject(new Error(`sluice start ended with ${code}:\n${lines.join('\n')}`)));
  });
}

function parseReady(line: string): Ready | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = JSON.parse(line) as {
    event?: string;
    http?: number;
    mqtt?: number;
    mqtts?: number;
    link?: string;
  };
  if (parsed.event !== 'ready' || parsed.http === undefined || parsed.mqtt === undefined) return undefined;
  return { http: parsed.http, mqtt: parsed.mqtt, mqtts: parsed.mqtts ?? 0, link: parsed.link };
}
