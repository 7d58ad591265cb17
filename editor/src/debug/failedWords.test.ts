import type { LetterGroup } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import {
  failedByFlow,
  failedLine,
  filterOf,
  filterOfAll,
  progressWords,
  replayedWords,
  stampOf,
  unlisted,
} from './failedWords.ts';

const group = (parts: Partial<LetterGroup> = {}): LetterGroup => ({
  flow: 'cold',
  node: 'store',
  sentence: 'No.',
  count: 3,
  newestAt: 9,
  oldestAt: 5,
  ...parts,
});

describe('failed messages in words', () => {
  it('are counted by flow, the one with the most first', () => {
    const groups = [group({ flow: 'pump', count: 4 }), group(), group({ node: 'tell', count: 2 })];
    expect(failedByFlow(groups)).toEqual([
      { flow: 'cold', count: 5 },
      { flow: 'pump', count: 4 },
    ]);
    expect(failedLine({ groups, kept: 9 })).toBe('9 failed messages in 2 flows');
    expect(failedLine({ groups: [group({ count: 1 })], kept: 1 })).toBe('1 failed message in 1 flow');
    expect(failedLine({ groups: [], kept: 0 })).toBeUndefined();
  });

  it('say how many are of groups that are not listed', () => {
    expect(unlisted({ groups: [group()], kept: 10 })).toBe(7);
    expect(unlisted({ groups: [group()], kept: 2 })).toBe(0);
  });

  it('are those that a person sees: what fails later is not among them', () => {
    expect(filterOf(group())).toEqual({ flow: 'cold', node: 'store', sentence: 'No.', until: 9 });
    expect(filterOfAll('cold', [group(), group({ newestAt: 12 })])).toEqual({ flow: 'cold', until: 12 });
  });

  it('tell when messages of a group came or went, also one for one', () => {
    expect(stampOf(group())).not.toBe(stampOf(group({ newestAt: 10, oldestAt: 6 })));
  });

  it('say what came of a replay', () => {
    expect(replayedWords({ replayed: 1, left: 0 })).toMatchObject({
      isDone: true,
      text: '1 message was sent again.',
    });
    expect(replayedWords({ replayed: 1_200, left: 3, sentence: 'It is off.' })).toEqual({
      isDone: false,
      text: '1,200 messages were sent again, 3 are left.',
      detail: 'It is off.',
    });
    expect(replayedWords({ replayed: 0, left: 0 }).text).toBe('There was nothing left to replay.');
    expect(progressWords({ replayed: 3_000, left: 7_000 })).toBe('Replaying: 3,000 of 10,000');
  });
});
