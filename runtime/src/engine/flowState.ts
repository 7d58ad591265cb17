import type { Json } from '@sluice/shared/message/message.ts';
import type { Clock, KeyedState } from '@sluice/shared/node/context.ts';
import type { Plan, PlannedNode } from './plan.ts';
import type { FlowChanges, StoredState } from './shell.ts';
import type { NodeState } from './state.ts';
import { createNodeState } from './state.ts';
import type { Fate } from './swap.ts';

type StateRow = FlowChanges['state'][number];

/** The state of all nodes of a flow. */
export interface FlowState {
  of(node: PlannedNode): KeyedState<Json>;
  find(node: string): NodeState | undefined;
  /** Keys of a node that were put out, by the cap or by age, since the start. */
  evicted(node: PlannedNode): number;
  /** Forgets the keys that were not in use for so long, but for those of a node that have a timer running. */
  forgetOld(keysWithTimers: (node: string) => ReadonlySet<string>): void;
  /** Puts back what the store held. What no node of the plan can read any more is deleted with the next changes. */
  restore(stored: readonly StoredState[]): void;
  /**
   * Goes on with the nodes of another version (EN12): what they keep stays, but for those that begin anew; what no node
   * keeps any more is deleted with the next changes. Gives back how to undo it.
   */
  replan(plan: Plan, fates: ReadonlyMap<string, Fate>): () => void;
  hasChanges(): boolean;
  /** How many nodes have changes that were not taken yet. */
  readonly changeCount: number;
  takeChanges(): readonly StateRow[];
  /** What all of it is reckoned to take, bytes. */
  bytes(): number;
}

export interface FlowStateOptions {
  readonly clock: Clock;
  /** Called at the first change since the last `takeChanges`. */
  readonly onChange: () => void;
  /** Called once for a node that has more keys than it may keep. */
  readonly onEvict: (node: PlannedNode, maxKeys: number) => void;
}

/** From so many keys is reckoned what all of them take. */
const SAMPLED = 20;
/** How long a key is kept that is not in use, where the node's type does not say it. */
const KEEP_MS = 30 * 24 * 3_600_000;

export function createFlowState(plan: Plan, options: FlowStateOptions): FlowState {
  return new StateOfNodes(plan, options);
}

class StateOfNodes implements FlowState {
  readonly #options: FlowStateOptions;
  #kept: ReadonlyMap<string, Kept>;
  #changed: Kept[] = [];
  #outdated: StateRow[] = [];

  constructor(plan: Plan, options: FlowStateOptions) {
    this.#options = options;
    this.#kept = new Map(plan.nodes.flatMap((node) => this.#entryFor(node)));
  }

  of(node: PlannedNode): KeyedState<Json> {
    return this.find(node.id) ?? undeclared(node);
  }

  find(node: string): NodeState | undefined {
    return this.#kept.get(node)?.state;
  }

  evicted(node: PlannedNode): number {
    return this.find(node.id)?.evicted ?? 0;
  }

  forgetOld(keysWithTimers: (node: string) => ReadonlySet<string>): void {
    for (const [node, { state }] of this.#kept) {
      let held: ReadonlySet<string> | undefined;
      state.forgetOld((key) => (held ??= keysWithTimers(node)).has(key));
    }
  }

  restore(stored: readonly StoredState[]): void {
    for (const [node, rows] of Map.groupBy(stored, (row) => row.node)) {
      const own = this.#kept.get(node);
      own?.state.restore(rows.filter((row) => fits(own, row)));
      for (const row of rows)
        if (own === undefined || !fits(own, row)) this.#outdated.push({ ...row, state: undefined });
    }
  }

  replan(plan: Plan, fates: ReadonlyMap<string, Fate>): () => void {
    const before = this.#kept;
    this.#kept = new Map(
      plan.nodes.flatMap((node) => {
        const own = fates.get(node.id) === 'reset' ? undefined : before.get(node.id);
        return own === undefined ? this.#entryFor(node) : [[node.id, own]];
      }),
    );
    this.#retire(before, this.#kept);
    return () => {
      const after = this.#kept;
      this.#kept = before;
      this.#retire(after, before);
      for (const own of before.values()) if (after.get(own.node) !== own) revive(own);
    };
  }

  hasChanges(): boolean {
    return this.#changed.length > 0 || this.#outdated.length > 0;
  }

  get changeCount(): number {
    return this.#changed.length;
  }

  takeChanges(): readonly StateRow[] {
    if (!this.hasChanges()) return [];
    const rows = [...this.#outdated, ...this.#changed.splice(0).flatMap(rowsOf)];
    this.#outdated = [];
    return rows;
  }

  bytes(): number {
    let bytes = 0;
    for (const { state } of this.#kept.values()) bytes += bytesOf(state);
    return bytes;
  }

  #entryFor(node: PlannedNode): readonly (readonly [string, Kept])[] {
    const { type, state: declared } = node.entry.definition;
    if (declared === undefined) return [];
    const onChange = () => {
      if (this.#kept.get(node.id) !== own) return;
      const isFirst = !this.hasChanges();
      this.#changed.push(own);
      if (isFirst) this.#options.onChange();
    };
    const state = createNodeState({
      maxKeys: declared.maxKeys,
      keepMs: declared.keepMs ?? KEEP_MS,
      clock: this.#options.clock,
      onChange,
      onEvict: () => this.#options.onEvict(node, declared.maxKeys),
    });
    const own: Kept = { node: node.id, type, version: declared.version, state };
    return [[node.id, own]];
  }

  /** What is kept no longer is deleted with the next changes, what of it was not yet written included. */
  #retire(before: ReadonlyMap<string, Kept>, after: ReadonlyMap<string, Kept>): void {
    const isFirst = !this.hasChanges();
    const retired = [...before.values()].filter((own) => after.get(own.node) !== own);
    this.#changed = this.#changed.filter((own) => !retired.includes(own));
    for (const own of retired) {
      const { node, type, version, state } = own;
      for (const row of rowsOf(own)) this.#outdated.push({ ...row, state: undefined });
      for (const key of state.keys())
        this.#outdated.push({ node, type, version, key, state: undefined, setAt: 0 });
    }
    if (isFirst && this.hasChanges()) this.#options.onChange();
  }
}

interface Kept {
  readonly node: string;
  readonly type: string;
  readonly version: number;
  readonly state: NodeState;
}

function fits({ type, version }: Kept, row: StoredState): boolean {
  return row.type === type && row.version === version;
}

function rowsOf({ node, type, version, state }: Kept): StateRow[] {
  return state.takeChanges().map((change) => ({ node, type, version, ...change }));
}

/** Reckoned from a few of its keys. */
function bytesOf(state: NodeState): number {
  let [looked, bytes] = [0, 0];
  for (const key of state.keys()) {
    if (looked === SAMPLED) break;
    looked += 1;
    bytes += key.length + JSON.stringify(state.entryOf(key)?.state ?? null).length + 100;
  }
  return looked === 0 ? 0 : Math.round((bytes / looked) * state.size);
}

/** Its rows were deleted: all of them are written again. */
function revive({ state }: Kept): void {
  for (const key of state.keys()) {
    const entry = state.entryOf(key);
    if (entry !== undefined) state.set(key, entry.state);
  }
}

/** A node type that keeps state has to say so: its version decides what may be handed over (EN9). */
function undeclared(node: PlannedNode): KeyedState<Json> {
  const refuse = (): never => {
    throw new Error(`The node type “${node.entry.definition.type}” keeps state without declaring it.`);
  };
  return { get: () => undefined, set: refuse, delete: refuse, keys: () => [].values(), size: 0 };
}
