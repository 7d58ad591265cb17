import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { DocumentState } from '../state/document.ts';
import type { LiveState } from '../state/live.ts';
import type { SessionState } from '../state/session.ts';
import type { Editor } from './editor.ts';

export const EditorContext = createContext<Editor | undefined>(undefined);

/** The stores and actions of the flow that is open. */
export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === undefined) throw new Error('useEditor is for components inside the flow editor.');
  return editor;
}

/** A part of the document; the component draws again when that part changes. */
export function useDocument<T>(select: (state: DocumentState) => T): T {
  return useStore(useEditor().document, select);
}

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useEditor().session, select);
}

export function useLive<T>(select: (state: LiveState) => T): T {
  return useStore(useEditor().live, select);
}

export function useProblems(): readonly Problem[] {
  return useStore(useEditor().problems, (state) => state.list);
}

/** The node that is selected, when it is exactly one. */
export function useSelectedNode(): FlowNode | undefined {
  const id = useSession(({ selection }) => (selection.nodes.length === 1 ? selection.nodes[0] : undefined));
  return useDocument(({ flow }) =>
    id === undefined ? undefined : flow.nodes.find((node) => node.id === id),
  );
}
