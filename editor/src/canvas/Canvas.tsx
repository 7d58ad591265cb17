import {
  Background,
  BackgroundVariant,
  ConnectionLineType,
  MiniMap,
  ReactFlow,
  type ReactFlowInstance,
  type ReactFlowProps,
  ReactFlowProvider,
  SelectionMode,
  applyNodeChanges,
} from '@xyflow/react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  lazy,
  useCallback,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useDocument, useEditor, useProblems, useSession } from '../flow/EditorContext.tsx';
import { browserTime } from '../state/time.ts';
import { Part } from '../ui/Part.tsx';
import { isDirection, nodeAlong } from './alongWires.ts';
import './canvas.css';
import { CanvasContext, createCanvasStore, useCanvasStore } from './canvasState.ts';
import { movesIn, positionsAfterDrag, selectionAfter } from './changes.ts';
import { GRID, firstView } from './geometry.ts';
import { NoteNode } from './NoteNode.tsx';
import { type Describer, createDescriber } from './picture.ts';
import { StepNode } from './StepNode.tsx';
import {
  type CanvasInput,
  type Canvas as Drawing,
  type CanvasNode,
  type CanvasWire,
  NOTHING_DRAWN,
  toCanvas,
} from './toCanvas.ts';
import { useCanvasView } from './useCanvasView.ts';
import { useDropTarget } from './useDropTarget.ts';
import { useWiring } from './useWiring.ts';
import { WireLine } from './WireLine.tsx';
import type { WirePeekProps } from './WirePeek.tsx';

const OverCanvas = lazy(() => import('./OverCanvas.tsx'));

const NODE_TYPES = { step: StepNode, note: NoteNode };
const WIRE_TYPES = { wire: WireLine };
const SNAP: [number, number] = [GRID, GRID];
const PAN_BUTTONS = [1, 2];
const ADD_TO_SELECTION = ['Shift', 'Control', 'Meta'];
/** A small flow is seen whole anyway. */
const LEAST_FOR_MAP = 40;
const LABELS = {
  'node.a11yDescription.default':
    'Arrow keys go along the wires, Alt with an arrow key moves the node, C connects it, Enter sets it up, Delete takes it away.',
  'node.a11yDescription.keyboardDisabled':
    'Arrow keys go along the wires, Alt with an arrow key moves the node, C connects it, Enter sets it up, Delete takes it away.',
  'edge.a11yDescription.default': 'Enter selects the wire, Delete takes it away.',
} as const;

const LOOKING = 'Arrow keys go along the wires, Enter shows the settings of the node.';
const LOOKING_LABELS = {
  'node.a11yDescription.default': LOOKING,
  'node.a11yDescription.keyboardDisabled': LOOKING,
  'edge.a11yDescription.default': 'Enter selects the wire.',
} as const;

export interface CanvasProps {
  /** Whether the drawing is on the screen. */
  readonly isDrawn: boolean;
  /** Told once, when the drawing is on the screen. */
  readonly onDrawn: () => void;
}

/** The drawing of the flow, to look at and to work on. */
export function Canvas(props: CanvasProps) {
  const { document, catalog } = useEditor();
  const [store] = useState(() => createCanvasStore(document, catalog));
  return (
    <CanvasContext value={store}>
      <ReactFlowProvider>
        <Surface {...props} />
      </ReactFlowProvider>
    </CanvasContext>
  );
}

function Surface({ isDrawn, onDrawn }: CanvasProps) {
  const { session, canEdit } = useEditor();
  const box = useRef<HTMLDivElement>(null);
  const flowId = useDocument((state) => state.flow.id);
  const isLarge = useDocument((state) => state.flow.nodes.length >= LEAST_FOR_MAP);
  const drawing = useDrawing();
  const peek = usePeek(box);
  const wiring = useWiring();
  const { isDragging, ...gestures } = useGestures(flowId);
  const drop = useDropTarget();
  const onKeyDown = useCanvasKeys();
  useCanvasView(box);

  const lookFirst = (canvas: ReactFlowInstance<CanvasNode, CanvasWire>) => {
    const around = box.current?.getBoundingClientRect();
    const bounds = canvas.getNodesBounds(drawing.nodes);
    const kept = session.getState().viewports[flowId];
    if (kept !== undefined) void canvas.setViewport(kept);
    else if (around !== undefined && drawing.nodes.length > 0)
      void canvas.setViewport(firstView(bounds, around));
    // One frame to draw it, and the next to know that it was.
    browserTime.onFrame(0, () => browserTime.onFrame(0, onDrawn));
  };

  return (
    <div
      ref={box}
      className="relative size-full"
      onKeyDown={onKeyDown}
      onFocus={drawing.selectFocused}
      onPointerDown={peek.hide}
      {...drop}
    >
      <ReactFlow<CanvasNode, CanvasWire>
        aria-label="Flow canvas"
        nodes={drawing.nodes}
        edges={drawing.wires}
        nodeTypes={NODE_TYPES}
        edgeTypes={WIRE_TYPES}
        onNodesChange={drawing.onNodesChange}
        onEdgeMouseEnter={peek.show}
        onEdgeMouseLeave={peek.hide}
        {...gestures}
        {...wiring}
        onInit={lookFirst}
        nodesDraggable={canEdit}
        nodesConnectable={canEdit}
        edgesReconnectable={canEdit}
        minZoom={0.1}
        maxZoom={2}
        snapToGrid
        snapGrid={SNAP}
        onlyRenderVisibleElements
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={ADD_TO_SELECTION}
        selectionOnDrag={!HAS_TOUCH}
        selectionMode={SelectionMode.Partial}
        panOnDrag={HAS_TOUCH ? true : PAN_BUTTONS}
        panOnScroll={!HAS_TOUCH}
        zoomOnDoubleClick={false}
        connectionLineType={ConnectionLineType.Bezier}
        connectionRadius={24}
        ariaLabelConfig={canEdit ? LABELS : LOOKING_LABELS}
        elevateNodesOnSelect
      >
        <Background variant={BackgroundVariant.Dots} gap={2 * GRID} size={1.5} />
        {/* The map draws every node anew at each move, and nobody looks at it while dragging. */}
        {isLarge && !isDragging && (
          <MiniMap position="bottom-right" pannable zoomable ariaLabel="Map of the flow" />
        )}
      </ReactFlow>
      {isDrawn && (
        <Part>
          <OverCanvas peek={peek.peek} />
        </Part>
      )}
    </div>
  );
}

const HAS_TOUCH = matchMedia('(pointer: coarse)').matches;

type Gestures = Pick<
  ReactFlowProps<CanvasNode, CanvasWire>,
  | 'onEdgesChange'
  | 'onNodeDragStart'
  | 'onSelectionDragStart'
  | 'onNodeDragStop'
  | 'onSelectionDragStop'
  | 'onNodeDoubleClick'
  | 'onMoveEnd'
>;

/**
 * What the mouse does to what is there. The same functions at every drawing: for each one that is another than before,
 * React Flow asks every node and wire on the screen whether it has to be drawn again.
 */
function useGestures(flowId: string): Gestures & { readonly isDragging: boolean } {
  const { document, session, actions } = useEditor();
  const [isDragging, setIsDragging] = useState(false);
  const gestures = useMemo((): Gestures => {
    const start = () => setIsDragging(true);
    const commit = (dragged: readonly CanvasNode[]) => {
      setIsDragging(false);
      const before = new Map(document.getState().flow.nodes.map((node) => [node.id, node.position]));
      actions.moveNodes(positionsAfterDrag(dragged, before));
    };
    return {
      onEdgesChange: (changes) => session.select(selectionAfter(session.getState().selection, [], changes)),
      onNodeDragStart: start,
      onSelectionDragStart: start,
      onNodeDragStop: (_event, _node, dragged) => commit(dragged),
      onSelectionDragStop: (_event, dragged) => commit(dragged),
      onNodeDoubleClick: (_event, node) => session.focusField(node.id),
      onMoveEnd: (_event, viewport) => session.setViewport(flowId, viewport),
    };
  }, [document, session, actions, flowId]);
  return { ...gestures, isDragging };
}

/** What is drawn: the flow, and over it the places of nodes that are being dragged. */
function useDrawing() {
  const { catalog, document, session } = useEditor();
  const [describe] = useState(() => createDescriber(catalog));
  const flow = useDocument((state) => state.flow);
  const selection = useSession((state) => state.selection);
  const problems = useProblems();
  const input = { flow, selection, problems };
  const [shown, setShown] = useState(() => drawn(input, describe, NOTHING_DRAWN));
  if (shown.flow !== flow || shown.selection !== selection || shown.problems !== problems)
    setShown(drawn(input, describe, shown.drawing));

  const onNodesChange = useCallback(
    (changes: Parameters<typeof movesIn>[0]) => {
      const moves = movesIn(changes);
      if (moves.length > 0)
        setShown((before) => ({ ...before, nodes: applyNodeChanges<CanvasNode>(moves, before.nodes) }));
      session.select(selectionAfter(session.getState().selection, changes, []));
    },
    [session],
  );

  return {
    nodes: shown.nodes,
    wires: shown.wires,
    onNodesChange,
    /** The keyboard's focus is the selection, so that every command knows what it is about. */
    selectFocused(event: { readonly target: EventTarget }) {
      const id = focusedNode(event.target);
      const isThere = document.getState().flow.nodes.some((node) => node.id === id);
      const { nodes } = session.getState().selection;
      if (id !== undefined && isThere && !nodes.includes(id)) session.select({ nodes: [id] });
    },
  };
}

type Drawable = Pick<CanvasInput, 'flow' | 'selection' | 'problems'>;

/** The drawing of this input; React Flow wants lists of its own. */
function drawn(input: Drawable, describe: Describer, before: Drawing) {
  const drawing = toCanvas({ ...input, pictures: describe(input.flow) }, before);
  return { ...input, drawing, nodes: [...drawing.nodes], wires: [...drawing.wires] };
}

/** The node whose own element has the focus by the keyboard; not one inside of which something has it. */
function focusedNode(target: EventTarget): string | undefined {
  if (!(target instanceof HTMLElement) || !target.matches('.react-flow__node:focus-visible'))
    return undefined;
  return target.dataset['id'];
}

function usePeek(box: RefObject<HTMLDivElement | null>) {
  const [peek, setPeek] = useState<WirePeekProps>();
  return {
    peek,
    show(event: MouseEvent, wire: CanvasWire) {
      const around = box.current?.getBoundingClientRect();
      if (around === undefined || event.buttons !== 0) return;
      const x = Math.min(event.clientX - around.left + 12, Math.max(0, around.width - PEEK_WIDTH));
      setPeek({ wire: wire.id, at: { x, y: event.clientY - around.top + 12 } });
    },
    hide: () => setPeek(undefined),
  };
}
const PEEK_WIDTH = 300;

/** Keys on a node that has the focus: along the wires, and into its settings. */
function useCanvasKeys() {
  const { document, session, actions } = useEditor();
  const canvas = useCanvasStore();
  return (event: KeyboardEvent) => {
    const id = focusedNode(event.target);
    if (id === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      session.focusField(id);
    } else if (isDirection(event.key)) {
      event.preventDefault();
      const next = nodeAlong(document.getState().flow, id, event.key);
      if (next === undefined) return;
      actions.goTo(next);
      canvas.focusNode(next);
    }
  };
}
