import { expect, it } from 'vitest';
import { drawFlow, planOf } from '../../engine/testNodes.ts';
import { codeDepths } from './codeDepths.ts';

const hold = { type: 'hold', config: { ms: 1 } };

function depthsIn(...parts: Parameters<typeof drawFlow>) {
  return Object.fromEntries(
    codeDepths(planOf(drawFlow(...parts)), ({ entry }) => entry.definition.type === 'send'),
  );
}

it('code counts what code stands in front of it, by the longest way, through whatever is between', () => {
  const depths = depthsIn(
    { in: 'bring', a: 'send', b: 'pass', c: 'send', d: 'send', e: 'send' },
    'in>a',
    'a>b',
    'b>c',
    'in.other>d',
    'd>e',
    'c>e',
  );
  expect(depths).toEqual({ a: 1, c: 2, d: 1, e: 3 });
});

it('what a loop or a catch node leads to cannot be foreseen', () => {
  const depths = depthsIn(
    { in: 'bring', a: 'send', hold, c: 'send', d: 'send', caught: 'rescue', e: 'send' },
    'in>a',
    'a>hold',
    'hold>c',
    'c>hold',
    'c>d',
    'caught>e',
  );
  expect(depths).toEqual({ a: 1 });
});
