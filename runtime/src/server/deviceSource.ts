import { join } from 'node:path';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Broker } from '../broker/broker.ts';
import type { DeviceAddress } from '../broker/options.ts';
import { startBroker } from '../broker/broker.ts';
import type { SlowedEvent } from '../broker/slowing.ts';
import { isRunnerClient } from '../connections/clientId.ts';
import type { RunnerTime } from '../runner/time.ts';
import { newId } from '../runner/time.ts';
import type { Settings } from '../settings.ts';
import { isOfThisMachine } from '../settings.ts';
import type { StoredConnection } from '../storage/connections.ts';
import { FIRST_WORKSPACE } from './accounts/accounts.ts';
import { builtInConnection } from './connections.ts';
import type { BrokerAccount, RunnerAccounts } from './credentials/brokerSignIn.ts';
import { createBrokerSignIn, createRunnerAccounts } from './credentials/brokerSignIn.ts';
import type { Credentials } from './credentials/credentials.ts';
import { observeOutside } from './devices/observeOutside.ts';
import type { Log } from './http/problem.ts';
import type { TlsFiles } from './tlsFiles.ts';

/** What the broker of the server tells of itself. */
export interface BrokerCounters {
  readonly clients: number;
  readonly dropped: number;
}

/** The broker that devices publish to: the embedded one, or an outside one. */
export interface DeviceSource {
  readonly url: string;
  /** Of the embedded broker; 0 when an outside one is used. */
  readonly port: number;
  /** Of the embedded broker with TLS; 0 where there is none. */
  readonly tlsPort: number;
  /** For the operator. */
  readonly line: string;
  /** `undefined` when an outside broker is used. */
  counters(): BrokerCounters | undefined;
  /**
   * The connection by which a workspace reads its devices, with a credential of its own. An outside broker knows nothing
   * of workspaces: there only the first one has one, for any other would see what the devices of others say.
   */
  brokerConnection(workspace: string): StoredConnection | undefined;
  /** For what the server itself publishes to the embedded broker in the name of a workspace. */
  accountOf(workspace: string): BrokerAccount | undefined;
  /** Publishes for a device; see `Broker.publish`. Throws `not-allowed` when an outside broker is used. */
  publish(from: DeviceAddress, topic: string, payload: Buffer): Promise<void>;
  /** How long a device has to wait, ms; counts one message. */
  pace(from: DeviceAddress): number;
  /** Closes what is connected for a workspace and forgets what the broker keeps for it. */
  forgetWorkspace(workspace: string): void;
  stop(): Promise<void>;
}

export interface DeviceSourceOptions {
  readonly settings: Settings;
  readonly credentials: Credentials;
  readonly tls: TlsFiles | undefined;
  readonly time: RunnerTime;
  readonly log: Log;
  /** Sees every message that is published for a workspace. */
  observe(workspace: string, topic: string, payload: Uint8Array): void;
  onSlowed(event: SlowedEvent): void;
}

/** Throws `port-taken`, and `wrong-argument` for an address that it cannot listen on. */
export function openDeviceSource(options: DeviceSourceOptions): Promise<DeviceSource> {
  const { mqttUrl } = options.settings;
  return mqttUrl === undefined ? openEmbedded(options) : openOutside(mqttUrl, options);
}

async function openOutside(url: string, { observe, log }: DeviceSourceOptions): Promise<DeviceSource> {
  const stop = await observeOutside({
    url,
    clientId: `sluice-devices-${newId().slice(0, 8)}`,
    observe: (topic, payload) => observe(FIRST_WORKSPACE, topic, payload),
    log,
  });
  const connection = builtInConnection(url, true);
  return {
    url,
    port: 0,
    tlsPort: 0,
    line: `MQTT broker ${new URL(url).host}`,
    counters: () => undefined,
    brokerConnection: (workspace) => (workspace === FIRST_WORKSPACE ? connection : undefined),
    accountOf: () => undefined,
    async publish() {
      throw new SluiceError(
        'not-allowed',
        'This server takes measurements from an MQTT broker of its own (SLUICE_MQTT_URL): publish them there.',
      );
    },
    pace: () => 0,
    forgetWorkspace: () => undefined,
    stop: async () => stop(),
  };
}

async function openEmbedded(options: DeviceSourceOptions): Promise<DeviceSource> {
  const { settings, credentials, tls } = options;
  const runners = createRunnerAccounts();
  const broker = await startEmbedded(options, runners);
  const stops = [
    credentials.onRevoked(({ workspace, device, credential, isLast }) => {
      broker.closeCredential(credential);
      if (isLast) broker.forgetDevice({ workspace, device });
    }),
    ...(tls === undefined ? [] : [tls.onChanged((files) => broker.changeTls(files))]),
  ];
  const url = `mqtt://${shownHost(plainHost(settings))}:${broker.port}`;
  const beside = broker.tlsPort === 0 ? '' : `, with TLS on port ${broker.tlsPort}`;
  return {
    url,
    port: broker.port,
    tlsPort: broker.tlsPort,
    line: `MQTT broker on port ${broker.port}${beside}`,
    counters: () => broker.counters(),
    brokerConnection: (workspace) => connectionFor(url, runners.of(workspace)),
    accountOf: (workspace) => runners.of(workspace),
    publish: (from, topic, payload) => broker.publish(from, topic, payload),
    pace: (from) => broker.pace(from),
    forgetWorkspace: (workspace) => broker.forgetWorkspace(workspace),
    async stop() {
      for (const stop of stops) stop();
      await broker.stop();
    },
  };
}

function startEmbedded(options: DeviceSourceOptions, runners: RunnerAccounts): Promise<Broker> {
  const { settings, credentials, tls, time, log, observe, onSlowed } = options;
  const host = plainHost(settings);
  if (!isOfThisMachine(host)) {
    log(
      'warning',
      `The MQTT broker listens on ${host} without TLS: whoever is on the way can read tokens and measurements. Set SLUICE_TLS_CERT, SLUICE_TLS_KEY and SLUICE_MQTTS_PORT before devices use it.`,
    );
  }
  return startBroker({
    port: settings.mqttPort,
    host,
    tls:
      settings.mqttsPort === undefined || tls === undefined
        ? undefined
        : { port: settings.mqttsPort, host: settings.mqttHost, files: tls.current },
    folder: join(settings.data, 'broker'),
    packetBytes: settings.mqttPacketBytes,
    time,
    newId,
    log,
    observe: (topic, payload, workspace) => observe(workspace, topic, payload),
    signIn: createBrokerSignIn({
      credentials,
      runners,
      isAnonymousAllowed: settings.mqttAnonymous ?? isOfThisMachine(settings.mqttHost),
    }),
    onSlowed,
    keepsAllFor: isRunnerClient,
  });
}

/** Where there is a port with TLS, the one without it is for this machine only. */
function plainHost({ mqttHost, mqttsPort }: Settings): string {
  return mqttsPort === undefined ? mqttHost : '127.0.0.1';
}

/** An address to connect to, for one to listen on. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function connectionFor(url: string, { username, password }: BrokerAccount): StoredConnection {
  const connection = builtInConnection(url, false);
  return {
    ...connection,
    config: { ...connection.config, username },
    secrets: { ...connection.secrets, password },
  };
}
