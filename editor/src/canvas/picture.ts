import type { Flow, FlowNode } from '@sluice/shared/flow/flow.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { type NodeDescription, NO_WIRES, describeNode, wiredPorts } from '../flow/describe.ts';
import { type NodeShape, shapeOf } from './geometry.ts';

/** How one node looks, before anything is selected or running. */
export interface NodePicture {
  readonly description: NodeDescription;
  readonly shape: NodeShape;
}

/** Describes and lays out all nodes of a flow. Gives the same object again for a node that has not changed. */
export type Describer = (flow: Flow) => ReadonlyMap<string, NodePicture>;

/** What a note says is drawn whole: it is its settings' `text`, or its notes. */
export function noteOf(node: FlowNode): string {
  const { text } = node.config;
  return typeof text === 'string' && text !== '' ? text : (node.notes ?? '');
}

interface Known {
  readonly node: FlowNode;
  readonly wired: string;
  readonly picture: NodePicture;
}

export function createDescriber(catalog: NodeCatalog): Describer {
  let known: ReadonlyMap<string, Known> = new Map();
  const look = (node: FlowNode, wired = NO_WIRES): Known => {
    const key = JSON.stringify(wired);
    const before = known.get(node.id);
    if (before?.wired === key && isDrawnAlike(before.node, node)) return before;
    const description = describeNode(node, catalog, wired);
    return { node, wired: key, picture: { description, shape: shapeOf(description, noteOf(node)) } };
  };
  return (flow) => {
    const wired = wiredPorts(flow.wires);
    known = new Map(flow.nodes.map((node) => [node.id, look(node, wired.get(node.id))]));
    return new Map([...known].map(([id, { picture }]) => [id, picture]));
  };
}

/** Where a node is makes no difference to its picture. */
function isDrawnAlike(a: FlowNode, b: FlowNode): boolean {
  return a.type === b.type && a.name === b.name && a.notes === b.notes && a.config === b.config;
}
