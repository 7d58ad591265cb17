import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';

/** What a node at which messages failed is called, and whether the drawing still has it. */
export function useFailedNode(id: string): { readonly name: string; readonly isThere: boolean } {
  const { catalog } = useEditor();
  const node = useDocument(({ flow }) => flow.nodes.find((other) => other.id === id));
  return node === undefined
    ? { name: id, isThere: false }
    : { name: describeNode(node, catalog).name, isThere: true };
}
