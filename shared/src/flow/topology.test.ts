import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Arrow } from './topology.ts';
import { reachableFrom, topologicalOrder } from './topology.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const arrow = fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids) });

describe('topologicalOrder', () => {
  it('[EN1] puts each node after all that lead to it, and else keeps the order given', () => {
    const sorted = topologicalOrder(['a', 'b', 'c'], [{ from: 'c', to: 'a' }]);
    expect(sorted).toEqual({ ok: true, order: ['b', 'c', 'a'] });
  });

  it('[EN1] either sorts, or shows a loop that is one', () => {
    fc.assert(
      fc.property(fc.array(arrow, { maxLength: 15 }), (arrows) => {
        const sorted = topologicalOrder(ids, arrows);
        if (sorted.ok)
          return arrows.every(({ from, to }) => sorted.order.indexOf(from) < sorted.order.indexOf(to));
        return isLoop(sorted.loop, arrows);
      }),
    );
  });

  it('[EN1] shows the loop in the direction of its wires', () => {
    const arrows = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
      { from: 'c', to: 'd' },
    ];
    const sorted = topologicalOrder(['a', 'b', 'c', 'd'], arrows);
    expect(sorted.ok ? [] : sorted.loop.toSorted()).toEqual(['b', 'c']);
  });
});

describe('reachableFrom', () => {
  it('finds all that messages can get to, over loops too', () => {
    const arrows = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'b', to: 'c' },
      { from: 'd', to: 'c' },
    ];
    expect([...reachableFrom(['a'], arrows)].toSorted()).toEqual(['a', 'b', 'c']);
  });
});

function isLoop(loop: readonly string[], arrows: readonly Arrow[]): boolean {
  return (
    loop.length > 0 &&
    loop.every((id, at) => {
      const target = loop[(at + 1) % loop.length];
      return arrows.some(({ from, to }) => from === id && to === target);
    })
  );
}
