import type { Position, WireEnd } from '@sluice/shared/flow/flow.ts';
import * as z from 'zod';
import { createStore } from 'zustand/vanilla';
import { type ReadStore, readOnly } from './store.ts';

export const LEFT_TABS = ['add', 'outline', 'devices', 'problems'] as const;

const viewportSchema = z.object({ x: z.number(), y: z.number(), zoom: z.number().min(0.05).max(8) });
type Viewport = z.output<typeof viewportSchema>;

/** What one person likes, kept in their browser. */
const keptSchema = z.object({
  leftTab: z.enum(LEFT_TABS).default('add'),
  /** Free for the right panel and the dock to say which of their tabs is open. */
  rightTab: z.string().default('setup'),
  dockTab: z.string().default('messages'),
  isLeftOpen: z.boolean().default(true),
  isRightOpen: z.boolean().default(true),
  isDockOpen: z.boolean().default(true),
  /** Sizes of the panels in per cent, by the id of the group and the panel. */
  layouts: z.record(z.string(), z.record(z.string(), z.number())).default({}),
  /** By flow. */
  viewports: z.record(z.string(), viewportSchema).default({}),
});
type Kept = z.output<typeof keptSchema>;

export interface Selection {
  readonly nodes: readonly string[];
  /** By `wireKey`. */
  readonly wires: readonly string[];
}
export const NOTHING_SELECTED: Selection = { nodes: [], wires: [] };

/** One end of a wire to be, at a node that is there already. */
export interface OpenEnd {
  readonly side: 'output' | 'input';
  readonly end: WireEnd;
}

/** Where a new node goes, and what it is to be wired to. */
export interface AddRequest {
  /** On the canvas; without it the canvas finds a free place. */
  readonly at?: Position;
  /** In the window, for the menu; without it the menu is in the middle. */
  readonly screen?: Position;
  readonly from?: OpenEnd;
}

/** A field to go to; `count` grows, so that asking for the same one again is a change. */
interface FocusRequest {
  readonly node: string;
  readonly field: string | undefined;
  readonly count: number;
}

/** What floats over the editor; one at a time. */
type Overlay =
  | { readonly kind: 'add'; readonly request: AddRequest }
  | { readonly kind: 'connect'; readonly node: string }
  | { readonly kind: 'commands' }
  | { readonly kind: 'find' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'versions' }
  | { readonly kind: 'deploy' }
  | { readonly kind: 'delete' };

export interface SessionState extends Kept {
  readonly selection: Selection;
  readonly focus: FocusRequest | undefined;
  readonly overlay: Overlay | undefined;
}

/** What belongs to this person in this tab: what is selected, what is open, where they look. */
export interface Session extends ReadStore<SessionState> {
  select(selection: Partial<Selection>): void;
  /** Selects a node and asks the right panel to go to a field of it. */
  focusField(node: string, field?: string): void;
  open(overlay: Overlay): void;
  closeOverlay(): void;
  set(change: Partial<Kept>): void;
  setViewport(flow: string, viewport: Viewport): void;
  setLayout(group: string, sizes: Readonly<Record<string, number>>): void;
}

/** Where a session is kept: localStorage in the browser. */
export interface KeptText {
  read(): string | null;
  write(text: string): void;
}

const MOST_VIEWPORTS = 50;

export function createSession(kept: KeptText): Session {
  const store = createStore<SessionState>(() => ({
    ...readKept(kept.read()),
    selection: NOTHING_SELECTED,
    focus: undefined,
    overlay: undefined,
  }));
  const keep = (change: Partial<Kept>) => {
    store.setState(change);
    kept.write(JSON.stringify(keptSchema.parse(store.getState())));
  };

  return {
    ...readOnly(store),
    select(selection) {
      const next = { ...NOTHING_SELECTED, ...selection };
      if (!isSameSelection(store.getState().selection, next)) store.setState({ selection: next });
    },
    focusField(node, field) {
      const count = (store.getState().focus?.count ?? 0) + 1;
      store.setState({ selection: { nodes: [node], wires: [] }, focus: { node, field, count } });
      keep({ isRightOpen: true });
    },
    open: (overlay) => store.setState({ overlay }),
    closeOverlay: () => store.setState({ overlay: undefined }),
    set: keep,
    setViewport(flow, viewport) {
      const { [flow]: _before, ...others } = store.getState().viewports;
      const entries = [...Object.entries(others), [flow, viewport] as const];
      keep({ viewports: Object.fromEntries(entries.slice(-MOST_VIEWPORTS)) });
    },
    setLayout(group, sizes) {
      keep({ layouts: { ...store.getState().layouts, [group]: { ...sizes } } });
    },
  };
}

/** What a browser has kept is of any age and any shape: what does not fit is left out as a whole. */
function readKept(text: string | null): Kept {
  const defaults = keptSchema.parse({});
  if (text === null) return defaults;
  try {
    const parsed = keptSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : defaults;
  } catch {
    return defaults;
  }
}

function isSameSelection(a: Selection, b: Selection): boolean {
  return isSameList(a.nodes, b.nodes) && isSameList(a.wires, b.wires);
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
