import { useStore } from 'zustand';
import { useEditor } from '../flow/EditorContext.tsx';

/** How a trace that is looked at lets a node or a wire appear; `plain` where none is. */
export type TraceLook = 'plain' | 'lit' | 'end' | 'dim';

export function useNodeTrace(node: string): TraceLook {
  return useStore(useEditor().traces, ({ lit }) => {
    if (lit === undefined) return 'plain';
    if (lit.ends.has(node)) return 'end';
    return lit.nodes.has(node) ? 'lit' : 'dim';
  });
}

export function useWireTrace(output: string): TraceLook {
  return useStore(useEditor().traces, ({ lit }) => {
    if (lit === undefined) return 'plain';
    return lit.outputs.has(output) ? 'lit' : 'dim';
  });
}
