import { SluiceError } from '@sluice/shared/errors.ts';
import type { MqttPacket, NodeStatus } from '@sluice/shared/node/context.ts';
import type { IClientOptions, MqttClient } from 'mqtt';
import mqtt from 'mqtt';
import type { Scheduler } from '../engine/shell.ts';
import type { Inbox } from './mqttInbox.ts';
import { createLowerPacketIds } from './mqttInFlight.ts';
import { createPublisher } from './mqttPublisher.ts';
import { HELD_BACK, readLate } from './mqttReading.ts';
import type { MqttSettings } from './mqttSettings.ts';
import { closedSentence, failureSentence } from './mqttSettings.ts';
import { onStreamError } from './mqttSocket.ts';

type Qos = 0 | 1 | 2;

/** How long `subscribe` waits for a broker that says nothing before the flow starts without it. */
const FIRST_ANSWER_MS = 3_000;

/** How long a broker has to take the farewell before the socket is cut. */
const FAREWELL_MS = 1_000;

export interface SessionOptions {
  readonly settings: MqttSettings;
  readonly clientId: string;
  readonly retryMs: number;
  readonly scheduler: Scheduler;
  readonly inbox: Inbox;
  readonly onStatus: (status: NodeStatus) => void;
}

/** One client of one broker, with what it was asked for there. */
export interface MqttSession {
  /** Asks the broker for a filter that the inbox wants. Resolves too when the broker is away; it is asked later then. */
  ask(filter: string): Promise<void>;
  drop(filter: string): void;
  publish(packet: Omit<MqttPacket, 'duplicate'>, signal: AbortSignal): Promise<void>;
  /** There is room in the inbox again. */
  resume(): void;
  readonly isPublishing: boolean;
  /** Says good-bye and closes; the broker keeps the session. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a client of MQTT 3.1.1 that reconnects by itself and keeps its session at the broker, so that packets of QoS 1
 * and 2 wait there while it is away.
 */
export function openSession(options: SessionOptions): MqttSession {
  const { settings, retryMs, scheduler, inbox, onStatus } = options;
  let text = `connecting to ${settings.url}`;
  let isClosed = false;
  const tell = (state: NodeStatus['state'], next: string) => {
    // What happens on the way out is nobody's concern any more.
    if (isClosed) return;
    text = next;
    onStatus({ state, text });
  };
  tell('waiting', text);
  const client = mqtt.connect(settings.url, clientOptions(options));
  const reading = readLate({
    client,
    inbox,
    scheduler,
    acknowledged: (packetId) => publisher.acknowledged(packetId),
    awaitsAnswers: () => publisher.awaitsAnswers,
  });
  const subscriptions = createSubscriptions(client, inbox, (sentence) => tell('error', sentence));
  const attempt = firstAnswer(client, scheduler);
  client.connect();
  // From here on it connects by itself, and stays closed when it is closed, as ever.
  client.options.manualConnect = false;

  client.on('connect', () => {
    tell('ok', `connected to ${settings.url}`);
    subscriptions.renew();
  });
  followFailures(client, {
    onFailed: (error) => tell('error', failureSentence(settings.url, error, retryMs)),
    onClosed: (isEarly) => tell('error', closedSentence(settings, isEarly, retryMs)),
  });
  // After the above, so that what fails by it is told why.
  const publisher = createPublisher({
    client,
    scheduler,
    state: () => text,
    onSent: () => reading.resume(),
  });

  return {
    ask: async (filter) => {
      await attempt.promise;
      if (client.connected) await subscriptions.ask(filter);
    },
    drop: subscriptions.drop,
    publish: publisher.publish,
    resume: reading.resume,
    get isPublishing() {
      return publisher.isBusy;
    },
    close: closer(client, scheduler, () => {
      isClosed = true;
      attempt.cancel();
      reading.close();
      publisher.close();
    }),
  };
}

interface FailureHandlers {
  readonly onFailed: (error: Error) => void;
  /** The broker has ended the connection, or the try to make one (early), and did not say why. */
  readonly onClosed: (isEarly: boolean) => void;
}

/** Tells once for each connection, or try to make one, why it ended. */
function followFailures(client: MqttClient, { onFailed, onClosed }: FailureHandlers): void {
  let isConnected = false;
  let isTold = false;
  let ofStream: Error | undefined;
  const fail = (error: Error) => {
    isTold = true;
    onFailed(error);
  };
  client.on('connect', () => (isConnected = true));
  client.on('error', (error) => {
    if (error !== HELD_BACK) fail(error);
  });
  // What TLS refuses after its handshake, as a client certificate that is missing, mqtt.js keeps to itself.
  onStreamError(client, (error) => (ofStream = error));
  client.on('close', () => {
    const isOver = isTold || client.disconnecting;
    if (isConnected && !client.disconnecting) onClosed(false);
    else if (!isOver && ofStream !== undefined) onFailed(ofStream);
    else if (!isOver) onClosed(true);
    isConnected = isTold = false;
    ofStream = undefined;
  });
}

function clientOptions({ settings, clientId, retryMs }: SessionOptions): IClientOptions {
  return {
    protocolVersion: 4,
    clientId,
    clean: false,
    // Opened when all that reads from it is in place.
    manualConnect: true,
    // Subscriptions are renewed here, by what flows want then.
    resubscribe: false,
    messageIdProvider: createLowerPacketIds(),
    reconnectPeriod: retryMs,
    reconnectOnConnackError: true,
    connectTimeout: 10_000,
    keepalive: 30,
    // It would make a buffer for every packet id there is, 12 MB, for packets that are not written by it.
    writeCache: false,
    // Its own log costs a dozen calls for each packet, also when nobody reads it.
    log: () => undefined,
    ...(settings.username !== undefined && { username: settings.username }),
    ...(settings.password !== undefined && { password: settings.password }),
    ...settings.tls,
    // Of these, MQTT over WebSocket takes no server name by itself.
    ...(settings.url.startsWith('wss:') && { wsOptions: { ...settings.tls } }),
  };
}

/** Resolves when the first try to connect has ended, well or badly, or takes too long to wait for. */
function firstAnswer(
  client: MqttClient,
  scheduler: Scheduler,
): { promise: Promise<void>; cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stopTimer = scheduler.after(FIRST_ANSWER_MS, resolve);
  const cancel = () => {
    void stopTimer();
    resolve();
  };
  client.once('connect', cancel);
  client.once('close', cancel);
  return { promise, cancel };
}

/** Keeps what the broker is asked for in step with what flows want. */
function createSubscriptions(client: MqttClient, inbox: Inbox, onRefused: (sentence: string) => void) {
  /** On their way to the broker, by quality of service and filter. */
  const asking = new Map<string, Promise<void>>();
  /** Given up while the broker was away; its session may still have them. */
  const dropped = new Set<string>();

  const request = async (filter: string, qos: Qos) => {
    await client.subscribeAsync(filter, { qos }).catch((error: unknown) => {
      // A connection that went away while asking is asked again when it is back.
      if (client.connected) throw refused(filter, error);
    });
  };
  const ask = async (filter: string) => {
    const qos = inbox.wanted().get(filter);
    if (qos !== undefined) await (asking.get(`${qos} ${filter}`) ?? start(filter, qos));
  };
  const start = (filter: string, qos: Qos) => {
    const key = `${qos} ${filter}`;
    const asked = request(filter, qos).finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  };

  // A broker that goes away in between is asked again when it is back.
  const unsubscribe = (filter: string) =>
    void client.unsubscribe(filter, (error) => {
      if (error !== undefined && error !== null) dropped.add(filter);
    });

  return {
    ask,
    /**
     * Asks for all of it again, also where the broker has kept the session: one that was killed has it as it was when it
     * stored it last, without what was asked for since. It sends retained messages again for that, marked as such.
     */
    renew: () => {
      const wanted = inbox.wanted();
      for (const filter of dropped) if (!wanted.has(filter)) unsubscribe(filter);
      dropped.clear();
      for (const filter of wanted.keys())
        ask(filter).catch((error: unknown) =>
          onRefused(error instanceof Error ? error.message : String(error)),
        );
    },
    drop: (filter: string) => {
      if (client.connected) unsubscribe(filter);
      else dropped.add(filter);
    },
  };
}

function refused(filter: string, cause: unknown): SluiceError {
  return new SluiceError(
    'not-allowed',
    `The broker refuses the subscription to “${filter}”. Check what this user may read there.`,
    { cause },
  );
}

function closer(client: MqttClient, scheduler: Scheduler, before: () => void): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async () => {
    before();
    // What the broker has not confirmed by now was not confirmed to the flow either.
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    const stopTimer = scheduler.after(FAREWELL_MS, () => client.stream.destroy());
    await client.endAsync(!client.connected);
    await stopTimer();
  };
  return () => (closing ??= close());
}
