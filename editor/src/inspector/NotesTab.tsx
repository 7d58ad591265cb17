import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import { useEditor } from '../flow/EditorContext.tsx';
import { TextField } from '../ui/TextField.tsx';

/** What people want to remember about a node. */
export function NotesTab({ node }: { readonly node: FlowNode }) {
  const { actions, canEdit } = useEditor();
  return (
    <div className="p-4">
      <TextField
        label="Notes"
        description="Why this node is here, who asked for it, what to look out for. Kept with the flow."
        value={node.notes ?? ''}
        onChange={(notes) => actions.setNode(node.id, { notes: notes === '' ? null : notes })}
        onBlur={actions.endGesture}
        isReadOnly={!canEdit}
        lines={12}
      />
    </div>
  );
}
