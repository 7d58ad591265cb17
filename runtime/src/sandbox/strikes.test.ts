import { expect, it } from 'vitest';
import type { Strikes } from './strikes.ts';
import { strike } from './strikes.ts';

function after(...times: number[]): boolean {
  let strikes: Strikes = [];
  let isOut = false;
  for (const time of times) ({ strikes, isOut } = strike(strikes, time));
  return isOut;
}

it.each([
  { times: [0], isOut: false },
  { times: [0, 1], isOut: false },
  { times: [0, 1, 2], isOut: true },
  { times: [0, 30_000, 59_999], isOut: true },
  { times: [0, 30_000, 60_000], isOut: false },
  { times: [0, 30_000, 60_000, 89_999], isOut: true },
])('[EN13] kills at $times ms hold the flow: $isOut', ({ times, isOut }) => {
  expect(after(...times)).toBe(isOut);
});
