import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowCommand } from './edit.ts';
import { applyCommand } from './edit.ts';
import type { Flow, FlowNode, Wire } from './flow.ts';
import { emptyFlow } from './flow.ts';

function node(id: string): FlowNode {
  return { id, type: 'debug', position: { x: 0, y: 0 }, config: {} };
}

function wire(from: string, to: string): Wire {
  return { from: [from, 'out'], to: [to, 'in'] };
}

const flow: Flow = {
  ...emptyFlow('f', 'Flow'),
  nodes: [node('a'), node('b'), node('c')],
  wires: [wire('a', 'b'), wire('b', 'c')],
};

const id = fc.constantFrom('a', 'b', 'c');
const anyWire = fc.tuple(id, id).map(([from, to]) => wire(from, to));
const simpleCommand: fc.Arbitrary<FlowCommand> = fc.oneof(
  fc.record({
    kind: fc.constant('moveNodes'),
    positions: fc.dictionary(id, fc.record({ x: fc.integer(), y: fc.integer() })),
  }),
  fc.record({
    kind: fc.constant('setConfig'),
    id,
    config: fc.dictionary(fc.constantFrom('x', 'y'), fc.integer()),
  }),
  fc.record({
    kind: fc.constant('setNode'),
    id,
    set: fc.record({ name: fc.option(fc.string()), disabled: fc.option(fc.boolean()) }),
  }),
  fc.record({ kind: fc.constant('addWires'), wires: fc.array(anyWire) }),
  fc.record({ kind: fc.constant('removeWires'), wires: fc.array(anyWire) }),
  fc.record({
    kind: fc.constant('setFlow'),
    set: fc.record({ name: fc.string(), description: fc.option(fc.string()) }),
  }),
);

/** A flow as a set of things: undo may bring a wire or a node back at another place of its list. */
function shapeOf(of: Flow) {
  return {
    name: of.name,
    description: of.description,
    nodes: of.nodes.toSorted((x, y) => (x.id < y.id ? -1 : 1)),
    wires: of.wires.map((one) => JSON.stringify(one)).toSorted(),
  };
}

describe('applyCommand', () => {
  it('gives with every command the one that takes it back, and the one that does it again', () => {
    fc.assert(
      fc.property(fc.array(simpleCommand, { maxLength: 8 }), (commands) => {
        const done = applyCommand(flow, { kind: 'many', commands });
        const undone = applyCommand(done.flow, done.inverse);
        const redone = applyCommand(undone.flow, undone.inverse);
        expect(shapeOf(undone.flow)).toEqual(shapeOf(flow));
        expect(shapeOf(redone.flow)).toEqual(shapeOf(done.flow));
      }),
    );
  });

  it('brings the wires back with a node that was removed', () => {
    const removed = applyCommand(flow, { kind: 'removeNodes', ids: ['b'] });
    expect(removed.flow.wires).toEqual([]);
    expect(shapeOf(applyCommand(removed.flow, removed.inverse).flow)).toEqual(shapeOf(flow));
  });

  it('draws no wire twice and none to a node that is not there', () => {
    const edit = applyCommand(flow, { kind: 'addWires', wires: [wire('a', 'b'), wire('a', 'gone')] });
    expect(edit.flow).toBe(flow);
  });

  it('refuses to change a node that is not there', () => {
    expect(() => applyCommand(flow, { kind: 'setConfig', id: 'gone', config: {} })).toThrow('no node gone');
  });
});
