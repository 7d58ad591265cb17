import type {
  DeadLetterEntry,
  FlowChanges,
  PendingMessage,
  PendingNode,
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
      return {
        state: [...state.values()],
        timers: [...timers.values()],
        pending: [...Map.groupBy(pending.values(), ({ node }) => node)].map(summaryOf),
      };
    },
    readPending: (flow, node, after, most) =>
      [...kept(flow).pending.values()]
        .filter((row) => row.node === node && row.sequence > after)
        .sort((one, other) => one.sequence - other.sequence)
        .slice(0, most),
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
  readonly pending: Map<number, PendingMessage>;
  readonly letters: DeadLetterEntry[];
}

function summaryOf([node, rows]: [string, readonly PendingMessage[]]): PendingNode {
  return {
    node,
    count: rows.length,
    bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
    lastSequence: rows.reduce((last, { sequence }) => Math.max(last, sequence), 0),
  };
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
  for (const row of changes.pendingAdded) pending.set(row.sequence, row);
  for (const sequence of changes.pendingDone) pending.delete(sequence);
  letters.push(...changes.deadLetters);
}
