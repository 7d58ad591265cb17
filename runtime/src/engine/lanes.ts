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

/** First in, first out; taking costs the same for any length. */
class Line {
  #waiting: Waiting[] = [];
  #head = 0;

  get first(): Waiting | undefined {
    return this.#waiting[this.#head];
  }

  push(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  drop(): void {
    this.#head += 1;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }
}

class KeyedLanes implements Lanes {
  readonly #queue = new Line();
  /** Keys that are being worked on, by the number of the call that took them. */
  readonly #busy = new Map<string, number>();
  #calls = 0;
  /** Messages that were set aside, by key; they are older than those of their key in the queue. */
  readonly #aside = new Map<string, Line>();
  /** Keys set aside that are busy no more, in the order in which they became so. */
  readonly #freed = new Set<string>();
  size = 0;

  add(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.size += 1;
  }

  take(most: number): readonly Waiting[] {
    const taken: Waiting[] = [];
    this.#calls += 1;
    this.#takeFreed(most, taken);
    this.#takeQueued(most, taken);
    this.size -= taken.length;
    return taken;
  }

  free(taken: readonly Waiting[]): void {
    for (const { message } of taken) {
      const key = keyOf(message);
      if (this.#busy.delete(key) && this.#aside.has(key)) this.#freed.add(key);
    }
  }

  #takeFreed(most: number, taken: Waiting[]): void {
    for (const key of this.#freed) {
      const line = this.#aside.get(key);
      const before = taken.length;
      for (let next = line?.first; taken.length < most && fits(taken, next); next = line?.first) {
        taken.push(next);
        line?.drop();
      }
      if (taken.length === before) return;
      this.#busy.set(key, this.#calls);
      this.#freed.delete(key);
      if (line?.first === undefined) this.#aside.delete(key);
    }
  }

  #takeQueued(most: number, taken: Waiting[]): void {
    for (let next = this.#queue.first; taken.length < most && fits(taken, next); next = this.#queue.first) {
      const key = keyOf(next.message);
      this.#queue.drop();
      const line = this.#aside.get(key);
      const call = line === undefined ? (this.#busy.get(key) ?? this.#calls) : undefined;
      if (line !== undefined) line.push(next);
      else if (call !== this.#calls) this.#setAside(key, next);
      else {
        taken.push(next);
        this.#busy.set(key, call);
      }
    }
  }

  #setAside(key: string, waiting: Waiting): void {
    const line = new Line();
    line.push(waiting);
    this.#aside.set(key, line);
  }
}

/** One call takes messages that came of a failure, or others, and never both: what fails again goes another way. */
function fits(taken: readonly Waiting[], next: Waiting | undefined): next is Waiting {
  return next !== undefined && (taken[0] === undefined || taken[0].isCaught === next.isCaught);
}
