import { expect, it } from 'vitest';
import { createIds } from './time.ts';

it('ids are unique within a process and among processes', () => {
  const [one, other] = [createIds(), createIds()];
  const made = Array.from({ length: 10_000 }, () => [one(), other()]).flat();
  expect(new Set(made).size).toBe(20_000);
});
