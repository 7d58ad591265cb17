import type { Flow } from '@sluice/shared/flow/flow.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRunnerHost } from '../runner/host.ts';
import type { RunnerTime } from '../runner/time.ts';
import { systemTime } from '../runner/time.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { ADA, apiOf, send, startTestServer } from './testServer.ts';
import { startWithWorkspaces } from './workspaces/testingWorkspaces.ts';
import { eventually } from '../testingPatience.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };
/** The looks that come every 30 s come at once. */
const SOON: RunnerTime = {
  ...systemTime,
  after: (ms, run) => systemTime.after(ms === 30_000 ? 200 : ms, run),
};
const HOOK: Flow = {
  ...emptyFlow('hook', 'Hook'),
  nodes: [{ id: 'in', type: 'http-in', position: { x: 0, y: 0 }, config: { method: 'POST', path: '/hook' } }],
};

describe('[EN5] the quota of messages a second', () => {
  it('makes callers wait, raises an alarm, and is over when it is raised', async () => {
    const test = await startTestServer(ADMIN, { createHost: createRunnerHost });
    const api = apiOf(test.server, test.cookieFor('admin'));
    await api.ok('saveLimits', { body: { ...DEFAULT_LIMITS, messagesASecond: 10 } });
    await api.ok('createFlow', { body: { name: 'Hook', flow: HOOK } });
    await api.ok('deploy', { body: { flow: 'hook', revision: 1 } });
    const call = () => send(test.server, 'post', '/in/hook', { body: {} });
    const statuses: number[] = [];
    for (let count = 0; count < 40; count++) statuses.push((await call()).status);
    const through = statuses.filter((status) => status === 200).length;
    expect(through).toBeGreaterThanOrEqual(10);
    expect(through).toBeLessThan(35);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    await eventually(async () => {
      expect(await api.ok('alarms')).toMatchObject([{ flow: 'sluice', node: 'limits', key: 'messages' }]);
    }, 200);
    await api.ok('saveLimits', { body: DEFAULT_LIMITS });
    for (let count = 0; count < 40; count++) expect((await call()).status).toBe(200);
  });
});

describe('the quota of devices', () => {
  it('leaves out those that are too many, counts them in an alarm, and keeps those that are there', async () => {
    const test = await startTestServer(ADMIN, { time: SOON });
    const api = apiOf(test.server, test.cookieFor('admin'));
    await api.ok('saveLimits', { body: { ...DEFAULT_LIMITS, devices: 2 } });
    const client = await connectAsync(test.server.mqttUrl);
    onTestFinished(() => client.endAsync());
    const tell = async (...ids: string[]): Promise<void> => {
      for (const id of ids) await client.publishAsync(`devices/${id}/telemetry`, '{"t":1}', { qos: 1 });
    };
    await tell('a', 'b', 'c', 'a');
    await eventually(async () => expect(await api.ok('alarms')).toMatchObject([{ key: 'devices' }]));
    expect((await api.ok('devices')).map(({ id }) => id)).toEqual(['a', 'b']);
    await api.ok('saveLimits', { body: { ...DEFAULT_LIMITS, devices: 3 } });
    await tell('c');
    await eventually(async () => expect((await api.ok('alarms'))[0]?.state).toBe('cleared'));
    expect((await api.ok('devices')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

describe('the quotas of a workspace', () => {
  it('are set by the owner, for any workspace, and by none of its admins', async () => {
    const { owner, adminOf } = await startWithWorkspaces(ADMIN);
    const { api } = adminOf('other');
    expect(await api.problem('saveLimits', { body: DEFAULT_LIMITS })).toMatchObject({ code: 'not-allowed' });
    const params = { id: 'other' };
    const theirs = { params, body: DEFAULT_LIMITS };
    expect(await api.problem('saveWorkspaceLimits', theirs)).toMatchObject({ code: 'not-allowed' });
    await owner.ok('saveWorkspaceLimits', { params, body: { ...DEFAULT_LIMITS, flows: 1 } });
    expect((await owner.ok('workspaceLimits', { params })).flows).toBe(1);
    expect((await owner.ok('limits')).flows).toBe(DEFAULT_LIMITS.flows);
    await api.ok('createFlow', { body: { name: 'A' } });
    expect(await api.problem('createFlow', { body: { name: 'B' } })).toMatchObject({ code: 'limit-reached' });
  });

  it('that were stored before there were limits of devices and messages have the default of these', async () => {
    const test = await startTestServer(ADMIN);
    const { devices: _, messagesASecond: __, ...old } = { ...DEFAULT_LIMITS, flows: 5 };
    await test.server.stop();
    test.database.prepare("INSERT INTO limits VALUES ('main', ?)").run(JSON.stringify(old));
    const again = await startTestServer({ data: test.folder });
    expect(await apiOf(again.server, again.cookieFor('viewer')).ok('limits')).toEqual({
      ...DEFAULT_LIMITS,
      flows: 5,
    });
  });
});
