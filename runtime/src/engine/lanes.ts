import type { Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import type { Ticket } from './acknowledge.ts';
import type { TracedWait } from './trace.ts';

/** A message that waits at a node that ends a segment. */
export interface Waiting {
  /** The order in which it came, unique in its flow; its name on disk. */
  readonly sequence: number;
  readonly port: string;
  readonly message: Message;
  readonly isCaught: boolean;
  /** When it came to the node, ms since the epoch. */
  readonly at: number;
  /** What it holds back until it is through; nothing, when it waits on disk for a target that is away. */
  ticket: Ticket | undefined;
  /** What it is reckoned to take on disk, where it is kept there. */
  storedBytes: number | undefined;
  /** How often it failed while its target took others (EN8). */
  tries: number;
  /** How many calls had succeeded when it failed last. */
  triedAfter: number;
  /** Set for a message whose way is written down; it is handled on its own. */
  traced: TracedWait | undefined;
}

/**
 * A queue that keeps the order by key (EN4): messages of one key are never handed out while others of that key are
 * being worked on. Messages whose key is busy are set aside once, so taking costs the same for any length.
 */
export interface Lanes {
  readonly size: number;
  add(waiting: Waiting): void;
  /**
   * Takes up to `most`, all of them caught or none; their keys are busy until `free`. Those that were set aside come
   * first, being the oldest; for a `probe` they come last, so that one key that fails does not stand for all.
   */
  take(most: number, order?: 'oldest' | 'probe'): readonly Waiting[];
  /** Their keys are free again. Those in `again` are put back in front of what waits of their key. */
  free(taken: readonly Waiting[], again?: readonly Waiting[]): void;
  /** Hands out nothing of a key until `unblock`. */
  block(key: string): void;
  unblock(key: string): void;
  /** All that wait, in no order. */
  values(): IterableIterator<Waiting>;
  /** Takes out those that fit, oldest first; whether their key is busy does not matter. */
  remove(fits: (waiting: Waiting) => boolean): readonly Waiting[];
}

export function createLanes(): Lanes {
  return new KeyedLanes();
}

/** First in, first out; taking costs the same for any length. */
class Line {
  #waiting: Waiting[];
  #head = 0;

  constructor(waiting: Waiting[] = []) {
    this.#waiting = waiting;
  }

  get first(): Waiting | undefined {
    return this.#waiting[this.#head];
  }

  get all(): Waiting[] {
    return this.#waiting.slice(this.#head);
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
      this.#waiting = this.all;
      this.#head = 0;
    }
  }
}

/** The call of a key that nobody works on. */
const FREE = 0;
/** So many free keys are remembered. */
const MOST_FREE = 10_000;

class KeyedLanes implements Lanes {
  #queue = new Line();
  /**
   * Keys that are being worked on, by the number of the call that took them, and keys that are free again, by 0: a map
   * that keys come into and leave all the time makes its table anew and anew, and the old ones keep each other in memory.
   */
  #busy = new Map<string, number>();
  #busyKeys = 0;
  #calls = 0;
  /** Messages that were set aside, by key; they are older than those of their key in the queue. */
  readonly #aside = new Map<string, Line>();
  /** Keys set aside that may be handed out again, in the order in which they became so. */
  readonly #freed = new Set<string>();
  readonly #blocked = new Set<string>();
  size = 0;

  add(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.size += 1;
  }

  take(most: number, order: 'oldest' | 'probe' = 'oldest'): readonly Waiting[] {
    const taken: Waiting[] = [];
    this.#calls += 1;
    if (order === 'probe') this.#takeQueued(most, taken);
    this.#takeFreed(most, taken);
    if (order === 'oldest') this.#takeQueued(most, taken);
    this.size -= taken.length;
    return taken;
  }

  free(taken: readonly Waiting[], again: readonly Waiting[] = []): void {
    for (const [key, waiting] of Map.groupBy(again, ({ message }) => keyOf(message)))
      this.#aside.set(key, new Line([...waiting, ...(this.#aside.get(key)?.all ?? [])]));
    this.size += again.length;
    for (const { message } of taken) {
      const key = keyOf(message);
      if (!this.#isBusy(key)) continue;
      this.#busy.set(key, FREE);
      this.#busyKeys -= 1;
      this.#offer(key);
    }
    if (this.#busy.size > this.#busyKeys * 2 + MOST_FREE)
      this.#busy = new Map([...this.#busy].filter(([, call]) => call !== FREE));
  }

  block(key: string): void {
    this.#blocked.add(key);
    this.#freed.delete(key);
  }

  unblock(key: string): void {
    if (this.#blocked.delete(key)) this.#offer(key);
  }

  *values(): IterableIterator<Waiting> {
    for (const line of this.#aside.values()) yield* line.all;
    yield* this.#queue.all;
  }

  remove(fits: (waiting: Waiting) => boolean): readonly Waiting[] {
    const removed: Waiting[] = [];
    const kept = (line: Line): Line => {
      const [out, left] = partition(line.all, fits);
      removed.push(...out);
      return out.length === 0 ? line : new Line(left);
    };
    for (const [key, line] of this.#aside) {
      const left = kept(line);
      if (left.first !== undefined) this.#aside.set(key, left);
      else {
        this.#aside.delete(key);
        this.#freed.delete(key);
      }
    }
    this.#queue = kept(this.#queue);
    this.size -= removed.length;
    return removed.toSorted((one, other) => one.sequence - other.sequence);
  }

  #offer(key: string): void {
    if (this.#aside.has(key) && !this.#isBusy(key) && !this.#blocked.has(key)) this.#freed.add(key);
  }

  #takeFreed(most: number, taken: Waiting[]): void {
    for (const key of this.#freed) {
      const line = this.#aside.get(key);
      const before = taken.length;
      for (let next = line?.first; taken.length < most && fitsWith(taken, next); next = line?.first) {
        taken.push(next);
        line?.drop();
      }
      if (taken.length === before) return;
      this.#occupy(key);
      this.#freed.delete(key);
      if (line?.first === undefined) this.#aside.delete(key);
    }
  }

  #takeQueued(most: number, taken: Waiting[]): void {
    for (
      let next = this.#queue.first;
      taken.length < most && fitsWith(taken, next);
      next = this.#queue.first
    ) {
      const key = keyOf(next.message);
      this.#queue.drop();
      const line = this.#aside.get(key);
      if (line !== undefined) line.push(next);
      else if (this.#isTakenByOther(key) || this.#blocked.has(key)) this.#aside.set(key, new Line([next]));
      else {
        taken.push(next);
        this.#occupy(key);
      }
    }
  }

  #occupy(key: string): void {
    if (!this.#isBusy(key)) this.#busyKeys += 1;
    this.#busy.set(key, this.#calls);
  }

  #isBusy(key: string): boolean {
    return (this.#busy.get(key) ?? FREE) !== FREE;
  }

  #isTakenByOther(key: string): boolean {
    const call = this.#busy.get(key) ?? FREE;
    return call !== FREE && call !== this.#calls;
  }
}

function partition(all: readonly Waiting[], fits: (waiting: Waiting) => boolean): [Waiting[], Waiting[]] {
  const [inside, outside]: [Waiting[], Waiting[]] = [[], []];
  for (const waiting of all) (fits(waiting) ? inside : outside).push(waiting);
  return [inside, outside];
}

/**
 * One call takes messages that came of a failure, or others, and never both: what fails again goes another way. What is
 * traced goes by itself.
 */
function fitsWith(taken: readonly Waiting[], next: Waiting | undefined): next is Waiting {
  const [first] = taken;
  if (next === undefined || first === undefined) return next !== undefined;
  return first.isCaught === next.isCaught && first.traced?.trace === next.traced?.trace;
}
