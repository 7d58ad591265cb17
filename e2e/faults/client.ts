import net from 'node:net';
import type { Packet } from './packets.ts';
import { connectPacket, packetReader, TYPE } from './packets.ts';
import { sleep, until } from './time.ts';

const RETRY_MS = 50;

/** A connection to a broker that comes back by itself and keeps its session. */
export interface Client {
  readonly isConnected: boolean;
  write(bytes: Buffer): void;
  /** Stops and goes on reading from the socket. */
  pause(): void;
  resume(): void;
  /** Resolves when the broker has accepted it. */
  connected(): Promise<void>;
  close(): void;
}

export interface ClientOptions {
  readonly port: number;
  readonly clientId: string;
  onConnected(): void;
  onPacket(packet: Packet): void;
}

export function openClient(options: ClientOptions): Client {
  let socket: net.Socket | undefined;
  let isConnected = false;
  let isClosed = false;

  const connect = () => {
    if (isClosed) return;
    const own = net.connect({ host: '127.0.0.1', port: options.port, noDelay: true });
    socket = own;
    own.on('data', packetReader(take));
    own.on('connect', () => own.write(connectPacket(options.clientId)));
    // The close that follows tries again.
    own.on('error', () => undefined);
    own.on('close', () => {
      isConnected = false;
      void sleep(RETRY_MS).then(connect);
    });
  };
  const take = (packet: Packet) => {
    if (isClosed) return;
    if (packet.type !== TYPE.connack) return options.onPacket(packet);
    isConnected = packet.body[1] === 0;
    if (isConnected) options.onConnected();
  };

  connect();
  return {
    get isConnected() {
      return isConnected;
    },
    write: (bytes) => void socket?.write(bytes),
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    connected: () => until(`a connection of ${options.clientId} to the broker`, 10_000, () => isConnected),
    close: () => {
      isClosed = true;
      socket?.destroy();
    },
  };
}
