import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { AedesPublishPacket, Client, PublishPacket } from 'aedes';
import { Aedes } from 'aedes';
import { makeFolder } from '../storage/dataFolder.ts';
import type { RunnerTime } from '../runner/time.ts';
import { pause } from '../runner/time.ts';
import type { ConnectedClient, Delivery } from './delivery.ts';
import { createDelivery } from './delivery.ts';
import type { GuardedStream } from './guardedStream.ts';
import { guardSocket } from './guardedStream.ts';
import type { Inbox } from './inbox.ts';
import { createInbox } from './inbox.ts';
import { openJournal } from './journal.ts';
import { keepNoPacketNumbers } from './packetNumbers.ts';
import type { BrokerPacket } from './packets.ts';
import { createPersistence } from './persistence.ts';
import type { Places } from './places.ts';
import { createPlaces } from './places.ts';
import type { BrokerQuotas, OnQuota } from './quotas.ts';
import { DEFAULT_QUOTAS } from './quotas.ts';
import type { Sessions } from './sessions.ts';
import { createSessions } from './sessions.ts';

export interface BrokerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** For sessions, queues and retained messages; made when it is not there. */
  readonly folder: string;
  /** The longest packet of a client that is connected, bytes. */
  readonly packetBytes: number;
  readonly time: RunnerTime;
  newId(): string;
  log(level: 'note' | 'warning' | 'error', sentence: string): void;
  /** Sees every message that clients publish. */
  observe(topic: string, payload: Uint8Array): void;
  readonly quotas?: BrokerQuotas;
  /** Clients of whose sessions nothing may be left out: publishers have to come again instead. */
  readonly keepsAllFor?: (client: string) => boolean;
  /** How long a client may take to send CONNECT. */
  readonly connectMs?: number;
}

export interface Broker {
  readonly port: number;
  /** Connections now, and messages left out because their reader was too slow (QoS 0). */
  counters(): { readonly clients: number; readonly dropped: number };
  /** Closes all connections; may be called twice. */
  stop(): Promise<void>;
}

/** The longest packet before CONNECT is accepted: nobody is known yet, so nobody gets much memory. */
const BEFORE_CONNECT_BYTES = 16_384;
const CONNECT_MS = 5_000;
/** How long a stop waits for messages that are on their way into the queues. */
const SETTLE_MS = 2_000;
const QUOTA_LOG_MS = 60_000;
const BEHIND =
  'The flows are so far behind that the broker takes no more messages of QoS 1 and 2 for them; who publishes has to come again.';

/** The guard of each connection, by the stream that aedes knows. */
type Guards = WeakMap<object, GuardedStream>;

/** Starts the embedded MQTT 3.1.1 broker on loopback. Throws `port-taken`. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  keepNoPacketNumbers();
  makeFolder(options.folder);
  const journal = openJournal(join(options.folder, 'broker.db'), (run) => options.time.soon(run));
  const quotas = options.quotas ?? DEFAULT_QUOTAS;
  const warn = atMostEvery(options.time, QUOTA_LOG_MS, (sentence) => options.log('warning', sentence));
  const sessions = createSessions(journal, quotas, warn, options.keepsAllFor ?? (() => false));
  const inbox = createInbox(journal);
  const places = createPlaces(sessions, options.time);
  const delivery = createDelivery(sessions, (client) =>
    warn(`The MQTT client “${client}” reads too slowly; what it does not read waits or is left out.`),
  );
  const aedes = new Aedes({
    id: options.newId(),
    persistence: createPersistence(journal, sessions, places, quotas, warn),
    connectTimeout: options.connectMs ?? CONNECT_MS,
    drainTimeout: 0,
    queueLimit: 42,
    ...hooks({ delivery, inbox, places, sessions }, warn),
  });
  const guards: Guards = new WeakMap();
  await aedes.listen();
  connectEvents(aedes, { delivery, inbox, places }, guards, options);
  await publishAgain(aedes, inbox);
  const server = createServer((socket) => accept(aedes, socket, guards, options, warn));
  server.maxConnections = quotas.connections;
  try {
    await listen(server, options.port);
  } catch (error) {
    await closeAedes(aedes);
    journal.close();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    counters: () => ({ clients: aedes.connectedClients, dropped: delivery.dropped }),
    stop() {
      places.stop();
      stopping ??= closeAll(server, aedes, inbox, options.time).then(() => journal.close());
      return stopping;
    },
  };
}

/** What becomes of a message between its arrival and its readers. */
interface Parts {
  readonly delivery: Delivery;
  readonly inbox: Inbox;
  readonly places: Places;
  readonly sessions: Sessions;
}

function hooks({ delivery, inbox, places, sessions }: Parts, warn: OnQuota) {
  return {
    authenticate(client: Client, _user: unknown, _password: unknown, done: (error: null, ok: true) => void) {
      delivery.connecting(client as unknown as ConnectedClient);
      done(null, true);
    },
    authorizePublish(
      client: Client | null,
      packet: PublishPacket,
      done: (error?: Error | null) => void,
    ): void {
      if (packet.topic.startsWith('$')) {
        done(new Error('topics that start with $ are the broker’s own'));
        return;
      }
      const interested = packet.qos === 0 ? [] : sessions.interested(packet.topic);
      // Who is behind may go on publishing: it has to, to catch up.
      const others = interested.map(({ clientId }) => clientId).filter((id) => id !== client?.id);
      const taken = packet as unknown as BrokerPacket;
      if (others.length > 0 && !places.hold(client?.id, others, taken)) {
        warn(BEHIND);
        done(new Error(BEHIND));
      } else if (packet.qos === 1 && interested.length > 0) {
        void admit(inbox, places, taken, done);
      } else {
        done(null);
      }
    },
    authorizeForward: (client: Client, packet: AedesPublishPacket) =>
      delivery.isForwarded(client as unknown as ConnectedClient, packet as unknown as BrokerPacket)
        ? packet
        : null,
  };
}

async function admit(
  inbox: Inbox,
  places: Places,
  packet: BrokerPacket,
  done: (error?: Error | null) => void,
): Promise<void> {
  let failure: Error | null = null;
  try {
    await inbox.add(packet);
  } catch (error) {
    places.done(packet);
    failure = error instanceof Error ? error : new Error(String(error));
  }
  done(failure);
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
    if (client !== null && !packet.topic.startsWith('$')) observe(options, packet);
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
  options.observe(
    packet.topic,
    Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload),
  );
}

function accept(
  aedes: Aedes,
  socket: Socket,
  guards: Guards,
  options: BrokerOptions,
  warn: (sentence: string) => void,
): void {
  const address = socket.remoteAddress ?? 'an unknown address';
  const limits = { beforeConnectBytes: BEFORE_CONNECT_BYTES, packetBytes: options.packetBytes };
  const guarded = guardSocket(socket, limits, (reason) =>
    warn(`An MQTT connection from ${address} was closed: ${reason}.`),
  );
  guards.set(guarded.stream, guarded);
  aedes.handle(guarded.stream);
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

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new SluiceError(
              'port-taken',
              `The MQTT port ${port} is taken by another program. Stop that one, set another port with SLUICE_MQTT_PORT, or use it as the broker with SLUICE_MQTT_URL=mqtt://127.0.0.1:${port}.`,
              { cause },
            )
          : cause,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function closeAll(server: Server, aedes: Aedes, inbox: Inbox, time: RunnerTime): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
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
