import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import { fakeTime } from './fakeTime.ts';
import { hostWith } from './host.ts';
import type { RunnerProcessEvents } from './launch.ts';

/** A host whose processes answer every deploy at once, and end as the test says. */
function stage() {
  const time = fakeTime();
  const told: string[] = [];
  let runs = new Set<string>();
  let events: RunnerProcessEvents | undefined;
  let ids = 0;
  const host = hostWith(
    {
      workspace: 'w',
      folder: '/nowhere',
      connections: [],
      devices: [],
      telemetry: { connection: 'embedded', filter: '#' },
      clock: time,
      newId: () => `id-${(ids += 1)}`,
      log: () => undefined,
      storeAlarms: () => Promise.resolve(),
    },
    (given) => {
      events = given;
      runs = new Set();
      return {
        pid: 1,
        kill: () => undefined,
        send(message) {
          if (message.kind === 'configure') time.soon(() => given.message({ kind: 'ready' }));
          if (message.kind === 'ping') given.message({ kind: 'pong' });
          if (message.kind !== 'deploy') return;
          runs.add(message.flow.id);
          const { request } = message;
          given.message({ kind: 'answer', request, result: { ok: true, problems: [] } });
        },
      };
    },
  );
  host.on('notices', ({ notices }) => {
    for (const notice of notices) if (notice.kind === 'flow') told.push(`${notice.flow} ${notice.state}`);
  });
  const live = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      time.advance(100);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  return {
    host,
    told,
    live,
    runs: () => [...runs].toSorted().join(''),
    async deploy(...flows: readonly string[]): Promise<void> {
      for (const id of flows) {
        const deployed = host.deploy(emptyFlow(id, id), 1, []);
        await live(100);
        await deployed;
      }
    },
    /** The process ends while this flow runs in it, again and again, for so long. */
    async endWhileRunning(flow: string, ms: number, signal = 'SIGSEGV'): Promise<void> {
      for (let passed = 0; passed < ms; passed += 300) {
        await live(300);
        if (runs.has(flow)) events?.ended('It ended.', signal);
        runs = runs.has(flow) ? new Set() : runs;
      }
    },
  };
}

describe('[EN13] a runner that ends again and again', () => {
  it('is freed of the flow that is the cause; the others run on', async () => {
    const { host, told, deploy, endWhileRunning, runs } = stage();
    await deploy('a', 'b', 'c', 'd', 'e');
    await endWhileRunning('d', 60_000);
    const last = new Map(told.map((line) => [line[0], line.slice(2)]));
    expect([...last].filter(([, state]) => state !== 'running')).toEqual([['d', 'held']]);
    expect(runs()).toBe('abce');
    expect(host.state()).toBe('ready');
    expect(host.restarts()).toBeGreaterThanOrEqual(3);
    expect(await host.inject('d', 'n', undefined, undefined)).toMatchObject({ ok: false, code: 'not-found' });
  });

  it('runs the flow again when a person starts it', async () => {
    const { deploy, endWhileRunning, runs, live, told } = stage();
    await deploy('a', 'b');
    await endWhileRunning('b', 60_000);
    expect(runs()).toBe('a');
    await deploy('b');
    await live(60_000);
    expect(runs()).toBe('ab');
    expect(told.filter((line) => line.startsWith('a') && line !== 'a running')).toEqual([]);
  });

  it.each(['SIGKILL', 'SIGTERM'])('keeps its flows when it is ended from outside by %s', async (signal) => {
    const { told, deploy, endWhileRunning, live, runs } = stage();
    await deploy('a', 'b');
    await endWhileRunning('a', 30_000, signal);
    await live(60_000);
    expect(told).toEqual([]);
    expect(runs()).toBe('ab');
  });
});
