import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import { useReactFlow } from '@xyflow/react';
import { type RefObject, useEffect } from 'react';
import type { CanvasView } from '../flow/editor.ts';
import { useEditor } from '../flow/EditorContext.tsx';
import { useCanvasStore } from './canvasState.ts';
import { LEAST_READABLE_ZOOM, VIEW_MARGIN, boundsOf } from './geometry.ts';
import { createDescriber } from './picture.ts';

const FIT = { maxZoom: 1, padding: 0.15, duration: 0 } as const;

/** Lets the rest of the editor look around on the canvas, as long as the canvas is there. */
export function useCanvasView(box: RefObject<HTMLDivElement | null>): void {
  const { view, catalog, document, session } = useEditor();
  const store = useCanvasStore();
  const canvas = useReactFlow();
  useEffect(() => {
    const describe = createDescriber(catalog);
    const middle = () => {
      const around = box.current?.getBoundingClientRect() ?? new DOMRect();
      return { x: around.left + around.width / 2, y: around.top + around.height / 2 };
    };
    const made: CanvasView = {
      centre: () => canvas.screenToFlowPosition(middle()),
      reveal(nodes) {
        const around = box.current?.getBoundingClientRect();
        const pictures = describe(document.getState().flow);
        const wanted = boundsOf(nodes, (node: FlowNode) => pictures.get(node.id)?.shape ?? NO_SHAPE);
        if (around === undefined || wanted === undefined) return;
        const { x, y, zoom } = canvas.getViewport();
        const left = wanted.x * zoom + x;
        const top = wanted.y * zoom + y;
        const isSeen =
          left >= 0 &&
          top >= 0 &&
          left + wanted.width * zoom <= around.width &&
          top + wanted.height * zoom <= around.height;
        if (isSeen) return;
        const fitting = Math.min(
          (around.width - 2 * VIEW_MARGIN) / wanted.width,
          (around.height - 2 * VIEW_MARGIN) / wanted.height,
          Math.max(zoom, LEAST_READABLE_ZOOM),
        );
        void canvas.setCenter(wanted.x + wanted.width / 2, wanted.y + wanted.height / 2, { zoom: fitting });
      },
      fit: () => void canvas.fitView(FIT),
      zoomBy: (factor) => void canvas.zoomTo(canvas.getZoom() * factor),
      focusNode(id) {
        const wanted = id ?? session.getState().selection.nodes[0];
        const { nodes } = document.getState().flow;
        const node = nodes.find((other) => other.id === wanted) ?? nodes[0];
        if (node === undefined) return;
        made.reveal([node]);
        store.focusNode(node.id);
      },
    };
    return view.attach(made);
  }, [view, canvas, store, catalog, document, session, box]);
}

const NO_SHAPE = { width: 0, height: 0, sentenceLines: 0, ports: [] };
