import { SluiceError } from '@sluice/shared/errors.ts';
import { filterProblem, topicProblem } from '@sluice/shared/message/topic.ts';
import type { Connections, NodeStatus, Stop } from '@sluice/shared/node/context.ts';
import type { IClientOptions, MqttClient } from 'mqtt';
import mqtt from 'mqtt';
import type { Scheduler } from '../engine/shell.ts';
import type { RunnerConnection } from '../runner/protocol.ts';
import type { Inbox } from './mqttInbox.ts';
import { createInbox } from './mqttInbox.ts';
import type { MqttReading } from './mqttReading.ts';
import { HELD_BACK, readLate } from './mqttReading.ts';
import type { MqttSettings } from './mqttSettings.ts';
import { failureSentence, readMqttSettings } from './mqttSettings.ts';
import { createPublisher } from './mqttPublisher.ts';

type MqttApi = Connections['mqtt'];
type Qos = 0 | 1 | 2;

const RETRY_MS = 2_000;

/** How long `subscribe` waits for a broker that says nothing before the flow starts without it. */
const FIRST_ANSWER_MS = 3_000;

/** How long a broker has to take the farewell before the socket is cut. */
const FAREWELL_MS = 1_000;

export interface MqttOptions {
  readonly connection: RunnerConnection;
  /** The same after a restart and unlike every other runner's: part of the client id, by which the broker keeps a session. */
  readonly instance: string;
  readonly scheduler: Scheduler;
  readonly retryMs?: number;
}

export interface MqttConnection {
  readonly api: MqttApi;
  /** Nobody listens and nobody wants to know its status. */
  readonly isIdle: boolean;
  /** Says good-bye and closes; the broker keeps the session. May be called twice. */
  close(): Promise<void>;
}

/**
 * One client of one broker, MQTT 3.1.1, shared by all flows of a workspace. It opens at once, reconnects by itself and
 * keeps its session at the broker, so that packets of QoS 1 and 2 wait there while it is away. Throws a `SluiceError`
 * for settings that make no sense.
 */
export function openMqtt(options: MqttOptions): MqttConnection {
  const { connection, scheduler, retryMs = RETRY_MS } = options;
  const settings = readMqttSettings(connection.name, connection.config, connection.secrets);
  const client = mqtt.connect(settings.url, clientOptions(settings, options, retryMs));
  const status = createStatus({ state: 'waiting', text: `connecting to ${settings.url}` });
  const publisher = createPublisher(client, () => status.current().text);
  let reading: MqttReading | undefined;
  const inbox = createInbox({
    after: (ms, run) => scheduler.after(ms, run),
    onReadable: () => reading?.resume(),
    onUnused: (filter) => subscriptions.drop(filter),
  });
  reading = readLate(client, inbox, scheduler);
  const subscriptions = createSubscriptions(client, inbox, (sentence) =>
    status.set({ state: 'error', text: sentence }),
  );
  const attempt = firstAnswer(client, scheduler);

  client.on('connect', ({ sessionPresent }) => {
    status.set({ state: 'ok', text: `connected to ${settings.url}` });
    subscriptions.renew(sessionPresent);
  });
  client.on('error', (error) => {
    if (error !== HELD_BACK)
      status.set({ state: 'error', text: failureSentence(settings.url, error, retryMs) });
  });
  client.on('close', () => {
    if (status.current().state === 'ok')
      status.set({
        state: 'error',
        text: `${settings.url} closed the connection; trying again in ${retryMs / 1_000} s`,
      });
  });

  const close = closer(client, scheduler, () => {
    attempt.cancel();
    reading.close();
    inbox.close();
  });

  return {
    api: {
      subscribe: async (filter, qos, receive) => {
        const problem = filterProblem(filter);
        if (problem !== undefined) throw new SluiceError('invalid-input', problem);
        const { subscription, isNew } = inbox.add(filter, qos, receive);
        await attempt.promise;
        if (isNew && client.connected) await subscriptions.ask(filter);
        return subscription;
      },
      publish: async (packet, signal) => {
        const problem = topicProblem(packet.topic);
        if (problem !== undefined) throw new SluiceError('invalid-input', problem);
        await publisher.publish(packet, signal);
      },
      onStatus: status.listen,
    },
    get isIdle() {
      return inbox.isEmpty && !status.hasListeners && !publisher.isBusy;
    },
    close,
  };
}

function clientOptions(settings: MqttSettings, options: MqttOptions, retryMs: number): IClientOptions {
  return {
    protocolVersion: 4,
    clientId: settings.clientId ?? `sluice-${options.instance}-${options.connection.id}`,
    clean: false,
    // Subscriptions are renewed here, because it depends on the broker's session which of them it still has.
    resubscribe: false,
    reconnectPeriod: retryMs,
    reconnectOnConnackError: true,
    connectTimeout: 10_000,
    keepalive: 30,
    ...(settings.username !== undefined && { username: settings.username }),
    ...(settings.password !== undefined && { password: settings.password }),
  };
}

function createStatus(first: NodeStatus) {
  const listeners = new Set<(status: NodeStatus) => void>();
  let current = first;
  return {
    current: () => current,
    get hasListeners() {
      return listeners.size > 0;
    },
    set: (next: NodeStatus) => {
      if (next.state === current.state && next.text === current.text) return;
      current = next;
      for (const listener of listeners) listener(next);
    },
    listen: (listener: (status: NodeStatus) => void): Stop => {
      // One wrapper for each call, so that the same function may listen twice.
      const own = (status: NodeStatus) => listener(status);
      listeners.add(own);
      own(current);
      return () => void listeners.delete(own);
    },
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
  const confirmed = new Map<string, Qos>();
  /** On their way to the broker, by quality of service and filter. */
  const asking = new Map<string, Promise<void>>();
  /** Given up while the broker was away; its session may still have them. */
  const dropped = new Set<string>();
  let isFirst = true;

  const request = async (filter: string, qos: Qos) => {
    const granted = await client.subscribeAsync(filter, { qos }).catch((error: unknown) => {
      // A connection that went away while asking is asked again when it is back.
      if (!client.connected) return [];
      throw refused(filter, error);
    });
    if (granted.length > 0) confirmed.set(filter, qos);
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
    /** The broker has kept what it confirmed if it still has the session; a new process cannot know what that was. */
    renew: (sessionPresent: boolean) => {
      if (!sessionPresent || isFirst) confirmed.clear();
      isFirst = false;
      const wanted = inbox.wanted();
      for (const filter of dropped) if (!wanted.has(filter)) unsubscribe(filter);
      dropped.clear();
      for (const filter of wanted.keys()) {
        if (confirmed.has(filter)) continue;
        ask(filter).catch((error: unknown) =>
          onRefused(error instanceof Error ? error.message : String(error)),
        );
      }
    },
    drop: (filter: string) => {
      confirmed.delete(filter);
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
