import type { Flow, FlowNode } from '@sluice/shared/flow/flow.ts';
import { reachableFrom } from '@sluice/shared/flow/topology.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import { describeNode } from '../flow/describe.ts';
import type { Choice } from '../ui/ListItems.tsx';

/** Where a sample comes into the flow. */
export interface Place {
  readonly node: string;
  readonly port: string;
}

/** A place as the id of a choice. Ids of nodes have no blank. */
export function placeId({ node, port }: Place): string {
  return `${node} ${port}`;
}

export function placeOfId(id: string): Place {
  const at = id.indexOf(' ');
  return { node: id.slice(0, at), port: id.slice(at + 1) };
}

/** All places of a flow, in words: first out of the nodes that bring messages in, then into each of the others. */
export function placesOf(flow: Flow, catalog: NodeCatalog): Choice[] {
  const described = flow.nodes
    .filter((node) => node.disabled !== true)
    .map((node) => ({ node, ...describeNode(node, catalog) }))
    .filter(({ kind }) => kind !== undefined && kind !== 'note');
  const outOf = ({ node, name, kind, outputs }: (typeof described)[number]) =>
    outputs
      .filter((port) => port.name !== ERROR_PORT.name)
      .map((port) => ({
        id: placeId({ node: node.id, port: port.name }),
        label: kind === 'source' ? `As if from “${name}”` : `Out of “${name}” by “${port.title}”`,
      }));
  const into = ({ node, name, inputs }: (typeof described)[number]) =>
    inputs.map((port) => ({
      id: placeId({ node: node.id, port: port.name }),
      label: inputs.length > 1 ? `Into “${name}” by “${port.title}”` : `Into “${name}”`,
    }));
  const sources = described.filter(({ kind }) => kind === 'source');
  const others = described.filter(({ kind }) => kind !== 'source');
  return [...sources.flatMap(outOf), ...others.flatMap(into), ...others.flatMap(outOf)];
}

/**
 * Where a new sample comes in: at the node that brings messages to the one that is looked at, as in life; where none
 * does, into that node itself.
 */
export function firstPlace(
  flow: Flow,
  catalog: NodeCatalog,
  looked: FlowNode | undefined,
): Place | undefined {
  const kindOf = (node: FlowNode) => catalog.get(node.type)?.definition.kind;
  const backwards = flow.wires.map(({ from, to }) => ({ from: to[0], to: from[0] }));
  const before = looked === undefined ? undefined : reachableFrom([looked.id], backwards);
  const source = flow.nodes.find(
    (node) => kindOf(node) === 'source' && node.disabled !== true && before?.has(node.id) !== false,
  );
  const node = source ?? looked ?? flow.nodes.find((one) => kindOf(one) !== 'note');
  if (node === undefined) return undefined;
  const { kind, inputs, outputs } = describeNode(node, catalog);
  const port = kind === 'source' ? outputs[0]?.name : (inputs[0]?.name ?? outputs[0]?.name);
  return port === undefined ? undefined : { node: node.id, port };
}
