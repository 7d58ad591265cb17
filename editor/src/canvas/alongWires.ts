import type { Flow, FlowNode } from '@sluice/shared/flow/flow.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/**
 * Where an arrow key goes from a node: right to the first node that it feeds, left to the first that feeds it, up and
 * down to the nearest node above or below. `undefined` when there is none.
 */
export function nodeAlong(flow: Flow, from: string, direction: Direction): string | undefined {
  const node = flow.nodes.find((other) => other.id === from);
  if (node === undefined) return undefined;
  const byId = new Map(flow.nodes.map((other) => [other.id, other]));
  switch (direction) {
    case 'ArrowRight':
      return topmost(flow.wires.filter((wire) => wire.from[0] === from).map((wire) => byId.get(wire.to[0])));
    case 'ArrowLeft':
      return topmost(flow.wires.filter((wire) => wire.to[0] === from).map((wire) => byId.get(wire.from[0])));
    case 'ArrowUp':
      return nearest(
        node,
        flow.nodes.filter((other) => other.position.y < node.position.y),
      );
    case 'ArrowDown':
      return nearest(
        node,
        flow.nodes.filter((other) => other.position.y > node.position.y),
      );
  }
}

export function isDirection(key: string): key is Direction {
  return key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown';
}

function topmost(nodes: readonly (FlowNode | undefined)[]): string | undefined {
  const there = nodes.filter((node) => node !== undefined);
  return there.toSorted((a, b) => a.position.y - b.position.y)[0]?.id;
}

/** Sideways counts double, so that a column is gone through before the next one. */
function nearest(from: FlowNode, nodes: readonly FlowNode[]): string | undefined {
  const distance = ({ position }: FlowNode) =>
    Math.abs(position.y - from.position.y) + 2 * Math.abs(position.x - from.position.x);
  return nodes.toSorted((a, b) => distance(a) - distance(b))[0]?.id;
}
