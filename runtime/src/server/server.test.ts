import type { Flow } from '@sluice/shared/flow/flow.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import type { Answer, Status, Values } from '@sluice/shared/protocol/live.ts';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRunnerHost } from '../runner/host.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import { apiOf, send, startTestServer } from './testServer.ts';
import { eventually } from '../testingPatience.ts';

const node = (id: string, type: string, config: Record<string, never> | object, x: number) =>
  ({
    id,
    type,
    position: { x, y: 0 },
    config: config as Record<string, never>,
  }) satisfies Flow['nodes'][number];

const FREEZER: Flow = {
  ...emptyFlow('freezer', 'Freezer too warm'),
  nodes: [
    node('in', 'device-input', {}, 0),
    node(
      'hot',
      'threshold',
      { value: 'payload.temperature', operator: '>', limit: -15, mode: 'change' },
      240,
    ),
    node('to', 'change', { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] }, 480),
    node('out', 'mqtt-out', { connection: 'broker', qos: 1 }, 720),
  ],
  wires: [
    { from: ['in', 'out'], to: ['hot', 'in'] },
    { from: ['hot', 'raised'], to: ['to', 'in'] },
    { from: ['to', 'out'], to: ['out', 'in'] },
  ],
};

const HOOK: Flow = {
  ...emptyFlow('hook', 'Hook'),
  nodes: [node('in', 'http-in', { method: 'POST', path: '/hook' }, 0)],
};

/** The whole server with a real runner process, broker and database. */
async function start(flags: Record<string, unknown> = {}) {
  let host: RunnerHost | undefined;
  const test = await startTestServer(flags, {
    createHost: (options) => {
      host = createRunnerHost(options);
      return host;
    },
  });
  const cookie = test.cookieFor('integrator');
  return { ...test, api: apiOf(test.server, cookie), cookie, runner: () => host };
}

async function device(url: string) {
  const client = await connectAsync(url);
  onTestFinished(() => client.endAsync());
  const alerts: string[] = [];
  client.on('message', (topic) => alerts.push(topic));
  await client.subscribeAsync('alerts/#', { qos: 1 });
  const measure = (temperature: number) =>
    client.publishAsync('devices/f1/telemetry', JSON.stringify({ temperature }), { qos: 1 });
  return { alerts, measure };
}

describe('the server with its runner', () => {
  it('takes a drawing to an alert on MQTT and to live values on the screen', async () => {
    const { api, server, cookie } = await start();
    await api.ok('createFlow', { body: { name: FREEZER.name, flow: FREEZER } });
    expect(await api.ok('validateFlow', { params: { id: 'freezer' } })).toEqual({ problems: [] });
    expect(await api.ok('deploy', { body: { flow: 'freezer', revision: 1 } })).toMatchObject({
      state: 'running',
    });

    const page = io(server.address, { transports: ['websocket'], extraHeaders: { cookie } });
    onTestFinished(() => void page.close());
    const samples: Values['samples'] = [];
    const states: Status[] = [];
    page.on('values', (values: Values) => samples.push(...values.samples));
    page.on('status', (status: Status) => states.push(status));
    expect((await page.emitWithAck('watch', { flow: 'freezer' })) as Answer).toEqual({ ok: true });

    const { alerts, measure } = await device(server.mqttUrl);
    await measure(-20);
    await measure(-10);
    await eventually(() => expect(alerts).toEqual(['alerts/f1']));
    await eventually(() => expect(samples.map(({ wire }) => wire)).toContain('hot.raised>to.in'));
    expect(states[0]?.deployment).toMatchObject({ version: 1, state: 'running' });
    expect((await api.ok('devices')).map(({ id }) => id)).toEqual(['f1']);
  });

  it('[EN13] runs on after the runner is killed, and after a restart of the server', async () => {
    const first = await start();
    await first.api.ok('createFlow', { body: { name: FREEZER.name, flow: FREEZER } });
    await first.api.ok('deploy', { body: { flow: 'freezer', revision: 1 } });
    const before = await device(first.server.mqttUrl);
    process.kill(first.runner()?.pid() ?? 0, 'SIGKILL');
    await before.measure(-10);
    await eventually(() => expect(before.alerts).toEqual(['alerts/f1']));
    await first.server.stop();

    const again = await start({ data: first.folder });
    expect(await again.api.ok('deployments')).toMatchObject([{ flow: 'freezer', state: 'running' }]);
    const after = await device(again.server.mqttUrl);
    await after.measure(-20);
    await after.measure(-10);
    await eventually(() => expect(after.alerts).toEqual(['alerts/f1']));
  });

  it('carries HTTP requests into flows, and says when no flow serves an address', async () => {
    const { api, server } = await start();
    await api.ok('createFlow', { body: { name: HOOK.name, flow: HOOK } });
    await api.ok('deploy', { body: { flow: 'hook', revision: 1 } });
    expect((await send(server, 'post', '/in/hook', { body: { a: 1 } })).status).toBe(200);
    const none = await send(server, 'post', '/in/other', { body: {} });
    expect([none.status, JSON.stringify(none.body)]).toEqual([404, expect.stringContaining('/other')]);
    await api.ok('stopFlow', { params: { id: 'hook' } });
    expect((await send(server, 'post', '/in/hook', { body: {} })).status).toBe(404);
  });

  it('finds wrong user code before it runs', async () => {
    const { api } = await start();
    const flow: Flow = {
      ...emptyFlow('code', 'Code'),
      nodes: [node('f', 'function', { code: 'return {' }, 0)],
    };
    await api.ok('createFlow', { body: { name: 'Code', flow } });
    const problem = await api.problem('deploy', { body: { flow: 'code', revision: 1 } });
    expect(problem).toMatchObject({ status: 422, code: 'invalid-flow' });
    expect(problem.problems?.some(({ code, node }) => code === 'code.syntax' && node === 'f')).toBe(true);
  });
});
