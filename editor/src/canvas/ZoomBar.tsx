import { type ReactFlowState, useReactFlow, useStore } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { useEditor } from '../flow/EditorContext.tsx';
import { IconButton } from '../ui/IconButton.tsx';

const STEP = 1.25;

/** Only the number that is shown: the canvas moves many times a second. */
const zoomPercent = ({ transform }: ReactFlowState) => Math.round(transform[2] * 100);

/** Closer, further, all of it; the number takes the zoom back to 100 %. */
export function ZoomBar() {
  const { view } = useEditor();
  const { zoomTo } = useReactFlow();
  const percent = useStore(zoomPercent);
  return (
    <div
      role="group"
      aria-label="Zoom"
      className="absolute bottom-3 left-3 z-10 flex items-center rounded-md border border-line bg-surface p-0.5 shadow-card"
    >
      <IconButton
        size="small"
        icon={<Minus size={16} />}
        label="Zoom out"
        onPress={() => view.current?.zoomBy(1 / STEP)}
      />
      <button
        type="button"
        className="h-7 w-12 rounded-md text-small text-ink-soft tabular-nums hover:bg-hover"
        aria-label={`Zoom is ${percent} %. Set it to 100 %.`}
        onClick={() => void zoomTo(1)}
      >
        {percent} %
      </button>
      <IconButton
        size="small"
        icon={<Plus size={16} />}
        label="Zoom in"
        onPress={() => view.current?.zoomBy(STEP)}
      />
      <IconButton
        size="small"
        icon={<Maximize size={16} />}
        label="Show all nodes"
        shortcut="Shift+1"
        onPress={() => view.current?.fit()}
      />
    </div>
  );
}
