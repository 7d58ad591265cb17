import { createHash } from 'node:crypto';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Arrival } from './border.ts';

/** Certificate and key of a server, PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface BrokerListeners {
  readonly port: number;
  /** 0 where there is none. */
  readonly tlsPort: number;
  /** What connects from now on is answered with these. */
  changeTls(files: TlsFiles): void;
  /** Takes no new connection; resolves when the last one is closed. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly port: number;
  /** The address for MQTT without TLS. */
  readonly host: string;
  readonly tls: { readonly port: number; readonly host: string; readonly files: TlsFiles } | undefined;
  readonly mostConnections: number;
  onConnection(socket: Socket, arrival: Arrival): void;
  /** A handshake failed. */
  onTlsError(error: Error, address: string): void;
}

/** How long a client may take for the handshake of TLS. */
const HANDSHAKE_MS = 5_000;

/** Opens the port of the broker and, where wanted, the one with TLS. Throws `port-taken` and `wrong-argument`. */
export async function openListeners(options: ListenOptions): Promise<BrokerListeners> {
  const plain = createServer((socket) =>
    options.onConnection(socket, {
      certificate: undefined,
      isLocal: isLoopback(socket.remoteAddress ?? ''),
    }),
  );
  plain.maxConnections = options.mostConnections;
  await listen(plain, options.port, options.host, 'SLUICE_MQTT_PORT');
  if (options.tls === undefined) return listeners(plain, undefined);
  try {
    const secure = await createTls(options.tls.files, options);
    await listen(secure, options.tls.port, options.tls.host, 'SLUICE_MQTTS_PORT');
    return listeners(plain, secure);
  } catch (error) {
    await closed(plain);
    throw error;
  }
}

async function createTls(files: TlsFiles, options: ListenOptions): Promise<TlsServer> {
  // Loaded where it is wanted: most brokers on one machine do without.
  const tls = await import('node:tls');
  const server = tls.createServer(
    {
      ...files,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS,
      // Asked for and not required, for a device may have a token. Which one is accepted the sign-in says: the handshake
      // proves that the client has its key, and the store knows each certificate that counts by its fingerprint.
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => options.onConnection(socket, { certificate: fingerprintOf(socket), isLocal: false }),
  );
  server.maxConnections = options.mostConnections;
  server.on('tlsClientError', (error, socket) => {
    options.onTlsError(error, socket.remoteAddress ?? 'an unknown address');
    socket.destroy();
  });
  return server;
}

/** SHA-256 of the certificate that the client has shown, hex. */
function fingerprintOf(socket: TLSSocket): string | undefined {
  const raw = socket.getPeerX509Certificate()?.raw;
  return raw === undefined ? undefined : createHash('sha256').update(raw).digest('hex');
}

function listeners(plain: Server, secure: TlsServer | undefined): BrokerListeners {
  return {
    port: portOf(plain),
    tlsPort: secure === undefined ? 0 : portOf(secure),
    changeTls: (files) => secure?.setSecureContext({ ...files, minVersion: 'TLSv1.2' }),
    async close() {
      await Promise.all([closed(plain), ...(secure === undefined ? [] : [closed(secure)])]);
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Whether an address is of this machine only. */
function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address) || address === '::1' || address === 'localhost';
}

function listen(server: Server, port: number, host: string, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, port, host, setting)));
    server.listen(port, host, resolve);
  });
}

function listenError(cause: NodeJS.ErrnoException, port: number, host: string, setting: string): Error {
  if (cause.code === 'EADDRINUSE') {
    return new SluiceError(
      'port-taken',
      `The MQTT port ${port} is taken by another program. Stop that one, set another port with ${setting}, or use it as the broker with SLUICE_MQTT_URL=mqtt://127.0.0.1:${port}.`,
      { cause },
    );
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND' || cause.code === 'EACCES') {
    return new SluiceError(
      'wrong-argument',
      `The MQTT broker cannot listen on ${host} port ${port} (${cause.code}). Set an address of this machine with SLUICE_MQTT_HOST and a port that this user may open.`,
      { cause },
    );
  }
  return cause;
}
