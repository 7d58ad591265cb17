import { Readable } from 'node:stream';
import type { Journal } from './journal.ts';
import type { BrokerPacket } from './packets.ts';
import { fromKept, toKept, weightOf } from './packets.ts';
import type { Places } from './places.ts';
import type { BrokerQuotas, OnQuota } from './quotas.ts';
import type { BrokerSubscription, Sessions } from './sessions.ts';
import { createTopicTree } from './topicTree.ts';

interface ClientRef {
  readonly id: string;
}
/** What it has to know of who asks. */
export interface Asking {
  /** Whether the client may have this subscription; aedes hands over those that were refused as well. */
  isGranted(subscription: object): boolean;
  /** The topic as the client sees it. */
  outerTopic(client: object, topic: string): string;
}
type Will = BrokerPacket & { brokerId?: string; clientId?: string };

/**
 * What aedes keeps its sessions, retained messages and wills in (the interface of `aedes-persistence` 11). Sessions,
 * queues and retained messages survive the end of the process; wills and half-done QoS 2 receptions do not: a client
 * that meets a new broker sends those again.
 */
export function createPersistence(
  journal: Journal,
  sessions: Sessions,
  places: Pick<Places, 'arrived'>,
  quotas: BrokerQuotas,
  onQuota: OnQuota,
  asking: Asking,
) {
  return {
    async setup(): Promise<void> {
      await journal.committed();
    },
    ...retainedMethods(journal, quotas, onQuota),
    ...subscriptionMethods(journal, sessions, asking),
    ...outgoingMethods(journal, sessions, places, asking),
    ...incomingMethods(),
    ...willMethods(),
    async destroy(): Promise<void> {
      await journal.committed();
    },
  };
}

const RETAINED = 'retained:';

function retainedMethods(journal: Journal, quotas: BrokerQuotas, onQuota: OnQuota) {
  const retained = new Map<string, BrokerPacket>();
  let bytes = 0;
  const forget = (topic: string): void => {
    const before = retained.get(topic);
    if (before !== undefined) bytes -= weightOf(before);
    retained.delete(topic);
  };
  const keep = (packet: BrokerPacket): void => {
    forget(packet.topic);
    bytes += weightOf(packet);
    retained.set(packet.topic, packet);
  };
  for (const { value } of journal.load(RETAINED)) keep({ ...fromKept(value), retain: true });

  function matching(patterns: readonly string[]): BrokerPacket[] {
    const tree = createTopicTree<true>((a) => a);
    for (const pattern of patterns) tree.add(pattern, 'it', true);
    return [...retained.values()].filter((packet) => tree.match(packet.topic).size > 0);
  }

  return {
    /** Forgets those whose topics begin so. */
    forgetRetained(prefix: string): void {
      for (const topic of [...retained.keys()].filter((kept) => kept.startsWith(prefix))) {
        forget(topic);
        journal.delete(RETAINED + topic);
      }
    },
    async storeRetained(packet: BrokerPacket): Promise<void> {
      if (packet.payload.length === 0) {
        forget(packet.topic);
        journal.delete(RETAINED + packet.topic);
      } else if (retained.size >= quotas.retainedMessages && !retained.has(packet.topic)) {
        onQuota(
          `The broker keeps ${quotas.retainedMessages} retained messages already, so “${packet.topic}” was not kept.`,
        );
        return;
      } else if (bytes + weightOf(packet) > quotas.retainedBytes) {
        onQuota(
          `Retained messages take up all of their ${quotas.retainedBytes} bytes, so “${packet.topic}” was not kept.`,
        );
        return;
      } else {
        keep({ ...fromKept(toKept(packet)), retain: true });
        journal.put(RETAINED + packet.topic, toKept(packet));
      }
      await journal.committed();
    },
    createRetainedStream: (pattern: string) => Readable.from(matching([pattern])),
    createRetainedStreamCombi: (patterns: readonly string[]) => Readable.from(matching(patterns)),
  };
}

function subscriptionMethods(journal: Journal, sessions: Sessions, asking: Asking) {
  return {
    async addSubscriptions(client: ClientRef, subscriptions: readonly BrokerSubscription[]): Promise<void> {
      sessions.subscribe(
        client.id,
        subscriptions.filter((subscription) => asking.isGranted(subscription)),
      );
      await journal.committed();
    },
    async removeSubscriptions(client: ClientRef, topics: readonly string[]): Promise<void> {
      sessions.unsubscribe(client.id, topics);
      await journal.committed();
    },
    async subscriptionsByClient(client: ClientRef): Promise<BrokerSubscription[]> {
      return [...(sessions.get(client.id)?.subscriptions.values() ?? [])];
    },
    async subscriptionsByTopic(topic: string) {
      return sessions.interested(topic);
    },
    async cleanSubscriptions(client: ClientRef): Promise<void> {
      sessions.end(client.id);
    },
    async countOffline() {
      return { clientsCount: sessions.count, subsCount: 0 };
    },
  };
}

function outgoingMethods(
  journal: Journal,
  sessions: Sessions,
  places: Pick<Places, 'arrived'>,
  asking: Asking,
) {
  return {
    async outgoingEnqueue(subscription: { clientId: string }, packet: BrokerPacket): Promise<void> {
      sessions.enqueue(subscription.clientId, packet);
      await journal.committed();
    },
    async outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: BrokerPacket) {
      places.arrived(packet);
      for (const { clientId } of subscriptions) sessions.enqueue(clientId, packet);
      // A message of QoS 1 is in the inbox on disk until its place in the queues is there too, so a disk that got full in
      // between is no reason to stop here: what is queued in memory is written with the next commit.
      await journal.committed().catch((error: unknown) => {
        if (packet.qos !== 1) throw error;
      });
    },
    async outgoingUpdate(client: ClientRef, packet: BrokerPacket): Promise<void> {
      sessions.sent(client.id, packet);
    },
    async outgoingClearMessageId(client: ClientRef, packet: BrokerPacket): Promise<BrokerPacket | undefined> {
      // aedes also asks this for a message that was not forwarded; that one stays in the queue.
      return packet.messageId === undefined ? undefined : sessions.acknowledged(client.id, packet.messageId);
    },
    outgoingStream(client: ClientRef) {
      const entries = [...(sessions.get(client.id)?.queue.entries.values() ?? [])];
      return Readable.from(
        entries.map(({ packet, messageId }) => ({
          ...packet,
          topic: asking.outerTopic(client, packet.topic),
          messageId,
          dup: messageId !== undefined,
        })),
      );
    },
  };
}

/** QoS 2 that was received and not released yet, by client and packet id. */
function incomingMethods() {
  const incoming = new Map<string, Map<number | undefined, BrokerPacket>>();
  return {
    async incomingStorePacket(client: ClientRef, packet: BrokerPacket): Promise<void> {
      const own = incoming.get(client.id) ?? new Map<number | undefined, BrokerPacket>();
      incoming.set(client.id, own.set(packet.messageId, packet));
    },
    async incomingGetPacket(client: ClientRef, packet: BrokerPacket): Promise<BrokerPacket> {
      const found = incoming.get(client.id)?.get(packet.messageId);
      if (found === undefined) throw new Error('no such packet');
      return found;
    },
    async incomingDelPacket(client: ClientRef, packet: BrokerPacket): Promise<void> {
      const own = incoming.get(client.id);
      if (own?.delete(packet.messageId) !== true) throw new Error('no such packet');
      if (own.size === 0) incoming.delete(client.id);
    },
    async cleanIncoming(client: ClientRef): Promise<void> {
      incoming.delete(client.id);
    },
  };
}

function willMethods() {
  const wills = new Map<string, Will>();
  let broker = '';
  return {
    async putWill(client: ClientRef & { broker?: { id: string } }, packet: Will): Promise<void> {
      broker = client.broker?.id ?? broker;
      wills.set(client.id, Object.assign(packet, { brokerId: broker, clientId: client.id }));
    },
    async getWill(client: ClientRef): Promise<Will | undefined> {
      return wills.get(client.id);
    },
    async delWill(client: ClientRef): Promise<Will | undefined> {
      const will = wills.get(client.id);
      wills.delete(client.id);
      return will;
    },
    /** Wills of other brokers; this one is alone. */
    streamWill: () => Readable.from([]),
    getClientList: () => Readable.from([]),
  };
}
