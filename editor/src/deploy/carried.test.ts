import type { CarriedState } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { carriedSentence, carriedToShow, needsChoice } from './carried.ts';

const HOT: CarriedState = { node: 'hot', name: 'Too warm', keys: 3, timers: 12, fate: 'kept' };

describe('what a deploy does to what nodes keep', () => {
  it('[EN12] is asked about where timers run or something would be lost, and not where all is kept quietly', () => {
    expect(needsChoice([HOT])).toBe(true);
    expect(needsChoice([{ ...HOT, timers: 0 }])).toBe(false);
    expect(needsChoice([{ ...HOT, timers: 0, fate: 'gone' }])).toBe(true);
    expect(needsChoice([{ ...HOT, timers: 0, keys: 0, fate: 'reset' }])).toBe(false);
    expect(needsChoice([])).toBe(false);
  });

  it('[EN12] is said in words', () => {
    expect(carriedSentence(HOT)).toBe('12 timers are running at “Too warm”, and 3 keys are kept.');
    expect(carriedSentence({ ...HOT, timers: 1, keys: 1 })).toBe(
      '1 timer is running at “Too warm”, and 1 key is kept.',
    );
    expect(carriedSentence({ ...HOT, timers: 0, fate: 'gone' })).toBe(
      '3 keys are kept at “Too warm”. The node is not in the new version, so this is forgotten.',
    );
    expect(carriedSentence({ ...HOT, fate: 'reset' })).toContain('begins anew: its type');
  });

  it('[EN12] leaves out nodes that keep nothing', () => {
    expect(carriedToShow([{ ...HOT, keys: 0, timers: 0 }, HOT])).toEqual([HOT]);
  });
});
