import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ownUse } from '../sandbox/ownUse.ts';
import { watchLoop } from './processFigures.ts';

function keepBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('[EN13] what a process takes', () => {
  it('is its processor time, which grows, and its memory', () => {
    const before = ownUse();
    keepBusy(60);
    expect(ownUse().cpuMs - before.cpuMs).toBeGreaterThan(20);
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
    await vi.waitFor(() => expect(watch.take().max).toBeGreaterThan(120), { timeout: 10_000, interval: 100 });
  });

  it('is nothing before there was a look', () => {
    const watch = watchLoop();
    onTestFinished(() => watch.stop());
    expect(watch.take()).toEqual({ mean: 0, p99: 0, max: 0 });
    watch.stop();
  });
});
