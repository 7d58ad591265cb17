import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { Deployment } from '@sluice/shared/protocol/http.ts';
import type { FlowFigures, NodeFigures } from '@sluice/shared/protocol/running.ts';
import type { FlowCount, NodeCount } from './flowCounts.ts';
import { perSecond } from './readings.ts';

/** What people call a flow and its nodes, in the order of the drawing. */
export interface Drawing {
  readonly name: string;
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly type: string }[];
}

export interface DrawingsOptions {
  /** The flow of a version. */
  version(flow: string, version: number): Flow | undefined;
  readonly catalog: NodeCatalog;
}

/** Finds the names of a version's nodes. Versions never change, so each is read once for as long as it is deployed. */
export function createDrawings({ version, catalog }: DrawingsOptions): (deployment: Deployment) => Drawing {
  const known = new Map<string, { readonly version: number; readonly drawing: Drawing }>();
  return (deployment) => {
    const found = known.get(deployment.flow);
    if (found?.version === deployment.version) return found.drawing;
    const drawing = drawingOf(version(deployment.flow, deployment.version), deployment.flow, catalog);
    known.set(deployment.flow, { version: deployment.version, drawing });
    return drawing;
  };
}

function drawingOf(flow: Flow | undefined, id: string, catalog: NodeCatalog): Drawing {
  if (flow === undefined) return { name: id, nodes: [] };
  const nodes = flow.nodes.map((node) => ({
    id: node.id,
    name: node.name ?? catalog.get(node.type)?.definition.title ?? node.type,
    type: node.type,
  }));
  return { name: flow.name, nodes };
}

const NO_NODE: NodeCount = {
  in: 0,
  out: 0,
  errors: 0,
  deadLetters: 0,
  evicted: 0,
  retries: 0,
  busyMs: 0,
  waiting: 0,
};

/** A flow as the page shows it. */
export function shownFlow(
  { flow, version, state }: Deployment,
  drawing: Drawing,
  count: FlowCount,
  now: number,
): FlowFigures {
  return {
    flow,
    name: drawing.name,
    version,
    state,
    rate: perSecond(count.readings.messages, now),
    cpu: perSecond(count.readings.busyMs, now) / 1_000,
    memory: count.now.memory,
    underWay: count.now.underWay,
    oldestMs: count.now.oldestMs,
    batches: count.batches,
    messages: count.messages,
    nodes: drawing.nodes.map(
      ({ id, name, type }): NodeFigures => ({ node: id, name, type, ...(count.nodes.get(id) ?? NO_NODE) }),
    ),
  };
}
