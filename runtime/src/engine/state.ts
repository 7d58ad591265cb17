import type { Json } from '@sluice/shared/message/message.ts';
import type { KeyedState } from '@sluice/shared/node/context.ts';

/** State of one node in memory (EN9), with what has changed since it was last taken. */
export interface NodeState extends KeyedState<Json> {
  /** Puts back what the store held; counts as no change. */
  restore(key: string, state: Json): void;
  /** What has changed since the last call, each key once. Without `state`: deleted. */
  takeChanges(): readonly StateChange[];
  /** Keys that were put out because there were more than `maxKeys`. */
  readonly evicted: number;
}

interface StateChange {
  readonly key: string;
  readonly state: Json | undefined;
}

export interface NodeStateOptions {
  readonly maxKeys: number;
  /** Called at the first change since the last `takeChanges`. */
  readonly onChange: () => void;
  /** Called when the first key is evicted. */
  readonly onEvict: () => void;
}

/** An entry of the map and of the list in order of last set, oldest first: both cost the same for any number of keys. */
interface Entry {
  readonly key: string;
  state: Json | undefined;
  isDirty: boolean;
  older: Entry | undefined;
  newer: Entry | undefined;
}

/** Keeps at most `maxKeys` keys; beyond them the one that was set the longest ago goes. */
export function createNodeState(options: NodeStateOptions): NodeState {
  return new LinkedState(options);
}

class LinkedState implements NodeState {
  readonly #options: NodeStateOptions;
  readonly #entries = new Map<string, Entry>();
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  #dirty: Entry[] = [];
  #evicted = 0;

  constructor(options: NodeStateOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get(key: string): Json | undefined {
    return this.#entries.get(key)?.state;
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  set(key: string, state: Json): void {
    this.#touch(this.#put(key, state));
  }

  restore(key: string, state: Json): void {
    this.#put(key, state);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#unlink(entry);
    entry.state = undefined;
    this.#touch(entry);
  }

  takeChanges(): readonly StateChange[] {
    if (this.#dirty.length === 0) return [];
    const changes = new Map<string, Json | undefined>();
    for (const { key } of this.#dirty) changes.set(key, this.get(key));
    for (const entry of this.#dirty) entry.isDirty = false;
    this.#dirty = [];
    return [...changes].map(([key, state]) => ({ key, state }));
  }

  #put(key: string, state: Json): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.state = state;
      this.#unlink(known);
      this.#append(known);
      return known;
    }
    this.#makeRoom();
    const entry: Entry = { key, state, isDirty: false, older: undefined, newer: undefined };
    this.#entries.set(key, entry);
    this.#append(entry);
    return entry;
  }

  #makeRoom(): void {
    if (this.#entries.size < this.#options.maxKeys || this.#oldest === undefined) return;
    this.delete(this.#oldest.key);
    this.#evicted += 1;
    if (this.#evicted === 1) this.#options.onEvict();
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
