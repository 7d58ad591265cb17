import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { createContext, useContext } from 'react';
import { createStore } from 'zustand/vanilla';
import { misfits } from '../flow/connect.ts';
import type { FlowDocument } from '../state/document.ts';
import type { OpenEnd } from '../state/session.ts';
import { type ReadStore, readOnly } from '../state/store.ts';

/** What only the canvas itself needs to know, between two events of the mouse or the keyboard. */
interface CanvasState {
  /** The end of the wire that is being drawn. */
  readonly open: OpenEnd | undefined;
  /** Nodes to which that wire cannot go. */
  readonly misfits: ReadonlySet<string>;
  /** The node that is to have the keyboard's focus, as soon as it is drawn. */
  readonly focus: string | undefined;
}

export interface CanvasStore extends ReadStore<CanvasState> {
  startWire(open: OpenEnd): void;
  endWire(): void;
  focusNode(id: string): void;
  focusTaken(): void;
}

const NONE: ReadonlySet<string> = new Set();

export function createCanvasStore(document: FlowDocument, catalog: NodeCatalog): CanvasStore {
  const store = createStore<CanvasState>(() => ({ open: undefined, misfits: NONE, focus: undefined }));
  return {
    ...readOnly(store),
    startWire: (open) => store.setState({ open, misfits: misfits(document.getState().flow, catalog, open) }),
    endWire: () => store.setState({ open: undefined, misfits: NONE }),
    focusNode: (focus) => store.setState({ focus }),
    focusTaken: () => store.setState({ focus: undefined }),
  };
}

export const CanvasContext = createContext<CanvasStore | undefined>(undefined);

export function useCanvasStore(): CanvasStore {
  const store = useContext(CanvasContext);
  if (store === undefined) throw new Error('useCanvasStore is for parts of the canvas.');
  return store;
}
