import { expect, it } from 'vitest';
import { createGivenList } from './givenList.ts';

it('[EN6] knows what is not settled yet, in order, whatever the order in which it is settled', () => {
  const list = createGivenList<{ readonly value: number }>();
  const values = () => list.values().map(({ value }) => value);
  const places = Array.from({ length: 5_000 }, (_, value) => list.add({ value }));
  for (const [at, place] of places.entries())
    if (at % 1_000 !== 7) expect(list.settle(place)).toEqual({ value: at });
  expect([list.size, values()]).toEqual([5, [7, 1_007, 2_007, 3_007, 4_007]]);
  expect(places.slice(0, 2).map((place) => list.settle(place))).toEqual([undefined, undefined]);
  for (const at of [1_007, 7, 2_007]) expect(list.settle(places[at] ?? -1)).toEqual({ value: at });
  list.add({ value: 9 });
  expect([list.size, values()]).toEqual([3, [3_007, 4_007, 9]]);
  list.clear();
  expect([list.size, values(), list.settle(places[3_007] ?? -1)]).toEqual([0, [], undefined]);
  expect(list.settle(list.add({ value: 10 }))).toEqual({ value: 10 });
});
