import type { Position } from '@sluice/shared/flow/flow.ts';
import type { NodeChange, NodePositionChange, EdgeChange as WireChange } from '@xyflow/react';
import type { Selection } from '../state/session.ts';
import type { CanvasNode, CanvasWire } from './toCanvas.ts';

/** What is selected after these changes, in the order in which it was chosen. */
export function selectionAfter(
  selection: Selection,
  nodes: readonly NodeChange<CanvasNode>[],
  wires: readonly WireChange<CanvasWire>[],
): Selection {
  return { nodes: chosenAfter(selection.nodes, nodes), wires: chosenAfter(selection.wires, wires) };
}

function chosenAfter(
  before: readonly string[],
  changes: readonly (NodeChange<CanvasNode> | WireChange<CanvasWire>)[],
): readonly string[] {
  const chosen = new Set(before);
  for (const change of changes) {
    if (change.type !== 'select') continue;
    if (change.selected) chosen.add(change.id);
    else chosen.delete(change.id);
  }
  return [...chosen];
}

/** The changes that move nodes: they are drawn at once, and reach the flow when the mouse lets go. */
export function movesIn(changes: readonly NodeChange<CanvasNode>[]): NodePositionChange[] {
  return changes.filter((change) => change.type === 'position');
}

/** Where dragged nodes are now, as far as they have moved. */
export function positionsAfterDrag(
  dragged: readonly CanvasNode[],
  before: ReadonlyMap<string, Position>,
): Readonly<Record<string, Position>> {
  const moved = dragged.filter(({ id, position }) => {
    const old = before.get(id);
    return old !== undefined && (old.x !== position.x || old.y !== position.y);
  });
  return Object.fromEntries(moved.map(({ id, position }) => [id, { x: position.x, y: position.y }]));
}
