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
  /** Whether a publisher has to wait, because nothing may be left out of this queue and it is all but full. */
  isToWaitFor(queue: SessionQueue, client: string): boolean;
  clear(queue: SessionQueue): void;
  /** Takes out what was sent under this id. */
  take(queue: SessionQueue, messageId: number): BrokerPacket | undefined;
}

export const QUEUE = 'queue:';

export function entryKey(packet: BrokerPacket): string {
  return `${packet.brokerId}:${packet.brokerCounter}`;
}

/** What is on its way into a queue that is full by this share still has its place there. */
const ALL_BUT_FULL = 0.9;

/** `isKept`: of the session of this client nothing may be left out. */
export function createQueues(
  journal: Journal,
  quotas: BrokerQuotas,
  isKept: (client: string) => boolean,
): Queues {
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
      totalBytes + weight <= quotas.queuedBytes
    );
  }

  return {
    restore(queue, packet, journalKey) {
      sequence = Math.max(sequence, packet.brokerCounter ?? 0);
      push(queue, packet, journalKey);
    },
    add(queue, client, packet) {
      if (!hasRoom(queue, client, packet)) return false;
      const journalKey = `${QUEUE}${encodeURIComponent(client)}:${String(++sequence).padStart(16, '0')}`;
      push(queue, packet, journalKey);
      journal.put(journalKey, toKept(packet));
      return true;
    },
    isToWaitFor(queue, client) {
      const { messages, bytes } = mostFor(client);
      return (
        isKept(client) &&
        (queue.entries.size >= messages * ALL_BUT_FULL ||
          queue.bytes >= bytes * ALL_BUT_FULL ||
          totalBytes >= quotas.queuedBytes * ALL_BUT_FULL)
      );
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
