import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { describe, expect, it } from 'vitest';
import { readingOf, shortValue } from './shownValue.ts';
import { sparkPoints, type Trend, withValue } from './sparkline.ts';

describe('sparkline', () => {
  it('draws the least at the foot, the most at the top, the newest at the right', () => {
    expect(sparkPoints([1, 3, 2], 10, 4)).toBe('0.0,4.0 5.0,0.0 10.0,2.0');
    expect(sparkPoints([5, 5], 10, 4)).toBe('0.0,2.0 10.0,2.0');
    expect(sparkPoints([5], 10, 4)).toBe('');
  });

  it('follows one device and keeps the last values', () => {
    const all = Array.from({ length: 40 }, (_, value) => value);
    const trend = all.reduce<Trend | undefined>((so, value) => withValue(so, 'f1', value), undefined);
    expect(trend?.values).toEqual(all.slice(-32));
    expect(trend === undefined ? undefined : withValue(trend, 'f2', 99)).toBe(trend);
  });
});

const message: ShownMessage = {
  id: 'm',
  time: 1,
  topic: '',
  device: 'f1',
  payload: { humidity: 40, temperature: -18.123 },
  headers: {},
};

describe('readingOf', () => {
  it('takes the number that the message is about, with its unit', () => {
    const headers = { measurement: 'temperature', unit: '°C' };
    expect(readingOf(message)).toEqual({ name: 'humidity', value: 40 });
    expect(readingOf({ ...message, headers })).toEqual({ name: 'temperature', value: -18.123, unit: '°C' });
    expect(readingOf({ ...message, payload: { value: 7, unit: 'bar' } })).toEqual({ value: 7, unit: 'bar' });
    expect(readingOf({ ...message, payload: 3 })).toEqual({ value: 3 });
    expect(readingOf({ ...message, payload: 'open' })).toBeUndefined();
  });

  it('shows the unit with the value, and the name where there is no unit', () => {
    const headers = { measurement: 'temperature', unit: '°C' };
    expect(shortValue({ ...message, headers }, 30)).toBe('−18.12 °C');
    expect(shortValue(message, 30)).toBe('humidity 40');
  });
});
