import { isSameWire } from '@sluice/shared/flow/edit.ts';
import type { Flow, FlowNode, Wire, WireEnd } from '@sluice/shared/flow/flow.ts';
import { reachableFrom } from '@sluice/shared/flow/topology.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { OpenEnd } from '../state/session.ts';
import { describeNode } from './describe.ts';

/** Whether a wire can be drawn, and if not, why. */
export type Fit = { readonly fits: true } | { readonly fits: false; readonly sentence: string };

const FITS: Fit = { fits: true };

/** A wire from an open end to another end, in the direction of the messages. */
export function wireBetween(open: OpenEnd, other: WireEnd): Wire {
  return open.side === 'output' ? { from: open.end, to: other } : { from: other, to: open.end };
}

/** Whether this wire can stand in the flow: it is new, goes from an output to an input and closes no loop. */
export function fitOfWire(flow: Flow, catalog: NodeCatalog, wire: Wire): Fit {
  const from = flow.nodes.find((node) => node.id === wire.from[0]);
  const to = flow.nodes.find((node) => node.id === wire.to[0]);
  if (from === undefined || to === undefined) return no('One of the two nodes is not there any more.');
  if (!describeNode(to, catalog).inputs.some((port) => port.name === wire.to[1]))
    return no(`“${nameOf(to, catalog)}” takes no messages there.`);
  if (flow.wires.some((other) => isSameWire(other, wire))) return no('This wire is there already.');
  if (nodesThatLeadTo(flow, catalog, from.id).has(to.id))
    return no('That would make a loop: a message would go round for ever. Put a delay on the way.');
  return FITS;
}

/** The nodes to which no wire can be drawn from this end: they have no port on that side, or it would close a loop. */
export function misfits(flow: Flow, catalog: NodeCatalog, open: OpenEnd): ReadonlySet<string> {
  const [node] = open.end;
  const looping =
    open.side === 'output' ? nodesThatLeadTo(flow, catalog, node) : nodesThatFollow(flow, catalog, node);
  const isMisfit = (other: FlowNode): boolean => {
    if (looping.has(other.id)) return true;
    const { inputs, outputs } = describeNode(other, catalog);
    return (open.side === 'output' ? inputs : outputs).length === 0;
  };
  return new Set(flow.nodes.filter(isMisfit).map((other) => other.id));
}

/** This node and all from which messages come to it without being held back on the way. */
function nodesThatLeadTo(flow: Flow, catalog: NodeCatalog, node: string): ReadonlySet<string> {
  const arrows = passing(flow, catalog).map(({ from, to }) => ({ from: to[0], to: from[0] }));
  return breaksLoop(flow, catalog).has(node) ? new Set() : reachableFrom([node], arrows);
}

function nodesThatFollow(flow: Flow, catalog: NodeCatalog, node: string): ReadonlySet<string> {
  const arrows = passing(flow, catalog).map(({ from, to }) => ({ from: from[0], to: to[0] }));
  return reachableFrom([node], arrows);
}

/** The wires that do not come out of a node that holds messages back: only these can make a loop. */
function passing(flow: Flow, catalog: NodeCatalog): readonly Wire[] {
  const breaks = breaksLoop(flow, catalog);
  return flow.wires.filter((wire) => !breaks.has(wire.from[0]));
}

function breaksLoop(flow: Flow, catalog: NodeCatalog): ReadonlySet<string> {
  const breaks = flow.nodes.filter((node) => catalog.get(node.type)?.definition.breaksLoop === true);
  return new Set(breaks.map((node) => node.id));
}

function nameOf(node: FlowNode, catalog: NodeCatalog): string {
  return describeNode(node, catalog).name;
}

function no(sentence: string): Fit {
  return { fits: false, sentence };
}
