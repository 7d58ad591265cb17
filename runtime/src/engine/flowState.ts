import type { Json } from '@sluice/shared/message/message.ts';
import type { Clock, KeyedState } from '@sluice/shared/node/context.ts';
import type { Plan, PlannedNode } from './plan.ts';
import type { FlowChanges, StoredState } from './shell.ts';
import type { NodeState } from './state.ts';
import { createNodeState } from './state.ts';

type StateRow = FlowChanges['state'][number];

/** The state of all nodes of a flow. */
export interface FlowState {
  of(node: PlannedNode): KeyedState<Json>;
  /** Keys of a node that were put out, by the cap or by age, since the start. */
  evicted(node: PlannedNode): number;
  /** Forgets the keys that were not in use for so long, but for those of a node that have a timer running. */
  forgetOld(keysWithTimers: (node: PlannedNode) => ReadonlySet<string>): void;
  /** Puts back what the store held. What no node of the plan can read any more is deleted with the next changes. */
  restore(stored: readonly StoredState[]): void;
  hasChanges(): boolean;
  takeChanges(): readonly StateRow[];
}

export interface FlowStateOptions {
  readonly clock: Clock;
  /** Called at the first change since the last `takeChanges`. */
  readonly onChange: () => void;
  /** Called once for a node that has more keys than it may keep. */
  readonly onEvict: (node: PlannedNode, maxKeys: number) => void;
}

/** How long a key is kept that is not in use, where the node's type does not say it. */
const KEEP_MS = 30 * 24 * 3_600_000;

export function createFlowState(plan: Plan, options: FlowStateOptions): FlowState {
  const changed: Kept[] = [];
  let outdated: StateRow[] = [];
  const hasChanges = () => changed.length > 0 || outdated.length > 0;
  const kept = new Map<string, Kept>();
  for (const node of plan.nodes) {
    const { state } = node.entry.definition;
    if (state === undefined) continue;
    const onChange = () => {
      const isFirst = !hasChanges();
      changed.push(own);
      if (isFirst) options.onChange();
    };
    const onEvict = () => options.onEvict(node, state.maxKeys);
    const own: Kept = {
      node,
      version: state.version,
      state: createNodeState({
        maxKeys: state.maxKeys,
        keepMs: state.keepMs ?? KEEP_MS,
        clock: options.clock,
        onChange,
        onEvict,
      }),
    };
    kept.set(node.id, own);
  }
  return {
    of: (node) => kept.get(node.id)?.state ?? undeclared(node),
    evicted: (node) => kept.get(node.id)?.state.evicted ?? 0,
    forgetOld: (keysWithTimers) => {
      for (const { node, state } of kept.values()) {
        let held: ReadonlySet<string> | undefined;
        state.forgetOld((key) => (held ??= keysWithTimers(node)).has(key));
      }
    },
    restore: (stored) => {
      const byNode = Map.groupBy(stored, (row) => row.node);
      for (const [node, rows] of byNode) {
        const own = kept.get(node);
        own?.state.restore(rows.filter((row) => fits(own, row)));
        for (const row of rows)
          if (own === undefined || !fits(own, row)) outdated.push({ ...row, state: undefined });
      }
    },
    hasChanges,
    takeChanges: () => {
      if (!hasChanges()) return [];
      const rows = [...outdated, ...changed.splice(0).flatMap(rowsOf)];
      outdated = [];
      return rows;
    },
  };
}

interface Kept {
  readonly node: PlannedNode;
  readonly version: number;
  readonly state: NodeState;
}

function fits({ node, version }: Kept, row: StoredState): boolean {
  return row.type === node.entry.definition.type && row.version === version;
}

function rowsOf({ node, version, state }: Kept): StateRow[] {
  const { type } = node.entry.definition;
  return state.takeChanges().map((change) => ({ node: node.id, type, version, ...change }));
}

/** A node type that keeps state has to say so: its version decides what may be handed over (EN9). */
function undeclared(node: PlannedNode): KeyedState<Json> {
  const refuse = (): never => {
    throw new Error(`The node type “${node.entry.definition.type}” keeps state without declaring it.`);
  };
  return { get: () => undefined, set: refuse, delete: refuse, keys: () => [].values(), size: 0 };
}
