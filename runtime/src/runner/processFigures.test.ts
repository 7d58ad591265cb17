import { describe, expect, it, onTestFinished } from 'vitest';
import { ownUse } from '../sandbox/ownUse.ts';
import { fakeTime } from './fakeTime.ts';
import { tellProcesses, watchLoop } from './processFigures.ts';
import type { ProcessFigures } from './protocol.ts';
import { eventually } from '../testingPatience.ts';

function keepBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('[EN13] what a process takes', () => {
  it('is its processor time, which grows, and its memory', () => {
    const before = ownUse();
    keepBusy(100);
    expect(ownUse().cpuMs - before.cpuMs).toBeGreaterThan(5);
    expect(before.memory).toBeGreaterThan(10_000_000);
  });
});

describe('[EN13] the delay of the event loop', () => {
  it('shows turns that take long', async () => {
    const watch = watchLoop();
    const busy = setInterval(() => keepBusy(200), 50);
    onTestFinished(() => {
      clearInterval(busy);
      watch.stop();
    });
    await eventually(() => expect(watch.take().max).toBeGreaterThan(120), 100);
  });

  it('is nothing before there was a look', () => {
    const watch = watchLoop();
    onTestFinished(() => watch.stop());
    expect(watch.take()).toEqual({ mean: 0, p99: 0, max: 0 });
    watch.stop();
  });
});

describe('[EN13] a runner', () => {
  it('tells every 5 s what it and its sandbox take, until it is stopped', () => {
    const time = fakeTime();
    const told: ProcessFigures[] = [];
    const stats = { processes: 0, residentBytes: 0, cpuMs: 0, openPrograms: 0, calls: 0, messages: 0 };
    let taken = { ...stats, timeouts: 0, kills: 0, heldFlows: [] };
    let asked = 0;
    const stop = tellProcesses({
      time,
      sandbox: { stats: () => taken, askUse: () => void (asked += 1) },
      isDiskInTrouble: () => asked > 0,
      tell: (figures) => void told.push(figures),
    });
    time.advance(5_000);
    expect(told[0]).toMatchObject({ sandbox: undefined, isDiskInTrouble: false });
    expect(told[0]?.runner.memory).toBeGreaterThan(10_000_000);
    taken = { ...taken, cpuMs: 70, residentBytes: 900, kills: 2 };
    time.advance(5_000);
    expect(told[1]).toMatchObject({
      sandbox: { cpuMs: 70, memory: 900, restarts: 2 },
      isDiskInTrouble: true,
    });
    void stop();
    void stop();
    time.advance(60_000);
    expect([told.length, time.pending()]).toEqual([2, 0]);
  });
});
