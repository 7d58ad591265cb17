import { describe, expect, it } from 'vitest';
import { isNumber, notANumber } from './number.ts';

describe('isNumber', () => {
  it('takes numbers that can be compared, and nothing that only looks like one', () => {
    expect([0, -1.5, 1e300].every(isNumber)).toBe(true);
    expect([Number.NaN, Infinity, '1', true, null, undefined, [1], {}].some(isNumber)).toBe(false);
  });
});

describe('notANumber', () => {
  it.each([
    [undefined, 'payload.t is missing.'],
    [null, 'payload.t is empty (null).'],
    ['warm', 'payload.t is the text “warm”.'],
    [Number.NaN, 'payload.t is NaN.'],
    [-Infinity, 'payload.t is −Infinity.'],
    [true, 'payload.t is true.'],
    [new Uint8Array(3), 'payload.t is raw bytes (3).'],
    [[1], 'payload.t is a list.'],
    [{ celsius: 1 }, 'payload.t is an object (celsius).'],
  ])('names the field and what was found: %s', (found, start) => {
    expect(notANumber('payload.t', found)).toMatch(start);
    expect(notANumber('payload.t', found)).toMatch(/\.$/);
  });

  it('shortens what is long', () => {
    expect(notANumber('payload.t', 'x'.repeat(10_000)).length).toBeLessThan(200);
  });
});
