import type { WireEnd } from '@sluice/shared/flow/flow.ts';
import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import type {
  Connection as DrawnWire,
  FinalConnectionState,
  OnConnectStartParams,
  ReactFlowInstance,
  ReactFlowProps,
} from '@xyflow/react';
import { useReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { Editor } from '../flow/editor.ts';
import { useEditor } from '../flow/EditorContext.tsx';
import { wireBetween } from '../flow/connect.ts';
import { describeNode } from '../flow/describe.ts';
import type { OpenEnd } from '../state/session.ts';
import { type CanvasStore, useCanvasStore } from './canvasState.ts';
import type { CanvasNode, CanvasWire } from './toCanvas.ts';

type Wiring = Pick<
  ReactFlowProps<CanvasNode, CanvasWire>,
  'onConnect' | 'onConnectStart' | 'onConnectEnd' | 'isValidConnection' | 'onReconnect'
>;

/** Drawing wires by the mouse: from port to port, onto a node, or onto empty canvas to add what comes next. */
export function useWiring(): Wiring {
  const editor = useEditor();
  const canvas = useCanvasStore();
  const { screenToFlowPosition } = useReactFlow();
  return useMemo(
    () => createWiring(editor, canvas, screenToFlowPosition),
    [editor, canvas, screenToFlowPosition],
  );
}

function createWiring(
  { document, session, catalog, actions, history }: Editor,
  canvas: CanvasStore,
  screenToFlowPosition: ReactFlowInstance['screenToFlowPosition'],
): Wiring {
  /** A wire that is dropped on a node goes to its first port on that side. */
  const connectToNode = (open: OpenEnd, id: string) => {
    const node = document.getState().flow.nodes.find((other) => other.id === id);
    if (node === undefined || id === open.end[0]) return;
    const { inputs, outputs } = describeNode(node, catalog);
    const ports = open.side === 'output' ? inputs : outputs.filter((port) => port.name !== ERROR_PORT.name);
    const port = ports[0];
    if (port === undefined) return;
    const wire = wireBetween(open, [id, port.name]);
    actions.connect(wire.from, wire.to);
  };

  return {
    onConnectStart(_event, start) {
      const open = openEndOf(start);
      if (open !== undefined) canvas.startWire(open);
    },
    isValidConnection(wire) {
      const { open, misfits } = canvas.getState();
      return open === undefined || !misfits.has(open.side === 'output' ? wire.target : wire.source);
    },
    onConnect(drawn) {
      const ends = endsOf(drawn);
      if (ends !== undefined) actions.connect(ends.from, ends.to);
    },
    onReconnect(before, drawn) {
      const ends = endsOf(drawn);
      if (ends === undefined || before.data === undefined) return;
      const { wire } = before.data;
      history.edit(
        {
          kind: 'many',
          commands: [
            { kind: 'removeWires', wires: [wire] },
            { kind: 'addWires', wires: [ends] },
          ],
        },
        { label: 'Move the end of a wire' },
      );
    },
    onConnectEnd(event, state) {
      const { open } = canvas.getState();
      canvas.endWire();
      if (open === undefined || state.isValid === true) return;
      const at = pointOf(event);
      const target = window.document
        .elementFromPoint(at.x, at.y)
        ?.closest('.react-flow__node, .react-flow__pane');
      if (target instanceof HTMLElement && target.dataset['id'] !== undefined)
        connectToNode(open, target.dataset['id']);
      else if (target !== null && target !== undefined && hasMoved(state))
        session.open({ kind: 'add', request: { from: open, at: screenToFlowPosition(at), screen: at } });
    },
  };
}

function openEndOf({ nodeId, handleId, handleType }: OnConnectStartParams): OpenEnd | undefined {
  if (nodeId === null || handleId === null) return undefined;
  return { side: handleType === 'source' ? 'output' : 'input', end: [nodeId, handleId] };
}

function endsOf(drawn: DrawnWire): { from: WireEnd; to: WireEnd } | undefined {
  const { source, sourceHandle, target, targetHandle } = drawn;
  if (sourceHandle === null || targetHandle === null) return undefined;
  return { from: [source, sourceHandle], to: [target, targetHandle] };
}

const LEAST_DRAG = 24;

/** A click on a port draws no wire. */
function hasMoved({ from, to }: FinalConnectionState): boolean {
  return from !== null && to !== null && Math.hypot(to.x - from.x, to.y - from.y) >= LEAST_DRAG;
}

function pointOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const point = 'changedTouches' in event ? event.changedTouches[0] : event;
  return { x: point?.clientX ?? 0, y: point?.clientY ?? 0 };
}
