import type { Journal } from './journal.ts';
import type { BrokerPacket } from './packets.ts';
import { fromKept, toKept } from './packets.ts';

/**
 * QoS 1 messages between their arrival and their place in the queues. aedes answers PUBACK before it stores; with this
 * a message is on disk before the publisher is told that the broker has it.
 */
export interface Inbox {
  /** Resolves when the message is on disk; rejects, and keeps nothing, when that fails. */
  add(packet: BrokerPacket): Promise<void>;
  /** The message is where it has to be. */
  done(packet: object): void;
  /** Resolves when every message that was added is done. */
  settled(): Promise<void>;
  /** What the last process had not finished, in order. Each is to be published again, then `done` by its own key. */
  left(): { readonly packet: BrokerPacket; readonly remove: () => void }[];
}

const INBOX = 'inbox:';

export function createInbox(journal: Journal): Inbox {
  const keys = new WeakMap<object, string>();
  const before = journal.load(INBOX);
  let sequence = Math.max(0, ...before.slice(-1).map(({ key }) => Number(key.slice(INBOX.length))));
  let pending = 0;
  let waiting: (() => void)[] = [];

  function finish(): void {
    pending--;
    if (pending > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  return {
    settled: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    async add(packet) {
      const key = INBOX + String(++sequence).padStart(16, '0');
      pending++;
      journal.put(key, toKept(packet));
      keys.set(packet, key);
      try {
        await journal.committed();
      } catch (error) {
        journal.delete(key);
        finish();
        throw error;
      }
    },
    done(packet) {
      const key = keys.get(packet);
      if (key === undefined) return;
      keys.delete(packet);
      journal.delete(key);
      finish();
    },
    left: () =>
      before.map(({ key, value }) => ({ packet: fromKept(value), remove: () => journal.delete(key) })),
  };
}
