import { createMessage } from '@sluice/shared/message/message.ts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSandbox } from './createSandbox.ts';

const MESSAGE = createMessage({ id: 'm', time: 0, topic: '', payload: null, headers: {} });

function setUp() {
  const sandbox = createSandbox({ limits: { timeoutMs: 300 } });
  onTestFinished(() => sandbox.close());
  const run = (flow: string, code: string) =>
    sandbox.compile(flow, 'n', { kind: 'function', code, outputs: 1 }).run([MESSAGE]);
  const asked = async (isEnough: (cpuMs: number) => boolean): Promise<number> =>
    vi.waitFor(
      () => {
        sandbox.askUse();
        const { cpuMs } = sandbox.stats();
        expect(isEnough(cpuMs)).toBe(true);
        return cpuMs;
      },
      { timeout: 10_000 },
    );
  return { sandbox, run, asked };
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
