import type { FlowNode, Wire, WireEnd } from '@sluice/shared/flow/flow.ts';
import type { CatalogEntry, NodeCatalog } from '@sluice/shared/node/catalog.ts';
import {
  type Category,
  ERROR_PORT,
  type NodeKind,
  type PortDefinition,
  inputsOf,
  outputsOf,
} from '@sluice/shared/node/defineNode.ts';

/** What people see of a node, whatever state its settings are in. */
export interface NodeDescription {
  readonly name: string;
  /** Of its type. */
  readonly title: string;
  readonly icon: string;
  /** `undefined` for a type that this Sluice does not know. */
  readonly category: Category | undefined;
  readonly kind: NodeKind | undefined;
  /** One line about what it does; what is missing, when it is not set up. */
  readonly sentence: string;
  /** The settings are complete: the sentence is that of the node's form. */
  readonly isSetUp: boolean;
  readonly inputs: readonly PortDefinition[];
  /** The error port last, where the node has one. */
  readonly outputs: readonly PortDefinition[];
}

const NOT_SET_UP = 'Not set up yet';

/** The ports of one node that wires name. */
export interface WiredPorts {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
export const NO_WIRES: WiredPorts = { inputs: [], outputs: [] };

/** The ports that wires name, by node. Nodes without wires are not in it. */
export function wiredPorts(wires: readonly Wire[]): ReadonlyMap<string, WiredPorts> {
  const inputs = new Map<string, Set<string>>();
  const outputs = new Map<string, Set<string>>();
  const add = (ports: Map<string, Set<string>>, [node, port]: WireEnd) => {
    const known = ports.get(node);
    if (known === undefined) ports.set(node, new Set([port]));
    else known.add(port);
  };
  for (const wire of wires) {
    add(outputs, wire.from);
    add(inputs, wire.to);
  }
  return new Map(
    [...new Set([...inputs.keys(), ...outputs.keys()])].map((node) => [
      node,
      { inputs: [...(inputs.get(node) ?? [])], outputs: [...(outputs.get(node) ?? [])] },
    ]),
  );
}

/** Describes a node. Wires name the ports of nodes whose type is not known or whose settings do not say them. */
export function describeNode(
  node: FlowNode,
  catalog: NodeCatalog,
  wired: WiredPorts = NO_WIRES,
): NodeDescription {
  const entry = catalog.get(node.type);
  if (entry === undefined) return describeUnknown(node, wired);
  const { definition } = entry;
  const parsed = definition.config.safeParse(node.config);
  const config: unknown = parsed.success ? parsed.data : { ...defaultsOf(entry), ...node.config };
  return {
    name: node.name ?? definition.title,
    title: definition.title,
    icon: definition.icon,
    category: definition.category,
    kind: definition.kind,
    sentence: parsed.success ? entry.form.sentence(parsed.data as never) : NOT_SET_UP,
    isSetUp: parsed.success,
    inputs: withWired(inputsAsFarAsKnown(entry, config), wired.inputs),
    outputs: withWired(outputsAsFarAsKnown(entry, config), wired.outputs),
  };
}

function describeUnknown(node: FlowNode, wired: WiredPorts): NodeDescription {
  return {
    name: node.name ?? node.type,
    title: node.type,
    icon: 'circle-help',
    category: undefined,
    kind: undefined,
    sentence: `This Sluice has no node type “${node.type}”`,
    isSetUp: false,
    inputs: withWired([], wired.inputs),
    outputs: withWired([], wired.outputs),
  };
}

/** The settings that a field has by itself. */
function defaultsOf(entry: CatalogEntry): Record<string, unknown> {
  const defaults: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(entry.definition.config.shape)) {
    const parsed = schema.safeParse(undefined);
    if (parsed.success && parsed.data !== undefined) defaults[field] = parsed.data;
  }
  return defaults;
}

/** Outputs that hang on settings are not known while the settings are half written: then the wires tell. */
function outputsAsFarAsKnown(entry: CatalogEntry, config: unknown): readonly PortDefinition[] {
  try {
    return outputsOf(entry.definition, config);
  } catch {
    return outputsOf({ ...entry.definition, outputs: [] }, config);
  }
}

function inputsAsFarAsKnown(entry: CatalogEntry, config: unknown): readonly PortDefinition[] {
  try {
    return inputsOf(entry.definition, config);
  } catch {
    return entry.definition.inputs;
  }
}

/** Ports that a wire names and the node does not have stay to be seen, so that the wire can be seen and mended. */
function withWired(ports: readonly PortDefinition[], wired: readonly string[]): readonly PortDefinition[] {
  const missing = wired.filter((name) => !ports.some((port) => port.name === name));
  const lost = missing.map((name) => ({
    name,
    title: name,
    description: 'This node has no such port any more.',
  }));
  return lost.length === 0
    ? ports
    : [
        ...ports.filter((port) => port.name !== ERROR_PORT.name),
        ...lost,
        ...ports.filter((port) => port.name === ERROR_PORT.name),
      ];
}
