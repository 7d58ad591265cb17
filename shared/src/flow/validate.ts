import type { CatalogEntry, NodeCatalog } from '../node/catalog.ts';
import { inputsOf, outputsOf } from '../node/defineNode.ts';
import { checkConfig } from './checkConfig.ts';
import type { FlowEnvironment } from './environment.ts';
import type { Flow, FlowNode, Wire } from './flow.ts';
import { wireKey } from './flow.ts';
import type { Problem } from './problem.ts';
import { reachableFrom, topologicalOrder } from './topology.ts';

/** A node together with what is known of its type; `config` is parsed, or `undefined` where it does not fit. */
interface KnownNode {
  readonly node: FlowNode;
  readonly entry: CatalogEntry;
  readonly config: Readonly<Record<string, unknown>> | undefined;
}

/**
 * All problems of a flow, in plain words: those of nodes in their order, then wires, then the flow as a whole. Pure:
 * the editor runs it at each change, the compiler before each start (EN1).
 */
export function validateFlow(flow: Flow, catalog: NodeCatalog, environment: FlowEnvironment): Problem[] {
  const problems: Problem[] = [...duplicateIds(flow)];
  const known = new Map<string, KnownNode>();
  for (const node of flow.nodes) {
    const entry = catalog.get(node.type);
    if (entry === undefined) {
      problems.push(unknownType(node));
      continue;
    }
    const checked = checkConfig(node, entry, environment);
    problems.push(...checked.problems);
    known.set(node.id, { node, entry, config: checked.config });
  }
  problems.push(...wireProblems(flow, known), ...shapeProblems(flow, known));
  return problems;
}

function unknownType(node: FlowNode): Problem {
  return {
    severity: 'error',
    code: 'node.unknown-type',
    node: node.id,
    sentence: `There is no node type “${node.type}” in this Sluice. Delete the node, or update Sluice to a version that has it.`,
  };
}

function duplicateIds(flow: Flow): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const { id } of flow.nodes) {
    if (seen.has(id)) {
      problems.push({
        severity: 'error',
        code: 'node.duplicate-id',
        node: id,
        sentence: `Two nodes have the id “${id}”. Give one of them another id in the flow file.`,
      });
    }
    seen.add(id);
  }
  return problems;
}

function wireProblems(flow: Flow, known: ReadonlyMap<string, KnownNode>): Problem[] {
  const ids = new Set(flow.nodes.map((node) => node.id));
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const wire of flow.wires) {
    const key = wireKey(wire);
    const problem = seen.has(key) ? duplicateWire(key) : brokenWire(wire, ids, known);
    if (problem !== undefined) problems.push(problem);
    seen.add(key);
  }
  return problems;
}

function duplicateWire(wire: string): Problem {
  return {
    severity: 'warning',
    code: 'wire.duplicate',
    wire,
    sentence: `The wire ${wire} is there twice. One is enough.`,
  };
}

function brokenWire(
  wire: Wire,
  ids: ReadonlySet<string>,
  known: ReadonlyMap<string, KnownNode>,
): Problem | undefined {
  const missing = [wire.from[0], wire.to[0]].find((id) => !ids.has(id));
  if (missing !== undefined) {
    const sentence = `A wire goes to a node “${missing}” that is not in the flow. Delete the wire.`;
    return { severity: 'error', code: 'wire.unknown-node', wire: wireKey(wire), sentence };
  }
  const from = known.get(wire.from[0]);
  if (
    from?.config !== undefined &&
    !outputsOf(from.entry.definition, from.config).some((port) => port.name === wire.from[1])
  ) {
    return noPort(wire, from, 'output', wire.from[1]);
  }
  const to = known.get(wire.to[0]);
  if (
    to?.config !== undefined &&
    !inputsOf(to.entry.definition, to.config).some((port) => port.name === wire.to[1])
  ) {
    return noPort(wire, to, 'input', wire.to[1]);
  }
  return undefined;
}

function noPort(wire: Wire, at: KnownNode, side: 'input' | 'output', port: string): Problem {
  return {
    severity: 'error',
    code: 'wire.unknown-port',
    node: at.node.id,
    wire: wireKey(wire),
    sentence: `${titleOf(at)} has no ${side} “${port}” with its present settings. Delete the wire, or draw it from another ${side}.`,
  };
}

/** What only the drawing as a whole shows: loops, nodes that nothing reaches, a flow without a source. */
function shapeProblems(flow: Flow, known: ReadonlyMap<string, KnownNode>): Problem[] {
  const running = [...known.values()].filter(
    ({ node, entry }) => entry.definition.kind !== 'note' && node.disabled !== true,
  );
  if (running.length === 0) {
    return [
      {
        severity: 'warning',
        code: 'flow.empty',
        sentence: 'The flow has no node that runs yet. Add an input from the palette.',
      },
    ];
  }
  return [...loopProblems(flow, running), ...reachProblems(flow, running)];
}

function loopProblems(flow: Flow, running: readonly KnownNode[]): Problem[] {
  const breaks = new Set(running.filter(({ entry }) => canBreakLoop(entry)).map(({ node }) => node.id));
  const arrows = flow.wires
    .map((wire) => ({ from: wire.from[0], to: wire.to[0] }))
    .filter(({ from }) => !breaks.has(from));
  const sorted = topologicalOrder(
    running.map(({ node }) => node.id),
    arrows,
  );
  if (sorted.ok) return [];
  const names = sorted.loop.map((id) => titleOf(running.find(({ node }) => node.id === id)));
  return [
    {
      severity: 'error',
      code: 'loop',
      node: sorted.loop[0],
      sentence: `${[...names, names[0]].join(' → ')} is a loop: a message would go round for ever. Delete one of these wires, or put a delay on the way.`,
    },
  ];
}

function canBreakLoop(entry: CatalogEntry): boolean {
  return entry.definition.breaksLoop === true;
}

function reachProblems(flow: Flow, running: readonly KnownNode[]): Problem[] {
  const starts = running.filter(
    ({ entry }) => entry.definition.kind === 'source' || entry.definition.kind === 'catch',
  );
  const ids = new Set(running.map(({ node }) => node.id));
  const arrows = flow.wires
    .map((wire) => ({ from: wire.from[0], to: wire.to[0] }))
    .filter(({ from, to }) => ids.has(from) && ids.has(to));
  const reached = reachableFrom(
    starts.map(({ node }) => node.id),
    arrows,
  );
  const lost = running.filter(({ node }) => !reached.has(node.id));
  const problems: Problem[] = lost.map((known) => unreached(flow, known));
  if (!starts.some(({ entry }) => entry.definition.kind === 'source')) {
    problems.push({
      severity: 'warning',
      code: 'flow.no-source',
      sentence: 'Nothing brings messages into this flow. Add an input such as “Device input” or “Schedule”.',
    });
  }
  return problems;
}

function unreached(flow: Flow, known: KnownNode): Problem {
  const { node } = known;
  const hasWire = flow.wires.some((wire) => wire.to[0] === node.id);
  return {
    severity: 'warning',
    code: hasWire ? 'node.unreachable' : 'node.needs-input',
    node: node.id,
    sentence: hasWire
      ? `No message can reach ${titleOf(known)}: no input leads to it.`
      : `${titleOf(known)} has no wire to its input, so it never gets a message. Draw one to it.`,
  };
}

/** What people call a node: its name, or that of its type. */
function titleOf(known: KnownNode | undefined): string {
  return `“${known?.node.name ?? known?.entry.definition.title ?? ''}”`;
}
