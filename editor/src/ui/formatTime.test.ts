import { describe, expect, it } from 'vitest';
import { formatAgo, formatClock, formatExact, formatSpan } from './formatTime.ts';

const NOW = Date.UTC(2026, 2, 14, 12, 0, 0);
const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;

describe('formatAgo', () => {
  it.each([
    [0, 'just now'],
    [4.9 * S, 'just now'],
    [12 * S, '12 s ago'],
    [59.9 * S, '59 s ago'],
    [3 * MIN + 59 * S, '3 min ago'],
    [59 * MIN, '59 min ago'],
    [2 * H, '2 h ago'],
    [23.9 * H, '23 h ago'],
    [D, 'yesterday'],
    [2 * D, '2 days ago'],
    [6.9 * D, '6 days ago'],
    [7 * D, '7 Mar 2026'],
    [-4 * S, 'just now'],
    [-3 * MIN, 'in 3 min'],
  ])('%d ms ago is %s', (past, words) => {
    expect(formatAgo(NOW - past, NOW, 'en-GB')).toBe(words);
  });
});

describe('formatSpan', () => {
  it('takes the largest unit and rounds down', () => {
    expect([900, 61 * S, 119 * MIN, D, 3.5 * D].map(formatSpan)).toEqual([
      '0 s',
      '1 min',
      '1 h',
      '1 day',
      '3 days',
    ]);
  });
});

describe('formatExact and formatClock', () => {
  it('give seconds with the zone, and milliseconds of the day', () => {
    expect(formatExact(NOW, 'en-GB', 'Europe/Berlin')).toBe('14 Mar 2026, 13:00:00 CET');
    expect(formatClock(NOW + 250, 'UTC')).toBe('12:00:00.250');
    expect(formatClock(Date.UTC(2026, 2, 14), 'UTC')).toBe('00:00:00.000');
  });
});
