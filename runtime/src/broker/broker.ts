import type { Socket } from 'node:net';
import { join } from 'node:path';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { AedesPublishPacket, Client } from 'aedes';
import { Aedes } from 'aedes';
import type { RunnerTime } from '../runner/time.ts';
import { pause } from '../runner/time.ts';
import { makeFolder } from '../storage/dataFolder.ts';
import type { Arrival } from './border.ts';
import { watchBorder } from './border.ts';
import type { ConnectedClient } from './delivery.ts';
import { createDelivery } from './delivery.ts';
import type { GuardedStream } from './guardedStream.ts';
import { guardSocket } from './guardedStream.ts';
import type { Parts } from './hooks.ts';
import { createAdmission, createHooks } from './hooks.ts';
import {
  isRunnerSession,
  LOCAL,
  placeOf,
  prefixOf,
  sessionsOf,
  sessionsOfWorkspace,
  toInner,
  toOuter,
} from './identity.ts';
import type { Inbox } from './inbox.ts';
import { createInbox } from './inbox.ts';
import { openJournal } from './journal.ts';
import type { BrokerListeners, TlsFiles } from './listening.ts';
import { openListeners } from './listening.ts';
import { createPersistence } from './persistence.ts';
import { createPlaces } from './places.ts';
import type { BrokerQuotas } from './quotas.ts';
import { DEFAULT_QUOTAS } from './quotas.ts';
import { createSessions } from './sessions.ts';
import type { SignIn } from './signIn.ts';
import { REFUSED } from './signIn.ts';
import type { SlowedEvent } from './slowing.ts';
import { createSlowing } from './slowing.ts';
import type { Visitor, Visitors } from './visitors.ts';
import { createVisitors } from './visitors.ts';

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

export interface DeviceAddress {
  readonly workspace: string;
  readonly device: string;
}

/** The longest packet before CONNECT is accepted: nobody is known yet, so nobody gets much memory. */
const BEFORE_CONNECT_BYTES = 16_384;
const CONNECT_MS = 5_000;
/** How long a stop waits for messages that are on their way into the queues. */
const SETTLE_MS = 2_000;
const QUOTA_LOG_MS = 60_000;
const LOOPBACK = '127.0.0.1';
/** Ids of clients are no longer than topics may be; those of MQTT 3.1 are longer inside the broker than on the wire. */
const CLIENT_ID_LENGTH = 65_535;

const onlyLocal: SignIn = ({ isLocal }) =>
  isLocal
    ? { ok: true, identity: LOCAL }
    : { ok: false, code: REFUSED.notAllowed, reason: 'it is not on this machine' };

/** The guard of each connection, by the stream that aedes knows. */
type Guards = WeakMap<object, GuardedStream>;

/** Starts the embedded MQTT 3.1.1 broker. Throws `port-taken`, and `wrong-argument` for an address that it cannot have. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  makeFolder(options.folder);
  const { time } = options;
  const journal = openJournal(join(options.folder, 'broker.db'), (run) => time.soon(run));
  const quotas = options.quotas ?? DEFAULT_QUOTAS;
  const warn = atMostEvery(time, QUOTA_LOG_MS, (sentence) => options.log('warning', sentence));
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
  await aedes.listen();
  connectEvents(aedes, parts, guards, options);
  await publishAgain(aedes, inbox);
  const stopTimers = (): void => {
    places.stop();
    visitors.stop();
    slowing.stop();
  };
  let listeners: BrokerListeners;
  try {
    listeners = await openListeners({
      port: options.port,
      host: options.host ?? LOOPBACK,
      tls: options.tls,
      mostConnections: quotas.connections,
      onConnection: (socket, arrival) => accept({ aedes, guards, visitors, options, warn }, socket, arrival),
      onTlsError: (error, address) =>
        warn(`A TLS connection from ${address} to the MQTT broker failed: ${error.message}.`),
    });
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
    changeTls: (files) => listeners.changeTls(files),
    stop() {
      stopTimers();
      stopping ??= closeAll(listeners, aedes, inbox, time).then(() => journal.close());
      return stopping;
    },
  };
}

function slowDown(
  slowing: ReturnType<typeof createSlowing>,
  guard: GuardedStream | undefined,
  { answer }: Visitor,
): void {
  if (!answer.ok || answer.identity.kind !== 'device') return;
  const waitMs = slowing.took(answer.identity.workspace, answer.identity.device);
  if (waitMs > 0) guard?.rest(waitMs);
}

function publishOwn(
  aedes: Aedes,
  admission: ReturnType<typeof createAdmission>,
  topic: string,
  payload: Buffer,
): Promise<void> {
  const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false } as const;
  return new Promise((resolve, reject) => {
    admission(undefined, packet, (refused) => {
      if (refused !== null && refused !== undefined) {
        reject(new SluiceError('runner-away', refused.message, { cause: refused }));
        return;
      }
      aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  });
}

function connectEvents(
  aedes: Aedes,
  { delivery, inbox, places }: Omit<Parts, 'sessions'>,
  guards: Guards,
  options: BrokerOptions,
): void {
  aedes.on('clientReady', (client) => delivery.ready(client as unknown as ConnectedClient));
  aedes.on('connackSent', (connack, client) => {
    if (connack.returnCode === 0) guards.get(client.conn)?.accept();
  });
  aedes.on('clientDisconnect', (client) => places.left(client.id));
  aedes.on('publish', (packet, client) => {
    inbox.done(packet);
    places.done(packet);
    if (client !== null && !packet.topic.startsWith('$SYS/')) observe(options, packet);
  });
  // A client that comes again and again with the same trouble is told of once a minute.
  const note = atMostEvery(options.time, QUOTA_LOG_MS, (sentence) => options.log('note', sentence));
  aedes.on('clientError', (client, error) =>
    note(`The MQTT connection of “${client.id}” ended: ${error.message.replace(/\.$/, '')}.`),
  );
  aedes.on(
    'error' as 'closed',
    ((error: Error) =>
      options.log('error', `The broker cannot store messages: ${error.message}.`)) as () => void,
  );
}

function observe(options: BrokerOptions, packet: AedesPublishPacket): void {
  const { workspace, topic } = placeOf(packet.topic);
  const { payload } = packet;
  options.observe(topic, Buffer.isBuffer(payload) ? payload : Buffer.from(payload), workspace);
}

interface Entrance {
  readonly aedes: Aedes;
  readonly guards: Guards;
  readonly visitors: Visitors;
  readonly options: BrokerOptions;
  warn(sentence: string): void;
}

function accept(
  { aedes, guards, visitors, options, warn }: Entrance,
  socket: Socket,
  arrival: Arrival,
): void {
  const address = socket.remoteAddress ?? 'an unknown address';
  const limits = { beforeConnectBytes: BEFORE_CONNECT_BYTES, packetBytes: options.packetBytes };
  const guarded = guardSocket(socket, limits, options.time, (reason) =>
    warn(`An MQTT connection from ${address} was closed: ${reason}.`),
  );
  guards.set(guarded.stream, guarded);
  const client: Client = aedes.handle(guarded.stream);
  const { newId, signIn = onlyLocal } = options;
  watchBorder(client, arrival, { visitors, signIn, newId });
  // Whatever way it ends, and however early.
  guarded.stream.on('close', () => visitors.left(client));
}

/** What a process that was killed had acknowledged and not yet queued. */
async function publishAgain(aedes: Aedes, inbox: Inbox): Promise<void> {
  for (const { packet, remove } of inbox.left()) {
    await new Promise<void>((resolve, reject) => {
      const { topic, payload, qos, retain } = packet;
      aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    remove();
  }
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

/** Lets one sentence of a kind through in a while, so that a flood of refusals is no flood of log lines. */
function atMostEvery(time: RunnerTime, ms: number, log: (sentence: string) => void) {
  const last = new Map<string, number>();
  return (sentence: string): void => {
    const now = time.now();
    if (now - (last.get(sentence) ?? Number.NEGATIVE_INFINITY) < ms) return;
    if (last.size > 1_000) last.clear();
    last.set(sentence, now);
    log(sentence);
  };
}
