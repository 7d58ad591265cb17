import { describe, expect, it } from 'vitest';
import type { Pace, PaceEffect } from './throttle.ts';
import { limitOf, passed, startPace, tookMessage } from './throttle.ts';

/** A device that sends evenly for a while; what came of it, without the waits. */
function send(before: Pace, from: number, seconds: number, perSecond: number) {
  let pace = before;
  const told: PaceEffect[] = [];
  let waits = 0;
  const all = Math.round(seconds * perSecond);
  let looked = from;
  for (let count = 0; count < all; count++) {
    const now = from + (count * 1_000) / perSecond;
    for (; looked + 5_000 <= now; looked += 5_000) {
      const [next, effects] = passed(pace, looked);
      pace = next;
      told.push(...effects);
    }
    const [next, effects] = tookMessage(pace, now);
    pace = next;
    for (const effect of effects) {
      if (effect.kind === 'wait') waits += 1;
      else told.push(effect);
    }
  }
  return { pace, told, waits, end: from + seconds * 1_000 };
}

function quiet(before: Pace, from: number, seconds: number) {
  let pace = before;
  const told: string[] = [];
  for (let now = from; now <= from + seconds * 1_000; now += 5_000) {
    const [next, effects] = passed(pace, now);
    pace = next;
    told.push(...effects.map(({ kind }) => kind));
  }
  return { pace, told };
}

describe('the pace of a device', () => {
  it('is what is usual for it: a busy one goes on as it began, and may double', () => {
    const first = send(startPace(0), 0, 120, 500);
    const second = send(first.pace, first.end, 60, 1_000);
    expect([first, second].map(({ told, waits }) => ({ told, waits }))).toEqual([
      { told: [], waits: 0 },
      { told: [], waits: 0 },
    ]);
    expect(limitOf(second.pace)).toBeGreaterThan(50_000);
  });

  it('of a quiet one lets it speak up to 10 messages a second', () => {
    const usual = send(startPace(0), 0, 600, 1 / 60);
    expect(limitOf(usual.pace)).toBe(10);
    const louder = send(usual.pace, usual.end, 120, 9);
    expect(louder).toMatchObject({ told: [], waits: 0 });
  });

  it('makes it wait beyond 100 times of that, tells it once, and ends that when it is over', () => {
    const usual = send(startPace(0), 0, 300, 1);
    expect(limitOf(usual.pace)).toBeCloseTo(100, -1);
    const below = send(usual.pace, usual.end, 5, 90);
    expect(below).toMatchObject({ told: [], waits: 0 });
    const flood = send(usual.pace, usual.end, 20, 1_000);
    expect(flood.told).toEqual([
      { kind: 'raise', usual: expect.closeTo(1, 1), limit: expect.closeTo(100, -1) },
    ]);
    expect(flood.waits).toBeGreaterThan(10_000);
    const after = quiet(flood.pace, flood.end, 25);
    expect(after.told).toEqual([]);
    expect(quiet(after.pace, flood.end + 25_000, 60).told).toEqual(['clear']);
  });

  it('is not learnt from a flood', () => {
    const usual = send(startPace(0), 0, 300, 1);
    const flood = send(usual.pace, usual.end, 600, 200);
    expect(flood.told).toHaveLength(1);
    expect(limitOf(flood.pace)).toBeLessThan(150);
  });

  it('waits no longer than a connection can go unread', () => {
    let pace = send(startPace(0), 0, 60, 1 / 10).pace;
    const waits: number[] = [];
    for (let count = 0; count < 5_000; count++) {
      const [next, effects] = tookMessage(pace, 60_000);
      pace = next;
      for (const effect of effects) if (effect.kind === 'wait') waits.push(effect.ms);
    }
    expect(Math.max(...waits)).toBe(5_000);
    // And soon after it may go on as before.
    expect(tookMessage(pace, 75_000)[1]).toEqual([]);
  });
});
