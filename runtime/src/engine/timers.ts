import type { DueTimer, Timers } from '@sluice/shared/node/context.ts';

/** How many timers of one node are handed over at once, as with messages (EN2). */
const MOST_AT_ONCE = 512;

/** Timers of a flow (EN10): in memory by due time, with what has changed since it was last taken. */
export interface FlowTimers {
  of(node: number): Timers;
  /** Puts back what the store held; counts as no change. */
  restore(node: number, timer: DueTimer): void;
  /** Where the timers that are set from now on begin, for `before` below. */
  mark(): number;
  /** The node whose timer is due next at `now`, if that one was set before the mark. */
  peek(now: number, before: number): number | undefined;
  /**
   * Takes out the next timers of a node that are due at `now`: all that come one after the other in due order, so that
   * nodes see their timers in the order in which they were due.
   */
  takeDue(node: number, now: number, before: number): readonly DueTimer[];
  nextDueAt(): number | undefined;
  /** The keys of a node for which a timer runs. */
  keysOf(node: number): ReadonlySet<string>;
  /** All timers of a node, the one that is due next first. */
  list(node: number): readonly DueTimer[];
  /** The same in no order, for one look at very many; timers may not be set or cleared meanwhile. */
  each(node: number): Iterable<DueTimer>;
  hasChanges(): boolean;
  /** How many timers have changed that were not taken yet. */
  readonly changeCount: number;
  /** What has changed since the last call, each timer once. Without `dueAt`: cleared or run out. */
  takeChanges(): readonly TimerChange[];
}

interface TimerChange {
  readonly node: number;
  readonly key: string;
  readonly name: string;
  readonly dueAt: number | undefined;
}

interface Entry {
  readonly node: number;
  readonly key: string;
  readonly name: string;
  readonly dueAt: number;
  /** Order in which timers were set, which decides between timers due at the same time. */
  readonly sequence: number;
  isGone: boolean;
}

/** `onChange` is called at the first change since the last `takeChanges`. */
export function createFlowTimers(onChange: () => void): FlowTimers {
  return new HeapTimers(onChange);
}

class HeapTimers implements FlowTimers {
  readonly #onChange: () => void;
  readonly #byNode = new Map<number, Map<string, Entry>>();
  readonly #changed = new Map<string, Entry>();
  #heap: Entry[] = [];
  #gone = 0;
  #sequence = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  of(node: number): Timers {
    return {
      set: (key, name, dueAt) => {
        // Many nodes set theirs anew with every message, mostly to the same time: nothing to write then.
        if (this.#find(node, key, name)?.dueAt !== dueAt) this.#note(this.#put(node, key, name, dueAt));
      },
      clear: (key, name) => {
        const entry = this.#drop(node, key, name);
        if (entry !== undefined) this.#note(entry);
      },
    };
  }

  restore(node: number, timer: DueTimer): void {
    this.#put(node, timer.key, timer.name, timer.dueAt);
  }

  mark(): number {
    return this.#sequence;
  }

  peek(now: number, before: number): number | undefined {
    const first = this.#next();
    return first === undefined || first.dueAt > now || first.sequence > before ? undefined : first.node;
  }

  takeDue(node: number, now: number, before: number): readonly DueTimer[] {
    const due: DueTimer[] = [];
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      if (this.peek(now, before) !== node || due.length === MOST_AT_ONCE) break;
      this.#drop(entry.node, entry.key, entry.name);
      this.#note(entry);
      due.push({ key: entry.key, name: entry.name, dueAt: entry.dueAt });
    }
    return due;
  }

  nextDueAt(): number | undefined {
    return this.#next()?.dueAt;
  }

  keysOf(node: number): ReadonlySet<string> {
    return new Set(
      this.#byNode
        .get(node)
        ?.values()
        .map(({ key }) => key),
    );
  }

  list(node: number): readonly DueTimer[] {
    return [...(this.#byNode.get(node)?.values() ?? [])]
      .sort((one, other) => one.dueAt - other.dueAt || one.sequence - other.sequence)
      .map(({ key, name, dueAt }) => ({ key, name, dueAt }));
  }

  each(node: number): Iterable<DueTimer> {
    return this.#byNode.get(node)?.values() ?? [];
  }

  hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  get changeCount(): number {
    return this.#changed.size;
  }

  takeChanges(): readonly TimerChange[] {
    if (this.#changed.size === 0) return [];
    const changes = [...this.#changed.values()].map(({ node, key, name }) => {
      return { node, key, name, dueAt: this.#find(node, key, name)?.dueAt };
    });
    this.#changed.clear();
    return changes;
  }

  #find(node: number, key: string, name: string): Entry | undefined {
    return this.#byNode.get(node)?.get(timerKey(key, name));
  }

  #note(entry: Entry): void {
    this.#changed.set(`${entry.node} ${timerKey(entry.key, entry.name)}`, entry);
    if (this.#changed.size === 1) this.#onChange();
  }

  #put(node: number, key: string, name: string, dueAt: number): Entry {
    this.#drop(node, key, name);
    this.#sequence += 1;
    const entry: Entry = { node, key, name, dueAt, sequence: this.#sequence, isGone: false };
    const timers = this.#byNode.get(node) ?? new Map<string, Entry>();
    this.#byNode.set(node, timers.set(timerKey(key, name), entry));
    push(this.#heap, entry);
    return entry;
  }

  /** Entries that are gone stay in the heap until they come up, or until they are the greater part of it. */
  #drop(node: number, key: string, name: string): Entry | undefined {
    const timers = this.#byNode.get(node);
    const entry = timers?.get(timerKey(key, name));
    if (entry === undefined) return undefined;
    timers?.delete(timerKey(key, name));
    entry.isGone = true;
    this.#gone += 1;
    if (this.#gone > 64 && this.#gone > this.#heap.length / 2) this.#sweep();
    return entry;
  }

  #sweep(): void {
    const heap: Entry[] = [];
    for (const entry of this.#heap) if (!entry.isGone) push(heap, entry);
    this.#heap = heap;
    this.#gone = 0;
  }

  #next(): Entry | undefined {
    while (this.#heap[0]?.isGone === true) {
      pop(this.#heap);
      this.#gone -= 1;
    }
    return this.#heap[0];
  }
}

function timerKey(key: string, name: string): string {
  return `${name.length} ${name}${key}`;
}

function isBefore(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.sequence < other.sequence);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!swapIfBefore(heap, at, parent)) return;
    at = parent;
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ; ) {
    const left = at * 2 + 1;
    const smaller = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!swapIfBefore(heap, smaller, at)) return;
    at = smaller;
  }
}

function swapIfBefore(heap: Entry[], lower: number, upper: number): boolean {
  const below = heap[lower];
  const above = heap[upper];
  if (below === undefined || above === undefined || !isBefore(below, above)) return false;
  heap[lower] = above;
  heap[upper] = below;
  return true;
}
