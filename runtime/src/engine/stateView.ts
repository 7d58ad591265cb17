import { SluiceError } from '@sluice/shared/errors.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import type { DueTimer } from '@sluice/shared/node/context.ts';
import type { NodeStatePage, StateEntry } from '@sluice/shared/protocol/running.ts';
import type { StateView } from './runningFlow.ts';
import type { NodeState } from './state.ts';
import type { FlowTimers } from './timers.ts';

/** What a node of a running flow keeps. */
export interface Kept {
  /** Left out where its type keeps timers only. */
  readonly state: NodeState | undefined;
  readonly timers: FlowTimers;
  /** The node's, as the timers know it. */
  readonly index: number;
}

/** A state that is longer is not shown, characters of JSON: a page of them has to get through to a browser. */
const SHOWN_LENGTH = 10_000;

type PageOptions = Parameters<StateView['page']>[1];

/**
 * State and timers of the nodes that `find` finds (EN9, EN10). A page costs one look at every key of the node, whatever
 * page it is, and sorts only what it shows. Looking counts as no reading; a change is on disk when it
 * returns, by `commit`, which throws when that cannot be.
 */
export function createStateView(find: (node: string) => Kept | undefined, commit: () => void): StateView {
  function kept(node: string): Kept {
    const found = find(node);
    if (found !== undefined) return found;
    throw new SluiceError('not-found', `The node “${node}” does not run here, or it keeps nothing.`);
  }

  return {
    page: (node, options) => pageOf(kept(node), options),
    set(node, key, state) {
      const own = kept(node).state;
      if (own === undefined) {
        throw new SluiceError('invalid-input', `The node “${node}” keeps timers only, no value.`);
      }
      own.set(key, state);
      commit();
    },
    clear(node, key) {
      clearKeys(kept(node), new Set([key]));
      commit();
    },
    clearAll(node) {
      const own = kept(node);
      const keys = new Set(keysOf(own));
      clearKeys(own, keys);
      commit();
      return keys.size;
    },
  };
}

function pageOf(own: Kept, { search, after, limit }: PageOptions): NodeStatePage {
  const wanted = search?.toLowerCase() ?? '';
  const page: string[] = [];
  let total = 0;
  let isMore = false;
  for (const key of keysOf(own)) {
    total += 1;
    if (after !== undefined && key <= after) continue;
    if (wanted !== '' && !key.toLowerCase().includes(wanted)) continue;
    if (addSorted(page, key, limit)) isMore = true;
  }
  const { timers, count } = timersOf(own, page);
  const last = page.at(-1);
  return {
    entries: page.map((key) => entryOf(own, key, timers.get(key) ?? [])),
    total,
    timers: count,
    maxKeys: own.state?.maxKeys ?? 0,
    evicted: own.state?.evicted ?? 0,
    ...(isMore && last !== undefined ? { next: last } : {}),
  };
}

/** Every key once: those with a state, then those that have only a timer. */
function* keysOf({ state, timers, index }: Kept): Generator<string> {
  if (state !== undefined) yield* state.keys();
  for (const key of timers.keysOf(index)) if (state?.entryOf(key) === undefined) yield key;
}

/** Keeps the `limit` first keys in the order of text; whether one of them had to go. */
function addSorted(page: string[], key: string, limit: number): boolean {
  const last = page.at(-1);
  if (page.length === limit && last !== undefined && key > last) return true;
  let from = 0;
  let to = page.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((page[middle] ?? '') < key) from = middle + 1;
    else to = middle;
  }
  page.splice(from, 0, key);
  if (page.length <= limit) return false;
  page.pop();
  return true;
}

/** The timers of these keys, the next due first, and how many the node has in all. */
function timersOf({ timers, index }: Kept, keys: readonly string[]) {
  const found = new Map<string, StateEntry['timers']>(keys.map((key) => [key, []]));
  let count = 0;
  for (const { key, name, dueAt } of timers.each(index)) {
    count += 1;
    found.get(key)?.push({ name, dueAt });
  }
  for (const own of found.values()) own.sort((one, other) => one.dueAt - other.dueAt);
  return { timers: found, count };
}

function entryOf({ state }: Kept, key: string, timers: StateEntry['timers']): StateEntry {
  const entry = state?.entryOf(key);
  return entry === undefined ? { key, timers } : { key, ...shown(entry.state), setAt: entry.setAt, timers };
}

function shown(state: Json): Pick<StateEntry, 'state' | 'length'> {
  const { length } = JSON.stringify(state);
  return length <= SHOWN_LENGTH ? { state } : { length };
}

function clearKeys({ state, timers, index }: Kept, keys: ReadonlySet<string>): void {
  const theirs: DueTimer[] = [];
  for (const timer of timers.each(index)) if (keys.has(timer.key)) theirs.push({ ...timer });
  for (const { key, name } of theirs) timers.of(index).clear(key, name);
  for (const key of keys) state?.delete(key);
}
