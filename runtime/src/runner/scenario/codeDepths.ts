import type { Plan, PlannedNode } from '../../engine/plan.ts';

/**
 * How many nodes with user code stand one behind another up to each that has some, itself counted: 1 for those that no
 * other stands in front of. What comes to one of depth 2 depends on what code of depth 1 gives back. A node that a loop or
 * a catch node leads to is not in it.
 */
export function codeDepths(
  { nodes, catches }: Plan,
  hasCode: (node: PlannedNode) => boolean,
): ReadonlyMap<string, number> {
  const before = nodes.map(() => 0);
  const missing = nodes.map(() => 0);
  const followers = nodes.map(({ outputs }) => outputs.flatMap(({ wires }) => wires.map(({ to }) => to)));
  for (const to of followers.flat()) missing[to] = (missing[to] ?? 0) + 1;
  // Everything leads to them.
  for (const caught of catches) missing[caught] = Number.POSITIVE_INFINITY;

  const depths = new Map<string, number>();
  const ready = nodes.filter(({ index }) => missing[index] === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    const depth = (before[node.index] ?? 0) + (hasCode(node) ? 1 : 0);
    if (hasCode(node)) depths.set(node.id, depth);
    for (const to of followers[node.index] ?? []) {
      before[to] = Math.max(before[to] ?? 0, depth);
      missing[to] = (missing[to] ?? 0) - 1;
      const next = nodes[to];
      if (missing[to] === 0 && next !== undefined) ready.push(next);
    }
  }
  return depths;
}
