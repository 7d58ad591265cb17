import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { expect, it } from 'vitest';
import { upTo } from './upTo.ts';

const flow: Flow = flowSchema.parse({
  format: 1,
  id: 'f',
  name: 'F',
  nodes: ['in', 'late', 'here', 'behind', 'beside'].map((id) => ({
    id,
    type: 'delay',
    position: { x: 0, y: 0 },
  })),
  wires: [
    ['in', 'late'],
    ['late', 'here'],
    ['here', 'behind'],
    ['here', 'late'],
    ['in', 'beside'],
  ].map(([from, to]) => ({ from: [from, 'out'], to: [to, 'in'] })),
});

it('a flow up to a node is that node and what leads to it; what it sends goes nowhere, not even back', () => {
  const cut = upTo(flow, 'here');
  expect(cut.nodes.map(({ id }) => id)).toEqual(['in', 'late', 'here']);
  expect(cut.wires.map(({ from, to }) => `${from[0]} ${to[0]}`)).toEqual(['in late', 'late here']);
});
