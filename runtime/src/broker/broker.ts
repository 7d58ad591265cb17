import { join } from 'node:path';
import { Aedes } from 'aedes';
import type { RunnerTime } from '../runner/time.ts';
import { pause } from '../runner/time.ts';
import { makeFolder } from '../storage/dataFolder.ts';
import { createDelivery } from './delivery.ts';
import type { Guards } from './entrance.ts';
import { accept, slowDown } from './entrance.ts';
import { connectEvents } from './events.ts';
import type { Admission, Parts } from './hooks.ts';
import { createAdmission, createHooks } from './hooks.ts';
import { isRunnerSession, prefixOf, sessionsOf, sessionsOfWorkspace, toInner, toOuter } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { createInbox } from './inbox.ts';
import type { Journal } from './journal.ts';
import { openJournal } from './journal.ts';
import { keepNoPacketNumbers } from './packetNumbers.ts';
import type { BrokerListeners, TlsFiles } from './listening.ts';
import { openListeners } from './listening.ts';
import type { BrokerOptions, DeviceAddress } from './options.ts';
import { createPersistence } from './persistence.ts';
import { createPlaces } from './places.ts';
import { publishAgain, publishOwn } from './publishing.ts';
import type { OnQuota } from './quotas.ts';
import { DEFAULT_QUOTAS } from './quotas.ts';
import { atMostEvery, LOG_AGAIN_MS } from './seldom.ts';
import { createSessions } from './sessions.ts';
import type { Slowing } from './slowing.ts';
import { createSlowing } from './slowing.ts';
import type { Visitors } from './visitors.ts';
import { createVisitors } from './visitors.ts';

export interface Broker {
  readonly port: number;
  /** 0 without TLS. */
  readonly tlsPort: number;
  /** Connections now, and messages left out because their reader was too slow (QoS 0). */
  counters(): { readonly clients: number; readonly dropped: number };
  /**
   * Publishes for a device of a workspace with QoS 1; resolves when the message is where a PUBACK would say that it is.
   * Throws `runner-away` while the flows are too far behind.
   */
  publish(from: DeviceAddress, topic: string, payload: Buffer): Promise<void>;
  /** How long a device that publishes on another way than MQTT has to wait, ms; counts one message. */
  pace(from: DeviceAddress): number;
  /** A credential was revoked: closes the connections that use it, at once. */
  closeCredential(credential: string): void;
  /** A device may not sign in any more: forgets its sessions and what waits in them. */
  forgetDevice(from: DeviceAddress): void;
  /** A workspace was deleted: closes its connections, forgets its sessions and retained messages. */
  forgetWorkspace(workspace: string): void;
  changeTls(files: TlsFiles): void;
  /** Closes all connections; may be called twice. */
  stop(): Promise<void>;
}

const CONNECT_MS = 5_000;
/** How long a stop waits for messages that are on their way into the queues. */
const SETTLE_MS = 2_000;
const LOOPBACK = '127.0.0.1';
/** Ids of clients are no longer than topics may be; those of MQTT 3.1 are longer inside the broker than on the wire. */
const CLIENT_ID_LENGTH = 65_535;

/** All of a broker but its ports. */
interface Core extends Parts {
  readonly aedes: Aedes;
  readonly journal: Journal;
  readonly persistence: ReturnType<typeof createPersistence>;
  readonly visitors: Visitors;
  readonly slowing: Slowing;
  readonly admission: Admission;
  readonly guards: Guards;
  readonly warn: OnQuota;
}

/** Starts the embedded MQTT 3.1.1 broker. Throws `port-taken`, and `wrong-argument` for an address that it cannot have. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  keepNoPacketNumbers();
  makeFolder(options.folder);
  const core = createCore(options);
  const { aedes, inbox, visitors, places, slowing, journal } = core;
  await aedes.listen();
  connectEvents(aedes, core, core.guards, options);
  await publishAgain(aedes, inbox);
  const stopTimers = (): void => {
    for (const { stop } of [places, visitors, slowing]) stop();
  };
  let listeners: BrokerListeners;
  try {
    listeners = await openPorts(core, options);
  } catch (error) {
    stopTimers();
    await closeAedes(aedes);
    journal.close();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return {
    port: listeners.port,
    tlsPort: listeners.tlsPort,
    ...commandsOf(core, options),
    changeTls: (files) => listeners.changeTls(files),
    stop() {
      stopTimers();
      stopping ??= closeAll(listeners, aedes, inbox, options.time).then(() => journal.close());
      return stopping;
    },
  };
}

function createCore(options: BrokerOptions): Core {
  const { time } = options;
  const journal = openJournal(join(options.folder, 'broker.db'), (run) => time.soon(run));
  const quotas = options.quotas ?? DEFAULT_QUOTAS;
  const warn = atMostEvery(time, LOG_AGAIN_MS, (sentence) => options.log('warning', sentence));
  const isKept = (id: string) => isRunnerSession(id) || options.keepsAllFor?.(id) === true;
  const sessions = createSessions(journal, quotas, warn, isKept);
  const inbox = createInbox(journal);
  const places = createPlaces(sessions, time);
  const delivery = createDelivery(sessions, (client) =>
    warn(`The MQTT client “${client}” reads too slowly; what it does not read waits or is left out.`),
  );
  const parts: Parts = { delivery, inbox, places, sessions };
  const visitors = createVisitors(time);
  const slowing = createSlowing(time, (event) => options.onSlowed?.(event));
  const admission = createAdmission(parts, warn);
  const granted = new WeakSet<object>();
  const guards: Guards = new WeakMap();
  const persistence = createPersistence(journal, sessions, places, quotas, warn, {
    isGranted: (subscription) => granted.has(subscription),
    outerTopic: (client, topic) => toOuter(visitors.of(client)?.prefix ?? '', topic),
  });
  const aedes = new Aedes({
    id: options.newId(),
    persistence,
    connectTimeout: options.connectMs ?? CONNECT_MS,
    drainTimeout: 0,
    queueLimit: 42,
    maxClientsIdLength: CLIENT_ID_LENGTH,
    ...createHooks({
      delivery,
      visitors,
      admission,
      granted,
      onTaken: (client, visitor) => slowDown(slowing, guards.get(client.conn), visitor),
    }),
  });
  return { ...parts, aedes, journal, persistence, visitors, slowing, admission, guards, warn };
}

function openPorts(
  { aedes, guards, visitors, warn }: Core,
  options: BrokerOptions,
): Promise<BrokerListeners> {
  return openListeners({
    port: options.port,
    host: options.host ?? LOOPBACK,
    tls: options.tls,
    mostConnections: (options.quotas ?? DEFAULT_QUOTAS).connections,
    onConnection: (socket, arrival) => accept({ aedes, guards, visitors, options, warn }, socket, arrival),
    onTlsError: (error, address) =>
      warn(`A TLS connection from ${address} to the MQTT broker failed: ${error.message}.`),
  });
}

function commandsOf(
  core: Core,
  options: BrokerOptions,
): Omit<Broker, 'port' | 'tlsPort' | 'changeTls' | 'stop'> {
  const { aedes, delivery, admission, slowing, visitors, sessions, persistence } = core;
  return {
    counters: () => ({ clients: aedes.connectedClients, dropped: delivery.dropped }),
    async publish({ workspace }, topic, payload) {
      await publishOwn(aedes, admission, toInner(prefixOf(workspace), topic), payload);
      options.observe(topic, payload, workspace);
    },
    pace: ({ workspace, device }) => slowing.took(workspace, device),
    closeCredential: (credential) =>
      visitors.close((identity) => identity.kind !== 'local' && identity.credential === credential),
    forgetDevice: ({ workspace, device }) =>
      sessions.endAll(
        sessionsOf({ kind: 'device', workspace, device, credential: '', expiresAt: undefined }),
      ),
    forgetWorkspace(workspace) {
      visitors.close((identity) => identity.workspace === workspace);
      sessions.endAll(sessionsOfWorkspace(workspace));
      persistence.forgetRetained(prefixOf(workspace));
    },
  };
}

async function closeAll(
  listeners: BrokerListeners,
  aedes: Aedes,
  inbox: Inbox,
  time: RunnerTime,
): Promise<void> {
  const closed = listeners.close();
  await Promise.race([inbox.settled(), pause(time, SETTLE_MS)]);
  await closeAedes(aedes);
  await closed;
}

function closeAedes(aedes: Aedes): Promise<void> {
  return new Promise((resolve) => aedes.close(() => resolve()));
}
