import type { Flow } from '@sluice/shared/flow/flow.ts';
import { reachableFrom } from '@sluice/shared/flow/topology.ts';

/**
 * The flow as far as a node: that node, all that leads to it, and the wires between them. What is behind it, or beside,
 * is not there, so what is wrong with it is in nobody's way.
 */
export function upTo(flow: Flow, node: string): Flow {
  const backwards = flow.wires.map(({ from, to }) => ({ from: to[0], to: from[0] }));
  const kept = reachableFrom([node], backwards);
  return {
    ...flow,
    nodes: flow.nodes.filter(({ id }) => kept.has(id)),
    // A wire out of the node itself is one that leads back to it.
    wires: flow.wires.filter(({ from, to }) => from[0] !== node && kept.has(from[0]) && kept.has(to[0])),
  };
}
