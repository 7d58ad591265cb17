import { describe, expect, it } from 'vitest';
import { jsonProblem } from './jsonText.ts';
import { dueIn, keptOfResting, keptSummary, keptValue, keyName } from './keptState.ts';

const MIN = 60_000;
const entry = { key: 'k', timers: [] };

describe('what a node keeps, in words', () => {
  it.each([
    ['stopped', 'The flow is stopped; this is what it will go on with.'],
    ['failed', 'The flow is stopped; this is what it will go on with.'],
    ['held', 'The flow is held; this is what it will go on with.'],
    [undefined, 'Shown when the flow has run. Deploy it first.'],
  ] as const)('[EN9] of a flow that is %s', (state, words) => {
    expect(keptOfResting(state)).toBe(words);
  });

  it.each([
    [0, 'now'],
    [-5_000, 'now'],
    [400, '1 s'],
    [12_000, '12 s'],
    [59_001, '1 min'],
    [3 * MIN + 12_000, '3 min 12 s'],
    [10 * MIN, '10 min'],
    [125 * MIN, '2 h 5 min'],
    [50 * 60 * MIN, '2 d 2 h'],
  ])('[EN10] a timer due in %d ms is due in %s', (ms, words) => {
    expect(dueIn(1_000 + ms, 1_000)).toBe(words);
  });

  it('[EN9] shows a value in one line', () => {
    expect(keptValue({ ...entry, state: { raised: true, since: null, list: [1, 2], in: { a: 1 } } })).toBe(
      'raised yes · since none · list 2 items · in { a…',
    );
    expect(keptValue({ ...entry, state: 0 })).toBe('0');
    expect(keptValue({ ...entry, state: 'x'.repeat(100) })).toHaveLength(48);
    expect(keptValue({ ...entry, length: 20_000 })).toBe('too long to show (20,000 characters)');
    expect(keptValue({ ...entry, timers: [{ name: 't', dueAt: 1 }] })).toBe('a timer only');
  });

  it('[EN9] says how much is kept, and what was put out', () => {
    const page = { entries: [], total: 1, timers: 0, maxKeys: 100_000, evicted: 0 };
    expect(keptSummary(page)).toBe('1 key of at most 100,000');
    expect(keptSummary({ ...page, total: 12_000, timers: 2, evicted: 5 })).toBe(
      '12,000 keys of at most 100,000 · 2 timers running · 5 keys forgotten for room or age since the start',
    );
    expect(keyName('')).toBe('no device');
  });

  it('says why a text is no value', () => {
    expect(jsonProblem('{ "a": 1 }')).toBeUndefined();
    expect(jsonProblem(' ')).toBeUndefined();
    expect(jsonProblem('raised')).toMatch(/not JSON yet.*double quotes/);
  });
});
