import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { FlowChanges, PendingMessage, StateStore, StoredState } from '../engine/shell.ts';
import type { FileStateStore } from './stateStore.ts';
import { openStateStore } from './stateStore.ts';

// What tests of the state store write into it and read out of it.

export function changes(parts: Partial<FlowChanges>): FlowChanges {
  return {
    flow: 'flow',
    state: [],
    timers: [],
    pendingAdded: [],
    pendingDone: [],
    deadLetters: [],
    ...parts,
  };
}

export function stateRow(key: string, state: string): StoredState {
  return { node: 'n', type: 'change', version: 1, key, state, setAt: 1_000 };
}

export function waitingAt(sequence: number): PendingMessage {
  const text = 'z'.repeat(sequence % 50 === 0 ? 9_000 : sequence % 90);
  const message = createMessage({ id: `m${sequence}`, time: sequence, payload: { sequence, text } });
  return { sequence, node: 'n', port: 'in', message, at: 7.5, bytes: 100, isCaught: false };
}

/** All messages that wait at the node `n`, page by page. */
export function waitingOf(store: StateStore): readonly PendingMessage[] {
  const all: PendingMessage[] = [];
  for (;;) {
    const page = store.readPending('flow', 'n', all.at(-1)?.sequence ?? 0, 50);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Opens the store of a folder; `said` has every sentence about damage, that of the opening first. */
export function openSaying(inFolder: string): { store: FileStateStore; said: string[] } {
  const said: string[] = [];
  const store = openStateStore(join(inFolder, 'state.db'), { onDamage: (sentence) => said.push(sentence) });
  onTestFinished(() => store.close());
  if (store.gap !== undefined) said.unshift(store.gap);
  return { store, said };
}
