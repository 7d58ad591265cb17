import { expect, it } from 'vitest';
import { createGivenList } from './givenPackets.ts';

it('[EN6] knows what is not settled yet, in order, whatever the order in which it is settled', () => {
  const list = createGivenList<number>();
  const given = Array.from({ length: 5_000 }, (_, value) => list.add(value));
  for (const [at, one] of given.entries()) if (at % 1_000 !== 7) expect(list.settle(one)).toBe(true);
  expect([list.size, list.values()]).toEqual([5, [7, 1_007, 2_007, 3_007, 4_007]]);
  expect(given.slice(0, 2).map((one) => list.settle(one))).toEqual([false, false]);
  for (const at of [1_007, 7, 2_007]) list.settle(given[at] ?? { value: 0 });
  list.add(9);
  expect([list.size, list.values()]).toEqual([3, [3_007, 4_007, 9]]);
  list.clear();
  expect([list.size, list.values(), list.settle(given[3_007] ?? { value: 0 })]).toEqual([0, [], false]);
});
