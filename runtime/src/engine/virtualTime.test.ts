import { describe, expect, it } from 'vitest';
import { createVirtualTime } from './virtualTime.ts';

describe('virtual time', () => {
  it('[EN11] stands until it is moved, and stops at what is due on the way, in due order', async () => {
    const time = createVirtualTime(1_000);
    const ran: [string, number][] = [];
    const note = (name: string) => () => ran.push([name, time.clock.now()]);
    time.scheduler.after(50, note('late'));
    time.scheduler.after(10, note('early'));
    time.scheduler.after(10, note('early too'));
    time.scheduler.after(30, () => time.scheduler.after(5, note('from another')));
    const cancel = time.scheduler.after(20, note('never'));
    cancel();
    cancel();
    await time.runUntil(1_040);
    expect(ran).toEqual([
      ['early', 1_010],
      ['early too', 1_010],
      ['from another', 1_035],
    ]);
    expect([time.clock.now(), time.standing]).toEqual([1_040, 1]);
    await time.runUntil(1_000);
    expect(time.clock.now()).toBe(1_040);
  });

  it('[EN11] lets promises and turns run their course before it goes on', async () => {
    const time = createVirtualTime(0);
    const ran: string[] = [];
    time.scheduler.after(
      5,
      () => void Promise.resolve().then(() => time.scheduler.soon(() => ran.push('soon'))),
    );
    time.scheduler.after(6, () => ran.push('after'));
    await time.runUntil(10);
    expect(ran).toEqual(['soon', 'after']);
  });

  it('[EN11] goes on at once where nothing is to be done on the way, and not past what is', async () => {
    const time = createVirtualTime(0);
    expect([time.skipTo(10), time.clock.now()]).toEqual([true, 10]);
    time.scheduler.after(5, () => undefined);
    expect([time.skipTo(14), time.skipTo(15), time.clock.now()]).toEqual([true, false, 14]);
    await time.runUntil(15);
    time.scheduler.soon(() => undefined);
    expect(time.skipTo(20)).toBe(false);
    await time.settle();
    const { promise, resolve } = Promise.withResolvers<void>();
    void time.track(promise);
    expect([time.skipTo(20), time.clock.now()]).toEqual([false, 15]);
    resolve();
    await time.settle();
    expect(time.skipTo(20)).toBe(true);
  });

  it('[EN11] stands still while work outside is under way', async () => {
    const time = createVirtualTime(0);
    const ran: string[] = [];
    const outside = new Promise<void>((resolve) => {
      setImmediate(() => setImmediate(() => setImmediate(resolve)));
    });
    void time.track(outside).then(() => ran.push('outside'));
    void time.track(Promise.reject(new Error('No.'))).catch(() => ran.push('failed'));
    time.scheduler.after(1, () => ran.push('timer'));
    await time.runUntil(5);
    expect(ran).toEqual(['failed', 'outside', 'timer']);
  });

  it('[EN11] says so when something is due for ever at one time', async () => {
    const time = createVirtualTime(0);
    const again = () => {
      for (let count = 0; count < 100_000; count++) time.scheduler.soon(() => undefined);
      time.scheduler.soon(again);
    };
    again();
    await expect(time.settle()).rejects.toThrow('1970-01-01T00:00:00.000Z');
  });
});
