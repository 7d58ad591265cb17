import { catalog } from '@sluice/nodes/catalog.ts';
import { type Flow, flowSchema } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import { firstPlace, placeId, placeOfId, placesOf } from './place.ts';

const position = { x: 0, y: 0 };
const FLOW: Flow = flowSchema.parse({
  format: 1,
  id: 'f',
  name: 'F',
  nodes: [
    { id: 'other', type: 'inject', position },
    { id: 'in', type: 'device-input', name: 'Freezers', position },
    { id: 'warm', type: 'threshold', position, config: { value: 'payload.t', limit: 1, mode: 'change' } },
    { id: 'alone', type: 'debug', position },
    { id: 'said', type: 'comment', position },
  ],
  wires: [{ from: ['in', 'out'], to: ['warm', 'in'] }],
});
const nodeOf = (id: string) => FLOW.nodes.find((node) => node.id === id);

describe('where a sample comes in', () => {
  it('as in life: at the node that brings messages to the one that is looked at', () => {
    expect(firstPlace(FLOW, catalog, nodeOf('warm'))).toEqual({ node: 'in', port: 'out' });
    expect(firstPlace(FLOW, catalog, nodeOf('in'))).toEqual({ node: 'in', port: 'out' });
  });

  it('into the node itself where none leads to it; anywhere for the flow as a whole; nowhere in an empty one', () => {
    expect(firstPlace(FLOW, catalog, nodeOf('alone'))).toEqual({ node: 'alone', port: 'in' });
    expect(firstPlace(FLOW, catalog, undefined)).toEqual({ node: 'other', port: 'out' });
    expect(firstPlace({ ...FLOW, nodes: [], wires: [] }, catalog, undefined)).toBeUndefined();
  });

  it('can be chosen among all of a flow, sources first, without notes and error ports', () => {
    expect(placesOf(FLOW, catalog).map(({ label }) => label)).toEqual([
      'As if from “Inject”',
      'As if from “Freezers”',
      'Into “Threshold”',
      'Into “Debug”',
      'Out of “Threshold” by “Raised”',
      'Out of “Threshold” by “Cleared”',
    ]);
    const place = { node: 'in', port: 'out' };
    expect(placeOfId(placeId(place))).toEqual(place);
  });
});
