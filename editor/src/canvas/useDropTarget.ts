import { useReactFlow } from '@xyflow/react';
import type { DragEvent } from 'react';
import { useEditor } from '../flow/EditorContext.tsx';
import { DRAGGED_TYPE, draggedPreset } from '../palette/drag.ts';
import { HEAD_HEIGHT, NODE_WIDTH } from './geometry.ts';

/** Takes what is dragged here from the palette. */
export function useDropTarget() {
  const { actions, canEdit } = useEditor();
  const { screenToFlowPosition } = useReactFlow();
  if (!canEdit) return {};
  return {
    onDragOver(event: DragEvent) {
      if (!event.dataTransfer.types.includes(DRAGGED_TYPE)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    },
    onDrop(event: DragEvent) {
      const preset = draggedPreset(event.dataTransfer);
      if (preset === undefined) return;
      event.preventDefault();
      const at = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      actions.addNode(preset.type, {
        at: { x: at.x - NODE_WIDTH / 2, y: at.y - HEAD_HEIGHT / 2 },
        ...(preset.config === undefined ? {} : { config: preset.config }),
        ...(preset.name === undefined ? {} : { name: preset.name }),
      });
    },
  };
}
