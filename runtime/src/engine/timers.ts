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

/** A timer, whether it runs or has run out since changes were last taken. */
interface Slot {
  readonly node: number;
  readonly key: string;
  readonly name: string;
  /** While it runs. */
  entry: Entry | undefined;
  isChanged: boolean;
}

/** A place in the heap. */
interface Entry {
  readonly slot: Slot;
  readonly dueAt: number;
  /** Order in which timers were set, which decides between timers due at the same time. */
  readonly sequence: number;
  isGone: boolean;
}

/** By name, then by key: a key is looked up as it came with its message, and no text is put together for it. */
type NodeSlots = Map<string, Map<string, Slot>>;

/** `onChange` is called at the first change since the last `takeChanges`. */
export function createFlowTimers(onChange: () => void): FlowTimers {
  return new HeapTimers(onChange);
}

class HeapTimers implements FlowTimers {
  readonly #onChange: () => void;
  readonly #byNode = new Map<number, NodeSlots>();
  #changed: Slot[] = [];
  #heap: Entry[] = [];
  #gone = 0;
  #sequence = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  of(node: number): Timers {
    return {
      set: (key, name, dueAt) => {
        const slot = this.#slotOf(node, key, name);
        // Many nodes set theirs anew with every message, mostly to the same time: nothing to write then.
        if (slot.entry?.dueAt === dueAt) return;
        this.#run(slot, dueAt);
        this.#note(slot);
      },
      clear: (key, name) => {
        const slot = this.#byNode.get(node)?.get(name)?.get(key);
        if (slot?.entry === undefined) return;
        this.#stop(slot);
        this.#note(slot);
      },
    };
  }

  restore(node: number, { key, name, dueAt }: DueTimer): void {
    this.#run(this.#slotOf(node, key, name), dueAt);
  }

  mark(): number {
    return this.#sequence;
  }

  peek(now: number, before: number): number | undefined {
    const first = this.#next();
    return first === undefined || first.dueAt > now || first.sequence > before ? undefined : first.slot.node;
  }

  takeDue(node: number, now: number, before: number): readonly DueTimer[] {
    const due: DueTimer[] = [];
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      if (this.peek(now, before) !== node || due.length === MOST_AT_ONCE) break;
      this.#stop(entry.slot);
      this.#note(entry.slot);
      due.push(dueTimerOf(entry));
    }
    return due;
  }

  nextDueAt(): number | undefined {
    return this.#next()?.dueAt;
  }

  keysOf(node: number): ReadonlySet<string> {
    return new Set(this.#entriesOf(node).map(({ slot }) => slot.key));
  }

  list(node: number): readonly DueTimer[] {
    return [...this.#entriesOf(node)]
      .sort((one, other) => one.dueAt - other.dueAt || one.sequence - other.sequence)
      .map(dueTimerOf);
  }

  each(node: number): Iterable<DueTimer> {
    return this.#entriesOf(node).map(dueTimerOf);
  }

  hasChanges(): boolean {
    return this.#changed.length > 0;
  }

  get changeCount(): number {
    return this.#changed.length;
  }

  takeChanges(): readonly TimerChange[] {
    const changed = this.#changed;
    if (changed.length === 0) return [];
    this.#changed = [];
    return changed.map((slot) => {
      slot.isChanged = false;
      const { node, key, name, entry } = slot;
      if (entry === undefined) this.#byNode.get(node)?.get(name)?.delete(key);
      return { node, key, name, dueAt: entry?.dueAt };
    });
  }

  *#entriesOf(node: number): Generator<Entry, undefined> {
    for (const slots of this.#byNode.get(node)?.values() ?? [])
      for (const { entry } of slots.values()) if (entry !== undefined) yield entry;
  }

  #slotOf(node: number, key: string, name: string): Slot {
    const names: NodeSlots = this.#byNode.get(node) ?? new Map();
    const slots = names.get(name) ?? new Map<string, Slot>();
    const known = slots.get(key);
    if (known !== undefined) return known;
    const slot = { node, key, name, entry: undefined, isChanged: false };
    this.#byNode.set(node, names.set(name, slots.set(key, slot)));
    return slot;
  }

  #note(slot: Slot): void {
    if (slot.isChanged) return;
    slot.isChanged = true;
    if (this.#changed.push(slot) === 1) this.#onChange();
  }

  #run(slot: Slot, dueAt: number): void {
    this.#stop(slot);
    this.#sequence += 1;
    slot.entry = { slot, dueAt, sequence: this.#sequence, isGone: false };
    push(this.#heap, slot.entry);
  }

  /** Entries that are gone stay in the heap until they come up, or until they are the greater part of it. */
  #stop(slot: Slot): void {
    if (slot.entry === undefined) return;
    slot.entry.isGone = true;
    slot.entry = undefined;
    this.#gone += 1;
    if (this.#gone > 64 && this.#gone > this.#heap.length / 2) this.#sweep();
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

function dueTimerOf({ slot: { key, name }, dueAt }: Entry): DueTimer {
  return { key, name, dueAt };
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
