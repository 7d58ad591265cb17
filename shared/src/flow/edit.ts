import type { JsonObject } from '../message/message.ts';
import type { Flow, FlowNode, Position, Scenario, Wire } from './flow.ts';

/**
 * Everything that can be done to a flow, as data. Applying one gives the new flow and the command that takes it back,
 * so undo, redo, paste and a change from another tab all go the same way.
 */
export type FlowCommand =
  | { readonly kind: 'addNodes'; readonly nodes: readonly FlowNode[]; readonly wires: readonly Wire[] }
  | { readonly kind: 'removeNodes'; readonly ids: readonly string[] }
  | { readonly kind: 'moveNodes'; readonly positions: Readonly<Record<string, Position>> }
  | { readonly kind: 'setConfig'; readonly id: string; readonly config: JsonObject }
  | { readonly kind: 'setNode'; readonly id: string; readonly set: NodeSettings }
  | { readonly kind: 'addWires'; readonly wires: readonly Wire[] }
  | { readonly kind: 'removeWires'; readonly wires: readonly Wire[] }
  | { readonly kind: 'setFlow'; readonly set: FlowSettings }
  | { readonly kind: 'setScenarios'; readonly scenarios: readonly Scenario[] }
  | { readonly kind: 'many'; readonly commands: readonly FlowCommand[] };

/** What people say about a node beside its settings; `null` takes it away. */
export interface NodeSettings {
  readonly name?: string | null;
  readonly notes?: string | null;
  readonly disabled?: boolean | null;
}

export interface FlowSettings {
  readonly name?: string;
  readonly description?: string | null;
}

/** What applying a command gives. A command that changes nothing gives the same flow back. */
export interface Edit {
  readonly flow: Flow;
  readonly inverse: FlowCommand;
}

/**
 * Applies a command. Throws a `RangeError` for a node that is not there: commands are made from the flow that they
 * are applied to, so that is a fault of the program and not of a person. Wires to nodes that are not there and wires
 * that stand already are left out.
 */
export function applyCommand(flow: Flow, command: FlowCommand): Edit {
  switch (command.kind) {
    case 'addNodes':
      return addNodes(flow, command.nodes, command.wires);
    case 'removeNodes':
      return removeNodes(flow, new Set(command.ids));
    case 'moveNodes':
      return moveNodes(flow, command.positions);
    case 'setConfig':
      return setConfig(flow, command.id, command.config);
    case 'setNode':
      return setNode(flow, command.id, command.set);
    case 'addWires':
      return addWires(flow, command.wires);
    case 'removeWires':
      return removeWires(flow, command.wires);
    case 'setFlow':
      return setFlow(flow, command.set);
    case 'setScenarios':
      return {
        flow: { ...flow, scenarios: [...command.scenarios] },
        inverse: { kind: 'setScenarios', scenarios: flow.scenarios },
      };
    case 'many':
      return applyMany(flow, command.commands);
  }
}

function applyMany(flow: Flow, commands: readonly FlowCommand[]): Edit {
  let current = flow;
  const inverses: FlowCommand[] = [];
  for (const command of commands) {
    const edit = applyCommand(current, command);
    current = edit.flow;
    inverses.unshift(edit.inverse);
  }
  return { flow: current, inverse: { kind: 'many', commands: inverses } };
}

function addNodes(flow: Flow, nodes: readonly FlowNode[], wires: readonly Wire[]): Edit {
  const grown = { ...flow, nodes: [...flow.nodes, ...nodes] };
  return {
    flow: addWires(grown, wires).flow,
    inverse: { kind: 'removeNodes', ids: nodes.map((node) => node.id) },
  };
}

function removeNodes(flow: Flow, ids: ReadonlySet<string>): Edit {
  const touches = (wire: Wire) => ids.has(wire.from[0]) || ids.has(wire.to[0]);
  return {
    flow: {
      ...flow,
      nodes: flow.nodes.filter((node) => !ids.has(node.id)),
      wires: flow.wires.filter((wire) => !touches(wire)),
    },
    inverse: {
      kind: 'addNodes',
      nodes: flow.nodes.filter((node) => ids.has(node.id)),
      wires: flow.wires.filter(touches),
    },
  };
}

function moveNodes(flow: Flow, positions: Readonly<Record<string, Position>>): Edit {
  const before = Object.fromEntries(
    Object.keys(positions).map((id) => [id, nodeOf(flow, id).position] as const),
  );
  const nodes = flow.nodes.map((node) => {
    const position = positions[node.id];
    return position === undefined ? node : { ...node, position };
  });
  return { flow: { ...flow, nodes }, inverse: { kind: 'moveNodes', positions: before } };
}

function setConfig(flow: Flow, id: string, config: JsonObject): Edit {
  const before = nodeOf(flow, id);
  return {
    flow: replaceNode(flow, { ...before, config: { ...config } }),
    inverse: { kind: 'setConfig', id, config: before.config },
  };
}

function setNode(flow: Flow, id: string, set: NodeSettings): Edit {
  const { name, notes, disabled, ...rest } = nodeOf(flow, id);
  const before = { name: name ?? null, notes: notes ?? null, disabled: disabled ?? null };
  const after = { ...before, ...set };
  const node: FlowNode = {
    ...rest,
    ...(after.name === null ? {} : { name: after.name }),
    ...(after.notes === null ? {} : { notes: after.notes }),
    ...(after.disabled === null ? {} : { disabled: after.disabled }),
  };
  return { flow: replaceNode(flow, node), inverse: { kind: 'setNode', id, set: before } };
}

function addWires(flow: Flow, wires: readonly Wire[]): Edit {
  const ids = new Set(flow.nodes.map((node) => node.id));
  const added: Wire[] = [];
  for (const wire of wires) {
    const isKnown = [...flow.wires, ...added].some((other) => isSameWire(other, wire));
    if (!isKnown && ids.has(wire.from[0]) && ids.has(wire.to[0])) added.push(wire);
  }
  if (added.length === 0) return { flow, inverse: { kind: 'removeWires', wires: [] } };
  return {
    flow: { ...flow, wires: [...flow.wires, ...added] },
    inverse: { kind: 'removeWires', wires: added },
  };
}

function removeWires(flow: Flow, wires: readonly Wire[]): Edit {
  const isRemoved = (wire: Wire) => wires.some((other) => isSameWire(other, wire));
  return {
    flow: { ...flow, wires: flow.wires.filter((wire) => !isRemoved(wire)) },
    inverse: { kind: 'addWires', wires: flow.wires.filter(isRemoved) },
  };
}

function setFlow(flow: Flow, set: FlowSettings): Edit {
  const { description, ...rest } = flow;
  const after = set.description === undefined ? (description ?? null) : set.description;
  return {
    flow: {
      ...rest,
      name: set.name ?? flow.name,
      ...(after === null ? {} : { description: after }),
    },
    inverse: { kind: 'setFlow', set: { name: flow.name, description: description ?? null } },
  };
}

function replaceNode(flow: Flow, node: FlowNode): Flow {
  return { ...flow, nodes: flow.nodes.map((other) => (other.id === node.id ? node : other)) };
}

function nodeOf(flow: Flow, id: string): FlowNode {
  const node = flow.nodes.find((other) => other.id === id);
  if (node === undefined) throw new RangeError(`The flow ${flow.id} has no node ${id}.`);
  return node;
}

export function isSameWire(a: Wire, b: Wire): boolean {
  return a.from[0] === b.from[0] && a.from[1] === b.from[1] && a.to[0] === b.to[0] && a.to[1] === b.to[1];
}
