import type { FlowCommand } from '@sluice/shared/flow/edit.ts';
import { createStore } from 'zustand/vanilla';
import type { FlowDocument } from './document.ts';
import { type ReadStore, readOnly } from './store.ts';
import type { Time } from './time.ts';

/** One thing that a person did, as they would call it. */
interface HistoryEntry {
  /** In the form of `Move 3 nodes`, for "Undo: Move 3 nodes". */
  readonly label: string;
  readonly redo: FlowCommand;
  readonly undo: FlowCommand;
}

interface HistoryState {
  /** Oldest first. */
  readonly past: readonly HistoryEntry[];
  /** The next one to redo is the last. */
  readonly future: readonly HistoryEntry[];
}

interface EditOptions {
  readonly label: string;
  /** Edits of one gesture (typing in one field, arrow keys held down) make one entry: name it the same each time. */
  readonly gesture?: string;
}

/** Undo and redo over everything that is done to the flow, one entry a gesture. */
export interface FlowHistory extends ReadStore<HistoryState> {
  /** The one way in which people's changes reach the document. */
  edit(command: FlowCommand, options: EditOptions): void;
  /** The gesture is over: the field was left, the key was released. */
  endGesture(): void;
  undo(): HistoryEntry | undefined;
  redo(): HistoryEntry | undefined;
  /** Forgets everything, as when another draft was loaded. */
  clear(): void;
}

/** A pause after which the next edit of the same gesture is an entry of its own. */
export const GESTURE_PAUSE_MS = 1_500;
const MOST_ENTRIES = 500;

export function createHistory(document: FlowDocument, time: Pick<Time, 'now'>): FlowHistory {
  const store = createStore<HistoryState>(() => ({ past: [], future: [] }));
  let gesture: { readonly name: string; readonly at: number } | undefined;

  const isSameGesture = (name: string | undefined) =>
    name !== undefined && gesture?.name === name && time.now() - gesture.at <= GESTURE_PAUSE_MS;

  return {
    ...readOnly(store),
    edit(command, { label, gesture: name }) {
      const before = document.getState().flow;
      const undo = document.apply(command);
      if (document.getState().flow === before) return;
      const entry: HistoryEntry = { label, redo: command, undo };
      const { past } = store.getState();
      const last = past.at(-1);
      const grown =
        last !== undefined && isSameGesture(name)
          ? [...past.slice(0, -1), mergeEntries(last, entry)]
          : [...past, entry];
      gesture = name === undefined ? undefined : { name, at: time.now() };
      store.setState({ past: grown.slice(-MOST_ENTRIES), future: [] });
    },
    endGesture() {
      gesture = undefined;
    },
    undo() {
      const { past, future } = store.getState();
      const entry = past.at(-1);
      if (entry === undefined) return undefined;
      gesture = undefined;
      document.apply(entry.undo);
      store.setState({ past: past.slice(0, -1), future: [...future, entry] });
      return entry;
    },
    redo() {
      const { past, future } = store.getState();
      const entry = future.at(-1);
      if (entry === undefined) return undefined;
      gesture = undefined;
      document.apply(entry.redo);
      store.setState({ past: [...past, entry], future: future.slice(0, -1) });
      return entry;
    },
    clear() {
      gesture = undefined;
      store.setState({ past: [], future: [] });
    },
  };
}

/** Two entries of one gesture as one. Where the later says the whole of what the earlier said, the earlier is dropped. */
function mergeEntries(earlier: HistoryEntry, later: HistoryEntry): HistoryEntry {
  if (isReplacedBy(earlier.redo, later.redo)) {
    return { label: later.label, redo: later.redo, undo: earlier.undo };
  }
  return {
    label: later.label,
    redo: { kind: 'many', commands: [earlier.redo, later.redo] },
    undo: { kind: 'many', commands: [later.undo, earlier.undo] },
  };
}

function isReplacedBy(earlier: FlowCommand, later: FlowCommand): boolean {
  if (earlier.kind === 'setConfig' && later.kind === 'setConfig') return earlier.id === later.id;
  if (earlier.kind === 'moveNodes' && later.kind === 'moveNodes')
    return haveSameKeys(earlier.positions, later.positions);
  if (earlier.kind === 'setNode' && later.kind === 'setNode')
    return earlier.id === later.id && haveSameKeys(earlier.set, later.set);
  if (earlier.kind === 'setFlow' && later.kind === 'setFlow') return haveSameKeys(earlier.set, later.set);
  return false;
}

function haveSameKeys(a: object, b: object): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key));
}
