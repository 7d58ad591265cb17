import { durationSchema, toMs } from '@sluice/shared/message/duration.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { durationText, offsetText } from './offset.ts';

it('a moment is told from the start, in words', () => {
  expect([0, 600_000, 5_400_000, 90_061_001].map(offsetText)).toEqual([
    'at the start',
    '+10 min',
    '+1 h 30 min',
    '+1 d 1 h 1 min 1 s 1 ms',
  ]);
});

it('a length of time is written so that it reads back as the same', () => {
  expect(durationText(0)).toBe('0s');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 366 * 86_400_000 }), (ms) => {
      const text = durationText(ms);
      expect([durationSchema.safeParse(text).success, toMs(text)]).toEqual([true, ms]);
    }),
  );
});
