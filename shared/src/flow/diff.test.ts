import { describe, expect, it } from 'vitest';
import { countChanges, diffFlows } from './diff.ts';
import type { Flow, FlowNode } from './flow.ts';
import { emptyFlow } from './flow.ts';

const node = (id: string, config: FlowNode['config'] = {}): FlowNode => ({
  id,
  type: 'debug',
  position: { x: 0, y: 0 },
  config,
});
const flow = (...nodes: FlowNode[]): Flow => ({ ...emptyFlow('f', 'Flow'), nodes });

describe('diffFlows', () => {
  it('tells what was added, removed and changed, by field', () => {
    const found = diffFlows(
      flow(node('a', { x: 1, y: { p: 1, q: 2 } }), node('b')),
      flow(node('a', { x: 2, y: { q: 2, p: 1 } }), node('c')),
    );
    expect(found.added.map(({ id }) => id)).toEqual(['c']);
    expect(found.removed.map(({ id }) => id)).toEqual(['b']);
    expect(found.changed.map(({ fields }) => fields)).toEqual([['x']]);
    expect(countChanges(found)).toBe(3);
  });

  it('does not count a node that was only moved', () => {
    const found = diffFlows(flow(node('a')), flow({ ...node('a'), position: { x: 24, y: 0 } }));
    expect([found.moved, countChanges(found)]).toEqual([['a'], 0]);
  });

  it('counts wires', () => {
    const before = flow(node('a'), node('b'));
    const wired: Flow = { ...before, wires: [{ from: ['a', 'out'], to: ['b', 'in'] }] };
    expect([countChanges(diffFlows(before, wired)), countChanges(diffFlows(wired, before))]).toEqual([1, 1]);
  });
});
