import type { Plan } from './plan.ts';

/**
 * Which nodes of `targets` a node leads to, by index, for back-pressure (EN5). Those that lead back to the node are left
 * out: if nodes of one loop waited for each other, none would ever go on. Nodes lead to the catch nodes too.
 */
export function downstreamOf(plan: Plan, targets: ReadonlySet<number>): (node: number) => readonly number[] {
  const next = plan.nodes.map((node) => [
    ...new Set([...node.outputs.flatMap(({ wires }) => wires.map(({ to }) => to)), ...plan.catches]),
  ]);
  const previous = plan.nodes.map((): number[] => []);
  for (const [from, followers] of next.entries()) {
    for (const to of followers) previous[to]?.push(from);
  }
  return (node) => {
    const before = walk(node, previous);
    return [...walk(node, next)].filter((to) => targets.has(to) && !before.has(to));
  };
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
