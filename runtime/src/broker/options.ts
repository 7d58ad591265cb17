import type { RunnerTime } from '../runner/time.ts';
import type { TlsFiles } from './listening.ts';
import type { BrokerQuotas } from './quotas.ts';
import type { SignIn } from './signIn.ts';
import type { SlowedEvent } from './slowing.ts';

export interface BrokerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The address for MQTT without TLS; loopback by default. */
  readonly host?: string;
  /** A second port, with TLS. */
  readonly tls?: { readonly port: number; readonly host: string; readonly files: TlsFiles } | undefined;
  /** For sessions, queues and retained messages; made when it is not there. */
  readonly folder: string;
  /** The longest packet of a client that is connected, bytes. */
  readonly packetBytes: number;
  readonly time: RunnerTime;
  newId(): string;
  log(level: 'note' | 'warning' | 'error', sentence: string): void;
  /** Sees every message that is published, by its workspace. */
  observe(topic: string, payload: Uint8Array, workspace: string): void;
  /** Says who a client is. Without it everybody on this machine is the local network, and nobody else gets in. */
  readonly signIn?: SignIn;
  /** A device sends far more than usual and is slowed, or keeps its pace again. */
  onSlowed?(event: SlowedEvent): void;
  readonly quotas?: BrokerQuotas;
  /** Clients of the local network of whose sessions nothing may be left out: publishers have to come again instead. */
  readonly keepsAllFor?: (client: string) => boolean;
  /** How long a client may take to send CONNECT. */
  readonly connectMs?: number;
}

export interface DeviceAddress {
  readonly workspace: string;
  readonly device: string;
}
