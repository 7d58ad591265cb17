import { Route, X } from 'lucide-react';
import { useStore } from 'zustand';
import { useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';

/** Over the canvas, as long as a trace lets most of it step back: says why, and ends it. */
export function TracePill() {
  const { session, traces } = useEditor();
  const shown = useStore(traces, (state) => state.list.find(({ id }) => id === state.shown));
  if (shown === undefined) return null;
  return (
    <div
      role="group"
      aria-label="Open trace"
      className="absolute top-3 left-1/2 z-10 flex max-w-[90%] -translate-x-1/2 items-center rounded-md border border-line bg-surface p-0.5 shadow-card"
    >
      <Button
        size="small"
        variant="quiet"
        icon={<Route size={16} aria-hidden="true" className="text-notice" />}
        onPress={() => session.set({ isDockOpen: true, dockTab: 'trace' })}
      >
        <span className="truncate">Trace of {shown.device ?? shown.topic}</span>
      </Button>
      <IconButton
        size="small"
        icon={<X size={16} />}
        label="Leave the trace"
        onPress={() => traces.show(undefined)}
      />
    </div>
  );
}
