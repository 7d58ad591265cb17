import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import type { AlarmReport } from '@sluice/shared/node/context.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createRunnerHost } from './host.ts';
import type { RunnerEvents, RunnerHost } from './runnerHost.ts';
import { newId, systemTime } from './time.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A host with the real process. */
function start(): { readonly host: RunnerHost; readonly stored: AlarmReport[]; readonly logged: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-host-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const stored: AlarmReport[] = [];
  const logged: string[] = [];
  const host = createRunnerHost({
    workspace: 'w',
    folder,
    connections: [],
    devices: [],
    telemetry: { connection: 'broker', filter: 'devices/+/telemetry' },
    clock: systemTime,
    newId,
    log: (_level, sentence) => logged.push(sentence),
    storeAlarms: (_flow, _node, reports) => {
      stored.push(...reports);
      return Promise.resolve();
    },
  });
  closers.push(() => host.close(2_000));
  return { host, stored, logged };
}

function next<Kind extends keyof RunnerEvents>(
  host: RunnerHost,
  kind: Kind,
  fits: (event: RunnerEvents[Kind]) => boolean,
): Promise<RunnerEvents[Kind]> {
  return new Promise((resolve) => {
    const stop = host.on(kind, (event) => {
      if (!fits(event)) return;
      stop();
      resolve(event);
    });
  });
}

/** By button or HTTP into a threshold by device, and from there an alarm on each change. */
const FLOW: Flow = flowSchema.parse({
  format: 1,
  id: 'warm',
  name: 'Warm',
  nodes: [
    { id: 'press', type: 'inject', position: { x: 0, y: 0 }, config: {} },
    { id: 'ask', type: 'http-in', position: { x: 0, y: 96 }, config: { method: 'POST', path: '/measure' } },
    {
      id: 'hot',
      type: 'threshold',
      position: { x: 240, y: 0 },
      config: { value: 'payload.temperature', limit: 30, mode: 'change' },
    },
    { id: 'alarm', type: 'alarm', position: { x: 480, y: 0 }, config: {} },
    { id: 'show', type: 'debug', position: { x: 480, y: 96 }, config: {} },
  ],
  wires: [
    { from: ['press', 'out'], to: ['hot', 'in'] },
    { from: ['press', 'out'], to: ['show', 'in'] },
    { from: ['hot', 'raised'], to: ['alarm', 'in'] },
  ],
});

function measured(device: string, temperature: number) {
  return createMessage({ id: newId(), time: 0, device, payload: { temperature } });
}

async function press(host: RunnerHost, device: string, temperature: number): Promise<void> {
  const shown = next(host, 'notices', ({ notices }) => notices.some(({ kind }) => kind === 'debug'));
  expect(await host.inject('warm', 'press', 'out', measured(device, temperature))).toMatchObject({
    ok: true,
  });
  await shown;
}

describe('a runner process and its host', () => {
  it('a flow is deployed, gets a message by hand, counts it and raises an alarm; then all of it ends', async () => {
    const { host, stored } = start();
    expect(host.state()).toBe('idle');
    expect(await host.deploy(FLOW, 1, [])).toMatchObject({ ok: true });
    expect(host.state()).toBe('ready');
    host.watch('warm', true);
    const counted = next(host, 'counters', ({ wires }) => wires['press.out>hot.in'] === 1);
    await press(host, 'a', 31);
    expect((await counted).nodes['hot']).toMatchObject({ in: 1, errors: 0 });
    await expect.poll(() => stored).toMatchObject([{ device: 'a', state: 'active' }]);
    const pid = host.pid() ?? 0;
    await host.close(2_000);
    expect(isAlive(pid)).toBe(false);
  });

  it('[EN13] killed by kill -9 it comes back and goes on with its state', async () => {
    const { host, stored, logged } = start();
    await host.deploy(FLOW, 1, []);
    await press(host, 'a', 31);
    await expect.poll(() => stored).toHaveLength(1);
    const back = next(host, 'state', ({ state }) => state === 'ready');
    const under = host.check(FLOW);
    process.kill(host.pid() ?? 0, 'SIGKILL');
    expect(await under).toMatchObject({ ok: false, code: 'runner-away' });
    await back;
    expect(logged[0]).toContain('SIGKILL');
    // `a` is raised already, and its runner knows: only `b` goes on to the alarm.
    host.watch('warm', true);
    // Listened for before: counters are told when they change, and not again.
    const counted = next(
      host,
      'counters',
      ({ wires }) => wires['press.out>hot.in'] === 2 && wires['hot.raised>alarm.in'] === 1,
    );
    await press(host, 'a', 32);
    await press(host, 'b', 32);
    await counted;
    await expect.poll(() => stored.at(-1)?.device).toBe('b');
  });

  it('a request comes to its http-in node; one for nobody is 404', async () => {
    const { host } = start();
    const served = next(host, 'httpRoutes', ({ routes }) => routes.length > 0);
    await host.deploy(FLOW, 1, []);
    expect((await served).routes).toEqual([{ method: 'POST', path: '/measure' }]);
    const request = (path: string) =>
      host.handleHttp({
        id: newId(),
        method: 'POST',
        path,
        params: {},
        query: {},
        headers: { 'content-type': 'application/json' },
        body: new TextEncoder().encode('{"temperature":1}'),
      });
    expect((await request('/measure')).status).toBeLessThan(300);
    expect((await request('/nowhere')).status).toBe(404);
  });

  it('problems of a flow come back in words, and a check runs nothing', async () => {
    const { host } = start();
    const answer = await host.check({
      ...FLOW,
      nodes: FLOW.nodes.map((node) => ({ ...node, type: 'magic' })),
    });
    expect(answer).toMatchObject({ ok: false, code: 'invalid-flow' });
    expect(answer.problems[0]?.sentence).toContain('“magic”');
    expect(await host.check(FLOW)).toMatchObject({ ok: true });
    expect(await host.inject('warm', 'press', undefined, undefined)).toMatchObject({ code: 'not-found' });
  });

  it('a host that is killed takes its runner with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-host-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const program = `
      import { createRunnerHost } from ${JSON.stringify(new URL('host.ts', import.meta.url).href)};
      import { newId, systemTime } from ${JSON.stringify(new URL('time.ts', import.meta.url).href)};
      const host = createRunnerHost({ workspace: 'w', folder: ${JSON.stringify(folder)}, connections: [], devices: [],
        telemetry: { connection: 'broker', filter: 'd/+' }, clock: systemTime, newId, log: () => undefined,
        storeAlarms: () => Promise.resolve() });
      await host.deploy(${JSON.stringify(FLOW)}, 1, []);
      process.stdout.write(String(host.pid()));`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    const [said] = await once(parent.stdout, 'data');
    const pid = Number(String(said));
    expect(process.kill(pid, 0)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
