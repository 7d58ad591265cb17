import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregate, Sample } from './aggregate.ts';
import { aggregateOf, calculate, merge, ofOne, percentileOf } from './aggregate.ts';

const MINUTE = { percent: 95, slopeMs: 60_000 };
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const sample = fc.record({ time: fc.integer({ min: 0, max: 1_000_000 }), value });
const samples = fc.array(sample, { minLength: 1, maxLength: 60 });

function allOf(list: readonly Sample[], keepsValues = true): Aggregate {
  const all = aggregateOf(list, keepsValues);
  if (all === undefined) throw new Error('no samples');
  return all;
}
const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** The definitions as a book has them, in two passes over everything. */
function plainly(list: readonly Sample[]) {
  const values = list.map((one) => one.value);
  const times = list.map((one) => one.time);
  const [middle, middleTime] = [mean(values), mean(times)];
  const squares = values.reduce((sum, one) => sum + (one - middle) ** 2, 0);
  const timeSquares = times.reduce((sum, one) => sum + (one - middleTime) ** 2, 0);
  const products = list.reduce((sum, one) => sum + (one.value - middle) * (one.time - middleTime), 0);
  return {
    mean: middle,
    deviation: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)),
    slope: timeSquares === 0 ? null : (products / timeSquares) * MINUTE.slopeMs,
  };
}

describe('aggregate', () => {
  it('gives what the definitions give', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const all = allOf(list);
        const expected = plainly(list);
        expect(all.count).toBe(list.length);
        expect(all.min).toBe(Math.min(...list.map((one) => one.value)));
        expect(all.max).toBe(Math.max(...list.map((one) => one.value)));
        expect(all.mean).toBeCloseTo(expected.mean, 4);
        const deviation = calculate('standardDeviation', all, MINUTE);
        if (expected.deviation === null) expect(deviation).toBeNull();
        else expect(deviation).toBeCloseTo(expected.deviation, 3);
      }),
    );
  });

  it('is the same however the set is cut in two', () => {
    const cut = samples.chain((list) =>
      fc.tuple(fc.constant(list), fc.integer({ min: 1, max: list.length })),
    );
    fc.assert(
      fc.property(cut, ([list, at]) => {
        const whole = allOf(list);
        const rest = aggregateOf(list.slice(at), true);
        const joined = rest === undefined ? allOf(list.slice(0, at)) : merge(allOf(list.slice(0, at)), rest);
        expect(joined.values).toEqual(whole.values);
        expect([joined.count, joined.min, joined.max, joined.first, joined.last]).toEqual([
          whole.count,
          whole.min,
          whole.max,
          whole.first,
          whole.last,
        ]);
        expect(joined.sum).toBeCloseTo(whole.sum, 4);
        expect(Math.sqrt(joined.squares)).toBeCloseTo(Math.sqrt(whole.squares), 3);
      }),
    );
  });

  it('finds the slope of a line, whatever the times and with the noise of the sum', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 3600 }), { minLength: 2, maxLength: 50 }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        (seconds, perMinute) => {
          const list = seconds.map((second) => ({
            time: 1_767_225_600_000 + second * 1000,
            value: 20 + (perMinute * second) / 60,
          }));
          expect(calculate('slope', allOf(list), MINUTE)).toBeCloseTo(perMinute, 5);
        },
      ),
    );
  });

  it('keeps its digits where the spread is small beside the mean', () => {
    const list = [4, 7, 13, 16].map((one, index) => ({ time: index, value: 1e9 + one }));
    expect(calculate('standardDeviation', allOf(list), MINUTE)).toBeCloseTo(Math.sqrt(30), 9);
  });

  it('first and last go by time, and by order where times are the same', () => {
    const all = allOf([
      { time: 5, value: 1 },
      { time: 2, value: 2 },
      { time: 2, value: 3 },
      { time: 5, value: 4 },
    ]);
    expect([all.first.value, all.last.value]).toEqual([2, 4]);
  });

  it('says null where there is no answer', () => {
    const one = ofOne({ time: 1, value: 5 }, true);
    expect(calculate('standardDeviation', one, MINUTE)).toBeNull();
    expect(calculate('slope', one, MINUTE)).toBeNull();
    expect(calculate('median', one, MINUTE)).toBe(5);
    expect(aggregateOf([], true)).toBeUndefined();
  });

  it('keeps no values unless it has to', () => {
    expect(
      allOf(
        [
          { time: 1, value: 1 },
          { time: 2, value: 2 },
        ],
        false,
      ).values,
    ).toBeNull();
  });
});

describe('percentile', () => {
  it.each([
    [[15, 20, 35, 40, 50], 40, 29],
    [[1, 2, 3, 4], 50, 2.5],
    [[3, 1, 2], 50, 2],
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 100, 4],
    [[7], 95, 7],
    [[], 50, null],
    [[-10, -9, 100], 50, -9],
  ])('of %j at %d is %s', (values, percent, expected) => {
    expect(percentileOf(values, percent)).toBe(expected);
  });

  it('lies between least and greatest, and grows with the per cent', () => {
    const percents = fc.tuple(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), percents, (values, [one, other]) => {
        const low = percentileOf(values, Math.min(one, other)) ?? Number.NaN;
        const high = percentileOf(values, Math.max(one, other)) ?? Number.NaN;
        const tolerance = 1e-6;
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - tolerance);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + tolerance);
        expect(low).toBeLessThanOrEqual(high + tolerance);
      }),
    );
  });
});
