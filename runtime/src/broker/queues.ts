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
}

/** The queues of all sessions: what they hold together is bounded, and all of it is in the journal. */
export interface Queues {
  /** A message that the journal holds already. */
  restore(queue: SessionQueue, packet: BrokerPacket, journalKey: string): void;
  /** False when a quota leaves no room. */
  add(queue: SessionQueue, client: string, packet: BrokerPacket): boolean;
  clear(queue: SessionQueue): void;
  /** Takes out what was sent under this id. */
  take(queue: SessionQueue, messageId: number): BrokerPacket | undefined;
}

export const QUEUE = 'queue:';

export function entryKey(packet: BrokerPacket): string {
  return `${packet.brokerId}:${packet.brokerCounter}`;
}

export function createQueues(journal: Journal, quotas: BrokerQuotas): Queues {
  let sequence = 0;
  let totalBytes = 0;

  function push(queue: SessionQueue, packet: BrokerPacket, journalKey: string): void {
    queue.entries.set(entryKey(packet), { packet, messageId: undefined, journalKey });
    queue.bytes += weightOf(packet);
    totalBytes += weightOf(packet);
  }

  function drop(queue: SessionQueue, key: string, entry: QueueEntry): void {
    queue.entries.delete(key);
    queue.bytes -= weightOf(entry.packet);
    totalBytes -= weightOf(entry.packet);
    journal.delete(entry.journalKey);
  }

  function hasRoom(queue: SessionQueue, packet: BrokerPacket): boolean {
    const weight = weightOf(packet);
    return (
      queue.entries.size < quotas.queuedMessagesPerSession &&
      queue.bytes + weight <= quotas.queuedBytesPerSession &&
      totalBytes + weight <= quotas.queuedBytes
    );
  }

  return {
    restore(queue, packet, journalKey) {
      sequence = Math.max(sequence, packet.brokerCounter ?? 0);
      push(queue, packet, journalKey);
    },
    add(queue, client, packet) {
      if (!hasRoom(queue, packet)) return false;
      const journalKey = `${QUEUE}${encodeURIComponent(client)}:${String(++sequence).padStart(16, '0')}`;
      push(queue, packet, journalKey);
      journal.put(journalKey, toKept(packet));
      return true;
    },
    clear(queue) {
      for (const [key, entry] of queue.entries) drop(queue, key, entry);
    },
    take(queue, messageId) {
      const found = sentAs(queue, messageId);
      if (found === undefined) return undefined;
      drop(queue, found[0], found[1]);
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
