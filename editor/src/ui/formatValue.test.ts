import { describe, expect, it } from 'vitest';
import { counted, formatNumber, formatPlain, formatRate } from './formatValue.ts';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [-0.000_01, '−1.00 × 10⁻⁵'],
    [-18.416, '−18.42'],
    [21, '21'],
    [0.012_345, '0.0123'],
    [142.34, '142.3'],
    [1_284_201.4, '1,284,201'],
    [3e15, '3.00 × 10¹⁵'],
    [Number.NaN, 'not a number'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('%d reads %s', (value, text) => {
    expect(formatNumber(value, 'en')).toBe(text);
  });
});

describe('formatPlain', () => {
  it('says what a value is that has no digits', () => {
    expect([true, false, null, '', 'open'].map((value) => formatPlain(value))).toEqual([
      'yes',
      'no',
      'none',
      'empty',
      'open',
    ]);
  });
});

describe('formatRate', () => {
  it('counts by the minute, and by the second from two a second on', () => {
    expect([0, 2.64, 60.1, 121, 6_000].map((rate) => formatRate(rate, 'en'))).toEqual([
      '0 /min',
      '2.6 /min',
      '60 /min',
      '2 /s',
      '100 /s',
    ]);
  });
});

describe('counted', () => {
  it('has one device and many devices', () => {
    expect([0, 1, 1_200].map((count) => counted(count, 'device'))).toEqual([
      '0 devices',
      '1 device',
      '1,200 devices',
    ]);
  });
});
