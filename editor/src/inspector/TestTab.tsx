import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import { useState } from 'react';
import { DryRunPanel } from '../dryRun/DryRunPanel.tsx';
import { useEditor } from '../flow/EditorContext.tsx';
import { Segments } from '../ui/Segments.tsx';
import { SendByHand } from './SendByHand.tsx';

const MODES = [
  { id: 'dry', label: 'Try the draft' },
  { id: 'live', label: 'Send for real' },
] as const;

/** Tries the draft on sample messages without any effect, or sends a message into the flow that runs. */
export function TestTab({ node }: { readonly node: FlowNode }) {
  const { canEdit } = useEditor();
  const [mode, setMode] = useState<(typeof MODES)[number]['id']>('dry');
  if (!canEdit) {
    return (
      <div className="flex flex-col gap-4 p-4">
        <DryRunPanel node={node} />
        <p className="text-small text-ink-soft">
          Sending a message for real takes the role of an integrator.
        </p>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <Segments label="Kind of test" choices={MODES} value={mode} onChange={setMode} />
      {mode === 'dry' ? <DryRunPanel node={node} /> : <SendByHand node={node} />}
    </div>
  );
}
