import { createMessage } from '@sluice/shared/message/message.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSandbox } from './createSandbox.ts';
import type { FlowUse } from './flowUse.ts';
import { eventually } from '../testingPatience.ts';

const MESSAGE = createMessage({ id: 'm', time: 0, topic: '', payload: null, headers: {} });

function setUp() {
  const sandbox = createSandbox({ limits: { timeoutMs: 300 } });
  onTestFinished(() => sandbox.close());
  const run = (flow: string, code: string) =>
    sandbox.compile(flow, 'n', { kind: 'function', code, outputs: 1 }).run([MESSAGE]);
  const asked = async (isEnough: (cpuMs: number) => boolean): Promise<number> =>
    eventually(() => {
      sandbox.askUse();
      const { cpuMs } = sandbox.stats();
      expect(isEnough(cpuMs)).toBe(true);
      return cpuMs;
    });
  const askedOf = async (flow: string, isEnough: (use: FlowUse) => boolean): Promise<FlowUse> =>
    eventually(() => {
      sandbox.askUse();
      const use = sandbox.useOf(flow);
      expect(isEnough(use)).toBe(true);
      return use;
    });
  return { sandbox, run, asked, askedOf };
}

describe('[EN13] what the sandbox takes', () => {
  it('is nothing before it is needed, and then processor time and memory', async () => {
    const { sandbox, run, asked } = setUp();
    sandbox.askUse();
    expect(sandbox.stats()).toMatchObject({ cpuMs: 0, residentBytes: 0, kills: 0 });
    await run('a', 'return message');
    const started = await asked((cpuMs) => cpuMs > 0);
    await run('a', 'for (let i = 0; i < 5e7; i++) Math.sqrt(i); return message');
    await asked((cpuMs) => cpuMs > started + 20);
    expect(sandbox.stats().residentBytes).toBeGreaterThan(10_000_000);
  });

  it('does not shrink when a process is killed and the spare takes over', async () => {
    const { sandbox, run, asked } = setUp();
    await run('a', 'return message');
    const before = await asked((cpuMs) => cpuMs > 0);
    await run('bad', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)');
    expect(sandbox.stats().kills).toBeGreaterThan(0);
    expect(sandbox.stats().cpuMs).toBeGreaterThanOrEqual(before);
    await run('a', 'return message');
    await asked((cpuMs) => cpuMs > before);
  });
});

const BURN = 'for (let i = 0; i < 5e7; i++) Math.sqrt(i); return message';

describe('[EN13] what the user code of one flow takes', () => {
  it('is shown by that flow, and not by its neighbour', async () => {
    const { sandbox, run, askedOf } = setUp();
    await Promise.all([run('busy', BURN), run('quiet', 'return message')]);
    const busy = await askedOf('busy', ({ cpuMs, memory }) => cpuMs > 20 && memory > 100_000);
    const quiet = await askedOf('quiet', ({ memory }) => memory > 100_000);
    expect(quiet.cpuMs).toBeLessThan(busy.cpuMs);
    await run('busy', BURN);
    await askedOf('busy', ({ cpuMs }) => cpuMs > busy.cpuMs + 20);
    // To look at its heap takes a moment of its isolate, too.
    expect(sandbox.useOf('quiet').cpuMs).toBeLessThan(quiet.cpuMs + 10);
    expect(sandbox.useOf('another')).toEqual({ cpuMs: 0, memory: 0 });
  });

  it('stays counted when its process is killed, and when its isolate runs out of memory', async () => {
    const { sandbox, run, askedOf } = setUp();
    await run('a', BURN);
    const before = await askedOf('a', ({ cpuMs }) => cpuMs > 20);
    await run('bad', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)');
    expect(sandbox.stats().kills).toBeGreaterThan(0);
    expect(sandbox.useOf('a').cpuMs).toBeGreaterThanOrEqual(before.cpuMs);
    await run('a', BURN);
    const again = await askedOf('a', ({ cpuMs }) => cpuMs > before.cpuMs + 20);
    await run('a', 'const all = []; for (;;) all.push(new Array(1e5).fill({}))');
    await run('a', BURN);
    await askedOf('a', ({ cpuMs }) => cpuMs > again.cpuMs + 20);
  });

  it('counts the code that had to be killed', async () => {
    const { run, askedOf } = setUp();
    await run('bad', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)');
    await askedOf('bad', ({ cpuMs }) => cpuMs > 300);
  });
});
