import type { Plan } from './plan.ts';

/**
 * Which nodes of `targets` a node leads to, by index, for back-pressure (EN5). Those that lead back to the node are left
 * out: if nodes of one loop waited for each other, none would ever go on. Nodes lead to the catch nodes too.
 */
export function downstreamOf(plan: Plan, targets: ReadonlySet<number>): (node: number) => readonly number[] {
  const next = plan.nodes.map((node) => [
    ...new Set([...node.outputs.flatMap(({ wires }) => wires.map(({ to }) => to)), ...plan.catches]),
  ]);
  const reached = new Map<number, ReadonlySet<number>>();
  const reachedFrom = (node: number): ReadonlySet<number> => {
    const known = reached.get(node) ?? walk(node, next);
    reached.set(node, known);
    return known;
  };
  return (node) => [...reachedFrom(node)].filter((to) => targets.has(to) && !reachedFrom(to).has(node));
}

function walk(start: number, next: readonly (readonly number[])[]): ReadonlySet<number> {
  const found = new Set<number>();
  const waiting = [start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const to of next[node] ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      waiting.push(to);
    }
  }
  return found;
}
