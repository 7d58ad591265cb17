import { Redo2, Undo2, WandSparkles } from 'lucide-react';
import { useStore } from 'zustand';
import { LaterIconButton } from '../ui/LaterIconButton.tsx';
import { useEditor } from './EditorContext.tsx';

/** Back and forth through what was done, by its name; and tidy. */
export function Steps() {
  const { actions, history, canEdit } = useEditor();
  const undo = useStore(history, (state) => state.past.at(-1));
  const redo = useStore(history, (state) => state.future.at(-1));
  if (!canEdit) return null;
  return (
    <div role="group" aria-label="Changes" className="flex items-center">
      <LaterIconButton
        icon={<Undo2 size={18} />}
        label={undo === undefined ? 'Undo' : `Undo: ${undo.label}`}
        shortcut="Ctrl+Z"
        isDisabled={undo === undefined}
        onPress={actions.undo}
      />
      <LaterIconButton
        icon={<Redo2 size={18} />}
        label={redo === undefined ? 'Redo' : `Redo: ${redo.label}`}
        shortcut="Ctrl+Shift+Z"
        isDisabled={redo === undefined}
        onPress={actions.redo}
      />
      <LaterIconButton
        icon={<WandSparkles size={18} />}
        label="Tidy"
        shortcut="Shift+T"
        onPress={() => void actions.tidy()}
      />
    </div>
  );
}
