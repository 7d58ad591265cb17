import { type Flow, type FlowNode, type Wire, wireKey } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import { type Edge as CanvasEdge, type Node as CanvasItem, type NodeHandle, Position } from '@xyflow/react';
import { readingOrder } from '../flow/order.ts';
import type { Selection } from '../state/session.ts';
import { PORT_SIZE } from './geometry.ts';
import { type NodePicture, noteOf } from './picture.ts';

// Derives what React Flow draws. Sizes and ports of every node are declared, so that nothing has to be measured.
// Live values are not in here, they are written by reference.

/** What a node on the canvas is drawn from. */
export type StepContent = {
  readonly picture: NodePicture;
  /** Its place in the telling of the flow, from 1; 0 for a note. */
  readonly step: number;
  readonly isDisabled: boolean;
  readonly problems: readonly Problem[];
  /** Outputs that have a wire. */
  readonly wiredOutputs: readonly string[];
  /** Keys of the wires whose messages the foot shows: what comes out, or what goes in where nothing comes out. */
  readonly watched: readonly string[];
  readonly note: string;
};

type WireContent = {
  readonly wire: Wire;
  readonly isError: boolean;
  readonly problem: string | undefined;
};

export type CanvasNode = CanvasItem<StepContent, 'step' | 'note'>;
export type CanvasWire = CanvasEdge<WireContent, 'wire'>;

export interface Canvas {
  readonly nodes: readonly CanvasNode[];
  readonly wires: readonly CanvasWire[];
}

export interface CanvasInput {
  readonly flow: Flow;
  readonly pictures: ReadonlyMap<string, NodePicture>;
  readonly selection: Selection;
  readonly problems: readonly Problem[];
}

export const NOTHING_DRAWN: Canvas = { nodes: [], wires: [] };

/** Nodes and wires as React Flow draws them. What is drawn as before is the same object as in `before`. */
export function toCanvas(input: CanvasInput, before: Canvas = NOTHING_DRAWN): Canvas {
  const { flow, pictures, selection } = input;
  const steps = stepsOf(flow, pictures);
  const problems = Map.groupBy(input.problems, (problem) => problem.node);
  const outgoing = Map.groupBy(flow.wires, (wire) => wire.from[0]);
  const incoming = Map.groupBy(flow.wires, (wire) => wire.to[0]);
  const selected = new Set(selection.nodes);
  const nodesBefore = new Map(before.nodes.map((node) => [node.id, node]));
  const nodes = flow.nodes.flatMap((node): CanvasNode[] => {
    const picture = pictures.get(node.id);
    if (picture === undefined) return [];
    const out = outgoing.get(node.id) ?? [];
    const content: StepContent = {
      picture,
      step: steps.get(node.id) ?? 0,
      isDisabled: node.disabled === true,
      problems: problems.get(node.id) ?? [],
      wiredOutputs: [...new Set(out.map((wire) => wire.from[1]))],
      watched: watchedOf(out, incoming.get(node.id) ?? []),
      note: noteOf(node),
    };
    return [drawNode(node, content, selected.has(node.id), nodesBefore.get(node.id))];
  });
  return { nodes, wires: drawWires(input, before) };
}

function drawNode(
  node: FlowNode,
  content: StepContent,
  isSelected: boolean,
  before: CanvasNode | undefined,
): CanvasNode {
  const data = before !== undefined && isSameContent(before.data, content) ? before.data : content;
  const { position } = node;
  if (
    before !== undefined &&
    data === before.data &&
    before.selected === isSelected &&
    before.position.x === position.x &&
    before.position.y === position.y
  ) {
    return before;
  }
  const { description, shape } = content.picture;
  return {
    id: node.id,
    type: description.kind === 'note' ? 'note' : 'step',
    position,
    width: shape.width,
    height: shape.height,
    measured: { width: shape.width, height: shape.height },
    handles: shape.ports.map(
      ({ port, side, x, y }): NodeHandle => ({
        id: port.name,
        type: side === 'input' ? 'target' : 'source',
        position: side === 'input' ? Position.Left : Position.Right,
        x: x - PORT_SIZE / 2,
        y: y - PORT_SIZE / 2,
        width: PORT_SIZE,
        height: PORT_SIZE,
      }),
    ),
    selected: isSelected,
    ariaLabel: labelOf(content),
    data,
  };
}

function drawWires({ flow, pictures, selection, problems }: CanvasInput, before: Canvas): CanvasWire[] {
  const selected = new Set(selection.wires);
  const wiresBefore = new Map(before.wires.map((wire) => [wire.id, wire]));
  const broken = new Map(problems.map((problem) => [problem.wire, problem.sentence]));
  return flow.wires.flatMap((wire): CanvasWire[] => {
    if (!pictures.has(wire.from[0]) || !pictures.has(wire.to[0])) return [];
    const id = wireKey(wire);
    const problem = broken.get(id);
    const isSelected = selected.has(id);
    const known = wiresBefore.get(id);
    const ariaLabel = `Wire from ${nameOf(pictures, wire.from)} to ${nameOf(pictures, wire.to)}`;
    const isSame = known?.selected === isSelected && known.data?.problem === problem;
    if (isSame && known.ariaLabel === ariaLabel) return [known];
    return [
      {
        id,
        type: 'wire',
        source: wire.from[0],
        sourceHandle: wire.from[1],
        target: wire.to[0],
        targetHandle: wire.to[1],
        selected: isSelected,
        ariaLabel,
        data: { wire, isError: wire.from[1] === ERROR_PORT.name, problem },
      },
    ];
  });
}

/** Numbers the nodes that run in the order in which the flow would be told. */
function stepsOf(flow: Flow, pictures: ReadonlyMap<string, NodePicture>): ReadonlyMap<string, number> {
  const running = readingOrder(flow).filter((node) => pictures.get(node.id)?.description.kind !== 'note');
  return new Map(running.map((node, index) => [node.id, index + 1]));
}

function watchedOf(outgoing: readonly Wire[], incoming: readonly Wire[]): readonly string[] {
  const own = outgoing.filter((wire) => wire.from[1] !== ERROR_PORT.name);
  return (own.length > 0 ? own : incoming).map(wireKey);
}

function nameOf(pictures: CanvasInput['pictures'], [node, port]: Wire['from']): string {
  return `${pictures.get(node)?.description.name ?? node} ${port}`;
}

function labelOf({ picture, step, isDisabled, problems }: StepContent): string {
  const { name, sentence, kind } = picture.description;
  if (kind === 'note') return `Note: ${name}`;
  const parts = [`${step}. ${name}: ${sentence}.`];
  if (isDisabled) parts.push('Switched off.');
  if (problems.length > 0) parts.push(problems.map((problem) => problem.sentence).join(' '));
  return parts.join(' ');
}

function isSameContent(a: StepContent, b: StepContent): boolean {
  return (
    a.picture === b.picture &&
    a.step === b.step &&
    a.isDisabled === b.isDisabled &&
    a.note === b.note &&
    isSameList(a.wiredOutputs, b.wiredOutputs) &&
    isSameList(a.watched, b.watched) &&
    isSameList(
      a.problems.map((problem) => problem.sentence),
      b.problems.map((problem) => problem.sentence),
    )
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
