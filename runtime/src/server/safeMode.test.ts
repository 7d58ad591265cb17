import { describe, expect, it } from 'vitest';
import { apiOf, startTestServer } from './testServer.ts';

const SENTENCE = 'Started in safe mode; start it when you have looked at it.';

async function deployed() {
  const test = await startTestServer();
  const api = apiOf(test.server, test.cookieFor('admin'));
  for (const name of ['A', 'B', 'C']) {
    await api.ok('createFlow', { body: { name } });
    await api.ok('deploy', { body: { flow: name.toLowerCase(), revision: 1 } });
  }
  await api.ok('stopFlow', { params: { id: 'c' } });
  await test.server.stop();
  return test.folder;
}

async function restarted(data: string, flags: Record<string, unknown>) {
  const test = await startTestServer({ data, ...flags });
  const api = apiOf(test.server, test.cookieFor('operator'));
  const states = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await api.ok('deployments')).map(({ flow, state }) => [flow, state]));
  return { ...test, api, states };
}

describe('[EN13] safe mode', () => {
  it('holds every flow that ran, says so, and runs none of them', async () => {
    const { api, host, states, lines } = await restarted(await deployed(), { safe: true });
    expect(await states()).toEqual({ a: 'held', b: 'held', c: 'stopped' });
    expect((await api.ok('deployments'))[0]?.sentence).toBe(SENTENCE);
    expect(host.asked.filter((asked) => asked.startsWith('deploy'))).toEqual([]);
    expect(await api.ok('health')).toMatchObject({ safe: true, ready: true });
    expect(lines).toContain('Safe mode: every flow is held until somebody starts it.');
  });

  it('lets a person start one of them', async () => {
    const { api, host, states } = await restarted(await deployed(), { safe: true });
    await api.ok('startFlow', { params: { id: 'b' } });
    expect(await states()).toEqual({ a: 'held', b: 'running', c: 'stopped' });
    expect([...host.running.keys()]).toEqual(['b']);
  });

  it('is over with the next start: what ran before runs again, and nothing else', async () => {
    const data = await deployed();
    const safe = await restarted(data, { safe: true });
    await safe.server.stop();
    const { api, states } = await restarted(data, {});
    expect(await states()).toEqual({ a: 'running', b: 'running', c: 'stopped' });
    expect(await api.ok('health')).toMatchObject({ safe: false });
  });

  it('makes the first flows and deploys none on a first start', async () => {
    const { emptyFlow } = await import('@sluice/shared/flow/flow.ts');
    const test = await startTestServer({ safe: true }, { firstFlows: [emptyFlow('demo', 'Demo')] });
    const api = apiOf(test.server, test.cookieFor('viewer'));
    expect(await api.ok('flows')).toMatchObject([{ id: 'demo' }]);
    expect(await api.ok('deployments')).toEqual([]);
  });
});
