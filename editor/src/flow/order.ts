import type { Flow, FlowNode } from '@sluice/shared/flow/flow.ts';

/**
 * Nodes in the order in which a person would tell the flow: each after what feeds it, a branch to its end before the
 * next, from the top left. Loops are entered at the node that is furthest up and left. Takes time in the order of
 * nodes and wires.
 */
export function readingOrder(flow: Flow): FlowNode[] {
  const byPlace = [...flow.nodes].sort(comparePlaces);
  const rank = new Map(byPlace.map((node, index) => [node.id, index]));
  const targets = new Map<string, string[]>(flow.nodes.map((node) => [node.id, []]));
  const waitingFor = new Map<string, number>(flow.nodes.map((node) => [node.id, 0]));
  for (const { from, to } of flow.wires) {
    if (from[0] === to[0] || !targets.has(from[0]) || !waitingFor.has(to[0])) continue;
    targets.get(from[0])?.push(to[0]);
    waitingFor.set(to[0], (waitingFor.get(to[0]) ?? 0) + 1);
  }
  const order: string[] = [];
  const seen = new Set<string>();
  const walk = (start: string) => {
    const stack = [start];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      order.push(id);
      const ready = (targets.get(id) ?? []).filter((target) => {
        const left = (waitingFor.get(target) ?? 0) - 1;
        waitingFor.set(target, left);
        return left === 0;
      });
      ready.sort((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0));
      stack.push(...ready);
    }
  };
  for (const node of byPlace) if (waitingFor.get(node.id) === 0) walk(node.id);
  for (const node of byPlace) walk(node.id);
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  return order.flatMap((id) => byId.get(id) ?? []);
}

function comparePlaces(a: FlowNode, b: FlowNode): number {
  return a.position.y - b.position.y || a.position.x - b.position.x;
}
