import { describe, expect, it } from 'vitest';
import { downstreamOf } from './downstream.ts';
import { drawFlow, planOf } from './testNodes.ts';

const hold = { type: 'hold', config: { ms: 1 } };

function downstreamIn(...parts: Parameters<typeof drawFlow>) {
  const plan = planOf(drawFlow(...parts));
  const idOf = (index: number) => plan.nodes[index]?.id ?? '';
  const sends = plan.nodes.filter(({ entry }) => entry.definition.type === 'send');
  const downstream = downstreamOf(plan, new Set(sends.map(({ index }) => index)));
  return (id: string) =>
    downstream(plan.nodes.findIndex((node) => node.id === id))
      .map(idOf)
      .sort();
}

describe('what is downstream', () => {
  it('[EN5] is every waiting node that messages can come to, through others too', () => {
    const downstream = downstreamIn(
      { in: 'bring', a: 'send', b: 'pass', c: 'send', d: 'send' },
      'in>a',
      'a>b',
      'b>c',
      'in.other>d',
    );
    expect([downstream('in'), downstream('a'), downstream('c')]).toEqual([['a', 'c', 'd'], ['c'], []]);
  });

  it('[EN5] is not what leads back: in a loop nobody waits for the other', () => {
    const downstream = downstreamIn(
      { in: 'bring', a: 'send', hold, b: 'send', c: 'send' },
      'in>a',
      'a>b',
      'b>hold',
      'hold>a',
      'b>c',
    );
    expect([downstream('in'), downstream('a'), downstream('b')]).toEqual([['a', 'b', 'c'], ['c'], ['c']]);
  });

  it('[EN5] is what catch nodes lead to, as any node can fail', () => {
    const downstream = downstreamIn(
      { in: 'bring', a: 'send', rescue: 'rescue', b: 'send' },
      'in>a',
      'rescue>b',
    );
    expect([downstream('in'), downstream('a'), downstream('b')]).toEqual([['a', 'b'], ['b'], []]);
  });
});
