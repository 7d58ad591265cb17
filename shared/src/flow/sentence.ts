import type { NodeCatalog } from '../node/catalog.ts';
import type { Flow, FlowNode } from './flow.ts';
import { topologicalOrder } from './topology.ts';

/** What a node does, in one line: `above −15 °C for 10 min`; its title where its settings do not fit yet. */
export function sentenceOfNode(node: FlowNode, catalog: NodeCatalog): string {
  const entry = catalog.get(node.type);
  if (entry === undefined) return `unknown type ${node.type}`;
  const parsed = entry.definition.config.safeParse(node.config);
  return parsed.success ? entry.form.sentence(parsed.data as never) : 'needs settings';
}

/** What a flow does, in one line: the sentences of its nodes in the order in which messages pass them. */
export function sentenceOfFlow(flow: Flow, catalog: NodeCatalog): string {
  const running = flow.nodes.filter(
    (node) => node.disabled !== true && catalog.get(node.type)?.definition.kind !== 'note',
  );
  const arrows = flow.wires.map((wire) => ({ from: wire.from[0], to: wire.to[0] }));
  const sorted = topologicalOrder(
    running.map((node) => node.id),
    arrows,
  );
  const rank = new Map(sorted.ok ? sorted.order.map((id, index) => [id, index]) : []);
  return running
    .toSorted((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0))
    .map(
      (node) =>
        `${node.name ?? catalog.get(node.type)?.definition.title ?? node.type}: ${sentenceOfNode(node, catalog)}`,
    )
    .join(' → ');
}
