import type { FlowEnvironment } from '@sluice/shared/flow/environment.ts';
import type { Flow, FlowNode, Wire } from '@sluice/shared/flow/flow.ts';
import { wireKey } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { hasErrors } from '@sluice/shared/flow/problem.ts';
import type { Arrow, Topology } from '@sluice/shared/flow/topology.ts';
import { reachableFrom, topologicalOrder } from '@sluice/shared/flow/topology.ts';
import { validateFlow } from '@sluice/shared/flow/validate.ts';
import type { CatalogEntry, NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { outputsOf, waitPolicyOf } from '@sluice/shared/node/defineNode.ts';
import { expressionsIn } from './expressions.ts';
import type { Plan, PlannedNode, PlannedOutput } from './plan.ts';

export type Compiled =
  /** `problems` are warnings. */
  | { readonly ok: true; readonly plan: Plan; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

interface Runnable {
  readonly node: FlowNode;
  readonly entry: CatalogEntry;
}

/**
 * Makes a flow ready to run, or says in plain words why it cannot (EN1). Pure. Nodes that are switched off and notes
 * are left out with their wires. Nodes come in topological order; where a node that holds messages back closes a loop,
 * the wires out of it that lead back are not counted, so exactly these go to a node of the same or a lower index.
 */
export function compile(flow: Flow, catalog: NodeCatalog, environment: FlowEnvironment): Compiled {
  const problems = validateFlow(flow, catalog, environment);
  if (hasErrors(problems)) return { ok: false, problems };
  const runnable = runnableNodes(flow, catalog);
  const wires = wiresBetween(flow, runnable);
  const sorted = sort(wires, runnable);
  if (!sorted.ok) return { ok: false, problems: [...problems, loopProblem(sorted.loop)] };
  const order = sorted.order.flatMap((id) => runnable.get(id) ?? []);
  const indexes = new Map(order.map(({ node }, index) => [node.id, index]));
  const byOutput = Map.groupBy(wires, ({ from }) => outputKey(...from));
  const nodes = order.map((found, index) => plannedNode(found, index, byOutput, indexes));
  const catches = nodes.filter(({ entry }) => entry.definition.kind === 'catch').map(({ index }) => index);
  return { ok: true, plan: { flow: { id: flow.id, name: flow.name }, nodes, catches }, problems };
}

function runnableNodes(flow: Flow, catalog: NodeCatalog): Map<string, Runnable> {
  const found = new Map<string, Runnable>();
  for (const node of flow.nodes) {
    const entry = catalog.get(node.type);
    if (entry === undefined || node.disabled === true || entry.definition.kind === 'note') continue;
    found.set(node.id, { node, entry });
  }
  return found;
}

/** Each wire once: one that is drawn twice is a warning, and must not double the messages. */
function wiresBetween(flow: Flow, runnable: ReadonlyMap<string, Runnable>): Wire[] {
  const byKey = new Map(flow.wires.map((wire) => [wireKey(wire), wire]));
  return [...byKey.values()].filter(({ from, to }) => runnable.has(from[0]) && runnable.has(to[0]));
}

function sort(wires: readonly Wire[], runnable: ReadonlyMap<string, Runnable>): Topology {
  const arrows = wires.map(({ from, to }) => ({ from: from[0], to: to[0] }));
  const ids = [...runnable.keys()];
  const sorted = topologicalOrder(ids, arrows);
  return sorted.ok ? sorted : topologicalOrder(ids, forwardArrows(arrows, runnable));
}

/** Without the arrows by which a node that holds messages back leads back to itself. */
function forwardArrows(arrows: readonly Arrow[], runnable: ReadonlyMap<string, Runnable>): readonly Arrow[] {
  const breakers = [...runnable.values()].filter(({ entry }) => entry.definition.breaksLoop === true);
  const leadingTo = new Map(
    breakers.map(({ node }) => [node.id, reachableFrom([node.id], reversed(arrows))]),
  );
  return arrows.filter(({ from, to }) => leadingTo.get(from)?.has(to) !== true);
}

function reversed(arrows: readonly Arrow[]): Arrow[] {
  return arrows.map(({ from, to }) => ({ from: to, to: from }));
}

function loopProblem(loop: readonly string[]): Problem {
  return {
    severity: 'error',
    code: 'loop',
    node: loop[0],
    sentence: `${[...loop, loop[0]].join(' → ')} is a loop: a message would go round for ever. Delete one of these wires, or put a delay on the way.`,
  };
}

function plannedNode(
  { node, entry }: Runnable,
  index: number,
  byOutput: ReadonlyMap<string, readonly Wire[]>,
  indexes: ReadonlyMap<string, number>,
): PlannedNode {
  const { definition } = entry;
  const config: Readonly<Record<string, unknown>> = definition.config.parse(node.config);
  return {
    index,
    id: node.id,
    name: node.name ?? definition.title,
    entry,
    config,
    expressions: expressionsIn(definition, config),
    outputs: outputsOf(definition, config).map(
      (port): PlannedOutput => ({
        port,
        wires: (byOutput.get(outputKey(node.id, port.name)) ?? []).map((wire) => ({
          key: wireKey(wire),
          to: indexes.get(wire.to[0]) ?? index,
          toPort: wire.to[1],
        })),
      }),
    ),
    wait: waitPolicyOf(definition, config),
  };
}

/** Ids have no blank. */
function outputKey(node: string, port: string): string {
  return `${node} ${port}`;
}
