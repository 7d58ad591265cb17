import { expect, it } from 'vitest';
import { cut, formatNumber, formatValue } from './format.ts';

it('writes settings for reading', () => {
  expect(formatNumber(-15.5)).toBe('−15.5');
  expect(formatValue(-3)).toBe('−3');
  expect(formatValue('on')).toBe('“on”');
  expect(formatValue({ path: 'payload.max' })).toBe('payload.max');
  expect(formatValue({ template: 'a/{{device}}' })).toBe('“a/{{device}}”');
  expect(formatValue({ expression: 'payload.a + 1' })).toBe('= payload.a + 1');
  expect(formatValue([1, 2])).toBe('[1,2]');
  expect(cut('x'.repeat(50))).toHaveLength(30);
});
