import { Plus } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { useDocument, useEditor } from './EditorContext.tsx';

/** An empty flow teaches by one button. */
export function EmptyCanvas() {
  const { session, canEdit } = useEditor();
  const isEmpty = useDocument((state) => state.flow.nodes.length === 0);
  if (!isEmpty) return null;
  if (!canEdit) {
    return (
      <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
        <EmptyState title="Nothing is drawn here yet">Whoever may change this flow draws it.</EmptyState>
      </div>
    );
  }
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
      <div className="pointer-events-auto">
        <EmptyState
          title="Start with what comes in"
          action={
            <Button
              variant="primary"
              icon={<Plus size={16} aria-hidden="true" />}
              onPress={() => session.open({ kind: 'add', request: {} })}
            >
              Add a node
            </Button>
          }
        >
          Add an input, such as your devices, then what is to happen with its messages. Or press{' '}
          <Kbd keys="/" /> at any time.
        </EmptyState>
      </div>
    </div>
  );
}
