import type { CarriedState } from '@sluice/shared/protocol/running.ts';
import { useQuery } from '@tanstack/react-query';
import { RotateCcw, TriangleAlert } from 'lucide-react';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { RemoteError } from '../state/remoteError.ts';
import { Segments } from '../ui/Segments.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { carriedSentence, carriedToShow } from './carried.ts';

export interface CarriedChoiceProps {
  /** Nodes that are to begin anew. */
  readonly reset: readonly string[];
  readonly onChange: (reset: readonly string[]) => void;
}

/** What happens to state and timers with this deploy, and the choice for each node that could go on (EN12). */
export function CarriedChoice({ reset, onChange }: CarriedChoiceProps) {
  const { actions } = useEditor();
  const flow = useDocument((state) => state.flow.id);
  const carried = useQuery({
    queryKey: ['carried', flow],
    queryFn: async () => {
      const asked = await actions.carried();
      if (!asked.ok) throw new RemoteError('unexpected-answer', asked.sentence);
      return asked.value;
    },
    staleTime: 0,
    gcTime: 0,
  });
  if (carried.isPending) return <Spinner label="Looking at what the nodes keep" size={16} />;
  if (carried.isError) {
    return (
      <p className="text-ink-soft">
        What the nodes keep could not be read: {carried.error.message} It is kept wherever it can be.
      </p>
    );
  }
  const shown = carriedToShow(carried.data);
  if (shown.length === 0) return null;
  return (
    <section aria-label="State and timers" className="flex flex-col gap-3">
      <h3 className="font-medium">State and timers</h3>
      {shown.map((one) => (
        <Node
          key={one.node}
          carried={one}
          isReset={reset.includes(one.node)}
          onReset={(isReset) => {
            const others = reset.filter((node) => node !== one.node);
            onChange(isReset ? [...others, one.node] : others);
          }}
        />
      ))}
    </section>
  );
}

const KEEP_OR_RESET = [
  { id: 'keep', label: 'Keep' },
  { id: 'reset', label: 'Reset' },
] as const;

interface NodeProps {
  readonly carried: CarriedState;
  readonly isReset: boolean;
  readonly onReset: (isReset: boolean) => void;
}

function Node({ carried, isReset, onReset }: NodeProps) {
  const sentence = carriedSentence(carried);
  if (carried.fate !== 'kept') {
    return (
      <p className="flex gap-2 text-caution">
        <TriangleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0" />
        {sentence}
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-1.5">
      <p>{sentence}</p>
      <Segments
        label={`State and timers of ${carried.name}`}
        choices={KEEP_OR_RESET}
        value={isReset ? 'reset' : 'keep'}
        onChange={(choice) => onReset(choice === 'reset')}
      />
      {isReset && (
        <p className="flex items-center gap-1.5 text-small text-caution">
          <RotateCcw size={14} aria-hidden="true" />
          It begins anew: what it keeps is forgotten, and its timers are cleared.
        </p>
      )}
    </div>
  );
}
