import type { Journal } from './journal.ts';
import type { BrokerPacket } from './packets.ts';
import { fromKept } from './packets.ts';
import type { SessionQueue } from './queues.ts';
import { createQueues, emptyQueue, entryKey, QUEUE, sentAs } from './queues.ts';
import type { BrokerQuotas, OnQuota } from './quotas.ts';
import { createTopicTree } from './topicTree.ts';

export interface BrokerSubscription {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
}

/** What is kept for a client beyond its connection (OASIS MQTT 3.1.1, section 3.1.2.4). */
export interface Session {
  readonly client: string;
  readonly subscriptions: Map<string, BrokerSubscription>;
  readonly queue: SessionQueue;
  /** Its queue is being sent: what arrives meanwhile waits behind it, so that the order stays. */
  isCatchingUp: boolean;
}

export interface Sessions {
  get(client: string): Session | undefined;
  subscribe(client: string, subscriptions: readonly BrokerSubscription[]): void;
  unsubscribe(client: string, topics: readonly string[]): void;
  /** Forgets the session and its queue. */
  end(client: string): void;
  /** Forgets the sessions of all clients whose ids begin so. */
  endAll(beginning: string): void;
  /** The sessions that want this topic with QoS 1 or 2. */
  interested(topic: string): { clientId: string; topic: string; qos: 0 | 1 | 2 }[];
  /** False when a quota leaves no room. */
  enqueue(client: string, packet: BrokerPacket): boolean;
  /**
   * Keeps a place for a message with those of these clients of whose sessions nothing may be left out; gives how to let go
   * of it. `undefined`: one of them has no place, so the publisher has to wait.
   */
  reserve(clients: readonly string[], packet: BrokerPacket): (() => void) | undefined;
  /** Notes under which id the client got a message. */
  sent(client: string, packet: BrokerPacket): void;
  acknowledged(client: string, messageId: number): BrokerPacket | undefined;
  readonly count: number;
}

const SESSION = 'session:';

/** Sessions in memory, written through to the journal; what the journal holds is loaded first. */
export function createSessions(
  journal: Journal,
  quotas: BrokerQuotas,
  onQuota: OnQuota,
  isKept: (client: string) => boolean,
): Sessions {
  const sessions = new Map<string, Session>();
  const tree = createTopicTree<BrokerSubscription>((a, b) => (a.qos >= b.qos ? a : b));
  const queues = createQueues(journal, quotas, isKept);

  function open(client: string): Session {
    const found = sessions.get(client);
    if (found !== undefined) return found;
    const made: Session = {
      client,
      subscriptions: new Map(),
      queue: emptyQueue(),
      isCatchingUp: false,
    };
    sessions.set(client, made);
    return made;
  }

  function save(session: Session): void {
    const key = SESSION + encodeURIComponent(session.client);
    if (session.subscriptions.size === 0) journal.delete(key);
    else journal.put(key, [...session.subscriptions.values()]);
  }

  for (const { key, value } of journal.load(SESSION)) {
    const session = open(decodeURIComponent(key.slice(SESSION.length)));
    for (const subscription of value as BrokerSubscription[]) {
      session.subscriptions.set(subscription.topic, subscription);
      if (subscription.qos > 0) tree.add(subscription.topic, session.client, subscription);
    }
  }
  for (const { key, value } of journal.load(QUEUE)) {
    const [, client = '', number = ''] = key.split(':');
    const packet = { ...fromKept(value), brokerId: 'before', brokerCounter: Number(number) };
    const name = decodeURIComponent(client);
    queues.restore(open(name).queue, name, packet, key);
  }

  function end(client: string): void {
    const session = sessions.get(client);
    if (session === undefined) return;
    for (const topic of session.subscriptions.keys()) tree.remove(topic, client);
    queues.clear(session.queue, client);
    session.subscriptions.clear();
    save(session);
    sessions.delete(client);
  }

  return {
    get: (client) => sessions.get(client),
    get count() {
      return sessions.size;
    },
    subscribe(client, subscriptions) {
      if (!sessions.has(client) && sessions.size >= quotas.sessions) {
        onQuota(`The broker keeps ${quotas.sessions} sessions already, so “${client}” got none.`);
        throw new Error('too many sessions');
      }
      const session = open(client);
      for (const { topic, qos } of subscriptions) {
        if (
          !session.subscriptions.has(topic) &&
          session.subscriptions.size >= quotas.subscriptionsPerSession
        ) {
          onQuota(
            `“${client}” has ${quotas.subscriptionsPerSession} subscriptions already; “${topic}” was refused.`,
          );
          throw new Error('too many subscriptions');
        }
        session.subscriptions.set(topic, { topic, qos });
        if (qos > 0) tree.add(topic, client, { topic, qos });
        else tree.remove(topic, client);
      }
      save(session);
    },
    unsubscribe(client, topics) {
      const session = sessions.get(client);
      if (session === undefined) return;
      for (const topic of topics) {
        session.subscriptions.delete(topic);
        tree.remove(topic, client);
      }
      save(session);
    },
    end,
    endAll(beginning) {
      for (const client of sessions.keys()) if (client.startsWith(beginning)) end(client);
    },
    interested: (topic) =>
      [...tree.match(topic)].map(([clientId, entry]) => ({ clientId, topic: entry.topic, qos: entry.qos })),
    enqueue(client, packet) {
      if (queues.add(open(client).queue, client, packet)) return true;
      onQuota(`The queue of “${client}” is full, so messages for it are left out until it reads them.`);
      return false;
    },
    reserve: (clients, packet) => {
      const kept = clients.filter(isKept).flatMap((client) => sessions.get(client)?.queue ?? []);
      return queues.reserve(kept, packet);
    },
    sent(client, packet) {
      const queue = sessions.get(client)?.queue;
      if (packet.cmd === 'pubrel') {
        const entry = sentAs(queue, packet.messageId)?.[1];
        if (entry !== undefined)
          entry.packet = { ...entry.packet, cmd: 'pubrel', messageId: packet.messageId };
        return;
      }
      const entry = queue?.entries.get(entryKey(packet));
      if (entry !== undefined) entry.messageId = packet.messageId;
    },
    acknowledged(client, messageId) {
      const session = sessions.get(client);
      return session === undefined ? undefined : queues.take(session.queue, client, messageId);
    },
  };
}
