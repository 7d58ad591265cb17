import type { Json } from '@sluice/shared/message/message.ts';
import type { Clock, KeyedState } from '@sluice/shared/node/context.ts';

/** State of one node in memory (EN9), with what has changed since it was last taken. */
export interface NodeState extends KeyedState<Json> {
  /** Puts back what the store held, keys in the order in which they were first set; counts as no change. */
  restore(stored: readonly RestoredState[]): void;
  /**
   * Forgets the keys that were neither set nor read for `keepMs`, but for those that `isHeld` says yes to. To be called
   * now and then: setting and reading look at no other key.
   */
  forgetOld(isHeld: (key: string) => boolean): void;
  /** What has changed since the last call, each key once. Without `state`: deleted. */
  takeChanges(): readonly StateChange[];
  /** Keys that were put out, because there were more than `maxKeys` or because of their age. */
  readonly evicted: number;
  readonly maxKeys: number;
  /** What a key holds and since when, for people to look at: it does not count as read. */
  entryOf(key: string): { readonly state: Json; readonly setAt: number } | undefined;
}

interface StateChange {
  readonly key: string;
  readonly state: Json | undefined;
  readonly setAt: number;
}

interface RestoredState {
  readonly key: string;
  readonly state: Json;
  readonly setAt: number;
}

export interface NodeStateOptions {
  readonly maxKeys: number;
  readonly keepMs: number;
  readonly clock: Clock;
  /** Called at the first change since the last `takeChanges`. */
  readonly onChange: () => void;
  /** Called when the first key is evicted because there are too many. */
  readonly onEvict: () => void;
}

/** An entry of the map and of the list in order of last set, oldest first: both cost the same for any number of keys. */
interface Entry {
  readonly key: string;
  state: Json | undefined;
  /** When it was set, or found to be read still: ms since the epoch. */
  setAt: number;
  /** It was read since then. */
  isRead: boolean;
  isDirty: boolean;
  older: Entry | undefined;
  newer: Entry | undefined;
}

/**
 * Keeps at most `maxKeys` keys; beyond them the one that was set the longest ago goes. A key that is read counts as set
 * anew once it is half as old as it may get: so what is in use stays, also over a restart, for one write in that time.
 */
export function createNodeState(options: NodeStateOptions): NodeState {
  return new LinkedState(options);
}

class LinkedState implements NodeState {
  readonly #options: NodeStateOptions;
  readonly #entries = new Map<string, Entry>();
  /** The entry that was read last: as a rule it is the one that is set next. */
  #last: Entry | undefined;
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  #dirty: Entry[] = [];
  #evicted = 0;
  #isFull = false;

  constructor(options: NodeStateOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get maxKeys(): number {
    return this.#options.maxKeys;
  }

  entryOf(key: string): { readonly state: Json; readonly setAt: number } | undefined {
    const entry = this.#entries.get(key);
    return entry?.state === undefined ? undefined : { state: entry.state, setAt: entry.setAt };
  }

  get(key: string): Json | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.isRead = true;
    this.#last = entry;
    return entry.state;
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  set(key: string, state: Json): void {
    const last = this.#last;
    const entry = last?.key === key ? last : (this.#entries.get(key) ?? this.#add(key, state));
    entry.state = state;
    this.#renew(entry);
  }

  restore(stored: readonly RestoredState[]): void {
    const entries = stored.map(({ key, state, setAt }) => createEntry(key, state, setAt));
    for (const entry of entries) this.#entries.set(entry.key, entry);
    for (const entry of entries.toSorted((one, other) => one.setAt - other.setAt)) this.#append(entry);
    while (this.#entries.size > this.#options.maxKeys) this.#evictOldest();
  }

  forgetOld(isHeld: (key: string) => boolean): void {
    const { clock, keepMs } = this.#options;
    const now = clock.now();
    let next: Entry | undefined;
    for (let entry = this.#oldest; entry !== undefined && now - entry.setAt >= keepMs / 2; entry = next) {
      next = entry.newer;
      if (entry.isRead) this.#renew(entry);
      else if (now - entry.setAt >= keepMs && !isHeld(entry.key)) {
        this.delete(entry.key);
        this.#evicted += 1;
      }
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    if (this.#last === entry) this.#last = undefined;
    this.#unlink(entry);
    entry.state = undefined;
    this.#touch(entry);
  }

  takeChanges(): readonly StateChange[] {
    const dirty = this.#dirty;
    if (dirty.length === 0) return [];
    this.#dirty = [];
    const gone = new Set<string>();
    const changes: StateChange[] = [];
    for (const entry of dirty) {
      entry.isDirty = false;
      const { key, state, setAt } = entry;
      // One that was deleted may have been set anew; the entry that it has then is among these, too.
      if (state === undefined && (this.#entries.has(key) || gone.has(key))) continue;
      if (state === undefined) gone.add(key);
      changes.push({ key, state, setAt });
    }
    return changes;
  }

  #add(key: string, state: Json): Entry {
    if (this.#entries.size >= this.#options.maxKeys) this.#evictOldest();
    const entry = createEntry(key, state, 0);
    this.#entries.set(key, entry);
    this.#append(entry);
    return entry;
  }

  #evictOldest(): void {
    if (this.#oldest === undefined) return;
    this.delete(this.#oldest.key);
    this.#evicted += 1;
    if (this.#isFull) return;
    this.#isFull = true;
    this.#options.onEvict();
  }

  /** From now on it is the newest. */
  #renew(entry: Entry): void {
    entry.setAt = this.#options.clock.now();
    entry.isRead = false;
    this.#unlink(entry);
    this.#append(entry);
    this.#touch(entry);
  }

  #touch(entry: Entry): void {
    if (entry.isDirty) return;
    entry.isDirty = true;
    this.#dirty.push(entry);
    if (this.#dirty.length === 1) this.#options.onChange();
  }

  #append(entry: Entry): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry): void {
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
  }
}

function createEntry(key: string, state: Json, setAt: number): Entry {
  return { key, state, setAt, isRead: false, isDirty: false, older: undefined, newer: undefined };
}
