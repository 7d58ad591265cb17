/** An arrow from one node to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

export type Topology =
  | { readonly ok: true /** Ids, each after all that lead to it. */; readonly order: readonly string[] }
  | {
      readonly ok: false /** Ids of one loop, in the direction of the arrows. */;
      readonly loop: readonly string[];
    };

/**
 * Sorts nodes so that each comes after all that lead to it (Kahn 1962); nodes that do not depend on each other keep
 * the order in which they are given. Arrows from or to unknown nodes are passed over.
 */
export function topologicalOrder(ids: readonly string[], arrows: readonly Arrow[]): Topology {
  const { next, incoming } = neighbours(ids, arrows);
  const ready = ids.filter((id) => incoming.get(id) === 0);
  const order: string[] = [];
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at] ?? '';
    order.push(id);
    for (const target of next.get(id) ?? []) {
      const left = (incoming.get(target) ?? 0) - 1;
      incoming.set(target, left);
      if (left === 0) ready.push(target);
    }
  }
  if (order.length === ids.length) return { ok: true, order };
  const sorted = new Set(order);
  return {
    ok: false,
    loop: findLoop(
      ids.filter((id) => !sorted.has(id)),
      arrows,
    ),
  };
}

function neighbours(ids: readonly string[], arrows: readonly Arrow[]) {
  const next = new Map<string, string[]>(ids.map((id) => [id, []]));
  const incoming = new Map<string, number>(ids.map((id) => [id, 0]));
  for (const { from, to } of arrows) {
    const targets = next.get(from);
    if (targets === undefined || !incoming.has(to)) continue;
    targets.push(to);
    incoming.set(to, (incoming.get(to) ?? 0) + 1);
  }
  return { next, incoming };
}

/** Each node left over by the sort has another one of them before it, so walking back must come round. */
function findLoop(left: readonly string[], arrows: readonly Arrow[]): string[] {
  const among = new Set(left);
  const trail: string[] = [];
  let at = left[0];
  while (at !== undefined && !trail.includes(at)) {
    trail.push(at);
    const target: string = at;
    at = arrows.find(({ from, to }) => to === target && among.has(from))?.from;
  }
  return at === undefined ? [] : trail.slice(trail.indexOf(at)).toReversed();
}

/** All nodes that can be reached from the given ones, these included. */
export function reachableFrom(starts: readonly string[], arrows: readonly Arrow[]): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const found = new Set(starts);
  const waiting = [...starts];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const target of next.get(id) ?? []) {
      if (found.has(target)) continue;
      found.add(target);
      waiting.push(target);
    }
  }
  return found;
}
