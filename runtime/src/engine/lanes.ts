import type { Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import type { Ticket } from './acknowledge.ts';

/** A message that waits at a node that ends a segment. */
export interface Waiting {
  readonly port: string;
  readonly message: Message;
  readonly isCaught: boolean;
  readonly ticket: Ticket;
  /** Its id in the store, where it is kept on disk. */
  readonly pendingId: string | undefined;
}

/**
 * A queue that keeps the order by key (EN4): messages of one key are never handed out while others of that key are
 * being worked on. Messages whose key is busy are set aside once, so taking costs the same for any length.
 */
export interface Lanes {
  readonly size: number;
  add(waiting: Waiting): void;
  /** Takes up to `most`, oldest first, all of them caught or none; their keys are busy until `free`. */
  take(most: number): readonly Waiting[];
  free(taken: readonly Waiting[]): void;
}

export function createLanes(): Lanes {
  return new KeyedLanes();
}

class KeyedLanes implements Lanes {
  #queue: Waiting[] = [];
  #head = 0;
  readonly #busy = new Set<string>();
  /** Messages that were set aside, by key; they are older than those of their key in the queue. */
  readonly #aside = new Map<string, Waiting[]>();
  /** Keys set aside that are busy no more, in the order in which they became so. */
  readonly #freed = new Set<string>();
  size = 0;

  add(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.size += 1;
  }

  take(most: number): readonly Waiting[] {
    const taken: Waiting[] = [];
    const keys = new Set<string>();
    this.#takeFreed(most, taken, keys);
    this.#takeQueued(most, taken, keys);
    for (const key of keys) this.#busy.add(key);
    this.size -= taken.length;
    return taken;
  }

  free(taken: readonly Waiting[]): void {
    for (const { message } of taken) {
      const key = keyOf(message);
      this.#busy.delete(key);
      if (this.#aside.has(key)) this.#freed.add(key);
    }
  }

  #takeFreed(most: number, taken: Waiting[], keys: Set<string>): void {
    for (const key of this.#freed) {
      const lane = this.#aside.get(key) ?? [];
      let count = 0;
      while (count < lane.length && taken.length < most && fits(taken, lane[count])) {
        const waiting = lane[count];
        if (waiting !== undefined) taken.push(waiting);
        count += 1;
      }
      if (count === 0) return;
      keys.add(key);
      this.#freed.delete(key);
      if (count === lane.length) this.#aside.delete(key);
      else this.#aside.set(key, lane.slice(count));
    }
  }

  #takeQueued(most: number, taken: Waiting[], keys: Set<string>): void {
    while (taken.length < most) {
      const next = this.#queue[this.#head];
      if (next === undefined || !fits(taken, next)) break;
      const key = keyOf(next.message);
      this.#head += 1;
      const lane = this.#aside.get(key);
      if (lane !== undefined) lane.push(next);
      else if (this.#busy.has(key)) this.#aside.set(key, [next]);
      else {
        taken.push(next);
        keys.add(key);
      }
    }
    if (this.#head > 1_024 && this.#head > this.#queue.length / 2) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    } else if (this.#head === this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    }
  }
}

function fits(taken: readonly Waiting[], next: Waiting | undefined): boolean {
  return next !== undefined && (taken[0] === undefined || taken[0].isCaught === next.isCaught);
}
