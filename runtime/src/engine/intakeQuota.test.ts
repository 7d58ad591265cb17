import { describe, expect, it } from 'vitest';
import { createIntakeQuota } from './intakeQuota.ts';
import { createVirtualTime } from './virtualTime.ts';

function setUp(perSecond: number | undefined) {
  const time = createVirtualTime(0);
  const quota = createIntakeQuota(time.clock, time.scheduler);
  quota.setMost(perSecond);
  return { time, quota };
}

describe('[EN5] the quota of messages a second', () => {
  it('lets as many in a second as it says, over any longer time', async () => {
    const { time, quota } = setUp(1_000);
    let taken = 0;
    const take = (): void => {
      while (!quota.isReached) {
        quota.took(50);
        taken += 50;
      }
    };
    quota.onRoom(take);
    take();
    await time.runUntil(20_000);
    // A second's worth at once, then the pace; what came with the last batch before a wait is on top.
    expect(taken).toBeGreaterThan(19_000);
    expect(taken).toBeLessThan(21_200);
    expect(quota.waits).toBeGreaterThan(100);
  });

  it('makes nobody wait below it, or where there is none', async () => {
    const { time, quota } = setUp(1_000);
    const { quota: none } = setUp(undefined);
    for (let at = 0; at < 10_000; at += 100) {
      quota.took(90);
      none.took(1_000_000);
      await time.runUntil(at + 100);
    }
    expect([quota.waits, none.waits, none.isReached]).toEqual([0, 0, false]);
  });

  it('lets those that wait go on at once when it is raised, and tells nobody after its end', async () => {
    const { time, quota } = setUp(10);
    let told = 0;
    quota.onRoom(() => {
      told += 1;
    });
    quota.took(1_000);
    expect(quota.isReached).toBe(true);
    quota.setMost(10_000);
    expect([quota.isReached, told]).toEqual([false, 1]);
    quota.took(20_000);
    quota.stop();
    quota.stop();
    await time.runUntil(60_000);
    expect(told).toBe(1);
  });
});
