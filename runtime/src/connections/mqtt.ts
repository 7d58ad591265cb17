import { SluiceError } from '@sluice/shared/errors.ts';
import { filterProblem, topicProblem } from '@sluice/shared/message/topic.ts';
import type { Connections, NodeStatus, Stop } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../engine/shell.ts';
import type { RunnerConnection } from '../runner/protocol.ts';
import { runnerClientId } from './clientId.ts';
import { createInbox } from './mqttInbox.ts';
import type { MqttSession } from './mqttSession.ts';
import { openSession } from './mqttSession.ts';
import { readMqttSettings } from './mqttSettings.ts';

const RETRY_MS = 2_000;

/** How long a connection that nobody uses stays open: the next version of a flow may want it again. */
const IDLE_MS = 10_000;

export interface MqttOptions {
  readonly connection: RunnerConnection;
  /** The same after a restart and unlike every other runner's: part of the client id, by which the broker keeps a session. */
  readonly instance: string;
  readonly scheduler: Scheduler;
  readonly retryMs?: number;
}

export interface MqttConnection {
  readonly api: Connections['mqtt'];
  /** Goes on with other settings; who listens does not notice but by the status. */
  change(connection: RunnerConnection): void;
  /** Closes it for good, and says so to all who still use it. */
  retire(sentence: string): void;
  /** Closes; the broker keeps the session. May be called twice. */
  close(): Promise<void>;
}

/**
 * A connection to one broker, shared by all flows of a workspace. It is opened when a flow first uses it and closed a
 * while after the last one has stopped. Settings that make no sense are told in its status and fail what is asked of it.
 */
export function openMqtt(options: MqttOptions): MqttConnection {
  const { instance, scheduler, retryMs = RETRY_MS } = options;
  const status = createStatus(() => restLater());
  const inbox = createInbox({
    after: (ms, run) => scheduler.after(ms, run),
    onReadable: () => session?.resume(),
    onUnused: (filter) => {
      session?.drop(filter);
      restLater();
    },
  });
  let connection = options.connection;
  let session: MqttSession | undefined;
  let retired: string | undefined;
  let stopRest: Stop = () => undefined;
  const closing = new Set<Promise<void>>();

  const use = (): MqttSession => {
    if (retired !== undefined) throw new SluiceError('not-found', retired);
    session ??= openSession({
      settings: readMqttSettings(connection.name, connection.config, connection.secrets),
      clientId: clientIdOf(connection, instance),
      retryMs,
      scheduler,
      inbox,
      onStatus: status.set,
    });
    return session;
  };
  const rest = () => {
    const old = session;
    session = undefined;
    if (old === undefined) return;
    const closed = old.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const restLater = () => {
    void stopRest();
    stopRest = scheduler.after(IDLE_MS, () => {
      if (inbox.isEmpty && !status.hasListeners && session?.isPublishing !== true) rest();
    });
  };
  /** Opens it where it is not open, and tells in the status why that cannot be. */
  const tryUse = () => {
    try {
      use();
    } catch (error) {
      status.set({ state: 'error', text: error instanceof Error ? error.message : String(error) });
    }
  };

  return {
    api: {
      subscribe: async (filter, qos, receive, onBlocking) => {
        const problem = filterProblem(filter);
        if (problem !== undefined) throw new SluiceError('invalid-input', problem);
        const current = use();
        const { subscription, isNew } = inbox.add(filter, qos, receive, onBlocking);
        try {
          if (isNew) await current.ask(filter);
        } catch (error) {
          await subscription.stop();
          throw error;
        }
        return subscription;
      },
      // Not async: packets that go out together share one promise.
      publish: (packet, signal) => {
        const problem = topicProblem(packet.topic);
        if (problem !== undefined) return Promise.reject(new SluiceError('invalid-input', problem));
        try {
          return use().publish(packet, signal);
        } catch (error) {
          return Promise.reject(error);
        }
      },
      onStatus: (listener) => {
        tryUse();
        return status.listen(listener);
      },
    },
    change: (next) => {
      connection = next;
      rest();
      if (!inbox.isEmpty || status.hasListeners) tryUse();
    },
    retire: (sentence) => {
      retired = sentence;
      rest();
      status.set({ state: 'error', text: sentence });
    },
    close: async () => {
      await stopRest();
      inbox.close();
      rest();
      await Promise.all(closing);
    },
  };
}

function clientIdOf(connection: RunnerConnection, instance: string): string {
  const { clientId } = connection.config;
  return typeof clientId === 'string' && clientId !== '' ? clientId : runnerClientId(instance, connection.id);
}

function createStatus(onLeft: () => void) {
  const listeners = new Set<(status: NodeStatus) => void>();
  let current: NodeStatus | undefined;
  return {
    get hasListeners() {
      return listeners.size > 0;
    },
    set: (next: NodeStatus) => {
      if (next.state === current?.state && next.text === current.text) return;
      current = next;
      for (const listener of listeners) listener(next);
    },
    listen: (listener: (status: NodeStatus) => void): Stop => {
      // One wrapper for each call, so that the same function may listen twice.
      const own = (status: NodeStatus) => listener(status);
      listeners.add(own);
      if (current !== undefined) own(current);
      return () => {
        if (listeners.delete(own)) onLeft();
      };
    },
  };
}
