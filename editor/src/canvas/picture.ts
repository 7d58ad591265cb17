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

export function createDescriber(catalog: NodeCatalog): Describer {
  const known = new WeakMap<FlowNode, { readonly wired: string; readonly picture: NodePicture }>();
  const pictureOf = (node: FlowNode, wired = NO_WIRES): NodePicture => {
    const key = JSON.stringify(wired);
    const before = known.get(node);
    if (before?.wired === key) return before.picture;
    const description = describeNode(node, catalog, wired);
    const picture = { description, shape: shapeOf(description, noteOf(node)) };
    known.set(node, { wired: key, picture });
    return picture;
  };
  return (flow) => {
    const wired = wiredPorts(flow.wires);
    return new Map(flow.nodes.map((node) => [node.id, pictureOf(node, wired.get(node.id))]));
  };
}
