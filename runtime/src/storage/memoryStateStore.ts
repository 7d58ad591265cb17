import type {
  DeadLetterEntry,
  FlowChanges,
  PendingMessage,
  StateStore,
  StoredFlow,
  StoredState,
  StoredTimer,
} from '../engine/shell.ts';

/** A store that forgets all with the process: for tests, scenarios and dry runs. */
export interface MemoryStateStore extends StateStore {
  /** Of a flow, oldest first. */
  deadLetters(flow: string): readonly DeadLetterEntry[];
}

export function memoryStateStore(): MemoryStateStore {
  const flows = new Map<string, KeptFlow>();
  const kept = (flow: string): KeptFlow => {
    const found = flows.get(flow) ?? { state: new Map(), timers: new Map(), pending: new Map(), letters: [] };
    flows.set(flow, found);
    return found;
  };
  return {
    load: (flow): StoredFlow => {
      const { state, timers, pending } = kept(flow);
      return { state: [...state.values()], timers: [...timers.values()], pending: [...pending.values()] };
    },
    commit: (changes) => {
      for (const change of changes) apply(kept(change.flow), change);
    },
    forget: (flow) => void flows.delete(flow),
    deadLetters: (flow) => kept(flow).letters,
  };
}

interface KeptFlow {
  readonly state: Map<string, StoredState>;
  readonly timers: Map<string, StoredTimer>;
  readonly pending: Map<string, PendingMessage>;
  readonly letters: DeadLetterEntry[];
}

function apply({ state, timers, pending, letters }: KeptFlow, changes: FlowChanges): void {
  for (const row of changes.state) {
    const key = JSON.stringify([row.node, row.key]);
    if (row.state === undefined) state.delete(key);
    else state.set(key, { ...row, state: row.state });
  }
  for (const row of changes.timers) {
    const key = JSON.stringify([row.node, row.key, row.name]);
    if (row.dueAt === undefined) timers.delete(key);
    else timers.set(key, { ...row, dueAt: row.dueAt });
  }
  for (const row of changes.pendingAdded) pending.set(row.id, row);
  for (const id of changes.pendingDone) pending.delete(id);
  letters.push(...changes.deadLetters);
}
