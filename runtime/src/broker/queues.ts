import type { Journal } from './journal.ts';
import type { BrokerPacket } from './packets.ts';
import { toKept, weightOf } from './packets.ts';
import type { BrokerQuotas } from './quotas.ts';

/** A message that waits for a client's acknowledgement, or for the client. */
export interface QueueEntry {
  packet: BrokerPacket;
  messageId: number | undefined;
  readonly journalKey: string;
}

/** The queue of one session, in the order of arrival, by `entryKey`. */
export interface SessionQueue {
  readonly entries: Map<string, QueueEntry>;
  bytes: number;
  /** Of messages that are taken and on their way here. */
  readonly reserved: { messages: number; bytes: number };
}

export function emptyQueue(): SessionQueue {
  return { entries: new Map(), bytes: 0, reserved: { messages: 0, bytes: 0 } };
}

/** The queues of all sessions: what they hold together is bounded, and all of it is in the journal. */
export interface Queues {
  /** A message that the journal holds already. */
  restore(queue: SessionQueue, client: string, packet: BrokerPacket, journalKey: string): void;
  /** False when a quota leaves no room. */
  add(queue: SessionQueue, client: string, packet: BrokerPacket): boolean;
  /**
   * Keeps a place for a message in each of these queues, of which nothing may be left out; gives how to let go of it, to
   * be called once when the message is there, or will not come. `undefined`: one of them has no place, so its publisher has to
   * wait.
   */
  reserve(queues: readonly SessionQueue[], packet: BrokerPacket): (() => void) | undefined;
  clear(queue: SessionQueue, client: string): void;
  /** Takes out what was sent under this id. */
  take(queue: SessionQueue, client: string, messageId: number): BrokerPacket | undefined;
}

export const QUEUE = 'queue:';

export function entryKey(packet: BrokerPacket): string {
  return `${packet.brokerId}:${packet.brokerCounter}`;
}

/** Of a queue of which nothing may be left out others fill this share; the rest is for what its own client publishes. */
const FOR_OTHERS = 0.9;

/** `isKept`: of the session of this client nothing may be left out. */
export function createQueues(
  journal: Journal,
  quotas: BrokerQuotas,
  isKept: (client: string) => boolean,
): Queues {
  let sequence = 0;
  // One who does not read its queue takes no room from those of whose queues nothing may be left out.
  const pools = { kept: { bytes: 0, reserved: 0 }, others: { bytes: 0, reserved: 0 } };
  const poolOf = (client: string) => (isKept(client) ? pools.kept : pools.others);

  function push(queue: SessionQueue, client: string, packet: BrokerPacket, journalKey: string): void {
    queue.entries.set(entryKey(packet), { packet, messageId: undefined, journalKey });
    queue.bytes += weightOf(packet);
    poolOf(client).bytes += weightOf(packet);
  }

  function drop(queue: SessionQueue, client: string, key: string, entry: QueueEntry): void {
    queue.entries.delete(key);
    queue.bytes -= weightOf(entry.packet);
    poolOf(client).bytes -= weightOf(entry.packet);
    journal.delete(entry.journalKey);
  }

  function mostFor(client: string): { readonly messages: number; readonly bytes: number } {
    return isKept(client)
      ? { messages: quotas.keptMessagesPerSession, bytes: quotas.keptBytesPerSession }
      : { messages: quotas.queuedMessagesPerSession, bytes: quotas.queuedBytesPerSession };
  }

  function hasRoom(queue: SessionQueue, client: string, packet: BrokerPacket): boolean {
    const weight = weightOf(packet);
    const { messages, bytes } = mostFor(client);
    return (
      queue.entries.size < messages &&
      queue.bytes + weight <= bytes &&
      poolOf(client).bytes + weight <= quotas.queuedBytes
    );
  }

  function hasPlace({ entries, bytes, reserved }: SessionQueue, weight: number): boolean {
    const { keptMessagesPerSession, keptBytesPerSession, queuedBytes } = quotas;
    return (
      entries.size + reserved.messages < keptMessagesPerSession * FOR_OTHERS &&
      bytes + reserved.bytes + weight <= keptBytesPerSession * FOR_OTHERS &&
      pools.kept.bytes + pools.kept.reserved + weight <= queuedBytes * FOR_OTHERS
    );
  }

  function reserve(queue: SessionQueue, messages: 1 | -1, weight: number): void {
    queue.reserved.messages += messages;
    queue.reserved.bytes += messages * weight;
    pools.kept.reserved += messages * weight;
  }

  return {
    restore(queue, client, packet, journalKey) {
      sequence = Math.max(sequence, packet.brokerCounter ?? 0);
      push(queue, client, packet, journalKey);
    },
    add(queue, client, packet) {
      if (!hasRoom(queue, client, packet)) return false;
      const journalKey = `${QUEUE}${encodeURIComponent(client)}:${String(++sequence).padStart(16, '0')}`;
      push(queue, client, packet, journalKey);
      journal.put(journalKey, toKept(packet));
      return true;
    },
    reserve(queues, packet) {
      const weight = weightOf(packet);
      if (!queues.every((queue) => hasPlace(queue, weight))) return undefined;
      for (const queue of queues) reserve(queue, 1, weight);
      return () => {
        for (const queue of queues) reserve(queue, -1, weight);
      };
    },
    clear(queue, client) {
      for (const [key, entry] of queue.entries) drop(queue, client, key, entry);
    },
    take(queue, client, messageId) {
      const found = sentAs(queue, messageId);
      if (found === undefined) return undefined;
      drop(queue, client, found[0], found[1]);
      return found[1].packet;
    },
  };
}

/** Acknowledgements come in the order of sending, so the entry is near the front. */
export function sentAs(
  queue: SessionQueue | undefined,
  messageId: number | undefined,
): readonly [string, QueueEntry] | undefined {
  if (queue === undefined || messageId === undefined) return undefined;
  for (const pair of queue.entries) {
    if (pair[1].messageId === messageId) return pair;
  }
  return undefined;
}
