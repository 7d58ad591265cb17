import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import type { TestServer } from '../testServer.ts';
import { apiOf, startTestServer } from '../testServer.ts';
import { hashOfFlow } from './hashOfFlow.ts';

async function setUp() {
  const test = await startTestServer();
  return { ...test, api: apiOf(test.server, test.cookieFor('integrator')) };
}

const renamed = (name: string) => ({ ...emptyFlow('a', name) });

async function deployed(test: Awaited<ReturnType<typeof setUp>>) {
  await test.api.ok('createFlow', { body: { name: 'A' } });
  return test.api.ok('deploy', { body: { flow: 'a', revision: 1, note: 'first' } });
}

describe('the hash of a flow', () => {
  it('is the same for the same flow, whatever the order of its keys', () => {
    const flow = emptyFlow('a', 'A');
    const turned = Object.fromEntries(Object.entries(flow).toReversed()) as typeof flow;
    expect(hashOfFlow(turned)).toBe(hashOfFlow(flow));
    expect(hashOfFlow({ ...flow, name: 'B' })).not.toBe(hashOfFlow(flow));
  });
});

describe('drafts', () => {
  it('are made from a name, from a flow, and get another id where theirs is taken', async () => {
    const { api } = await setUp();
    const first = await api.ok('createFlow', { body: { name: 'Freezer too warm!' } });
    expect(first).toMatchObject({
      id: 'freezer-too-warm',
      name: 'Freezer too warm!',
      revision: 1,
      changed: true,
    });
    const second = await api.ok('createFlow', { body: { name: 'Copy', flow: first.flow } });
    expect(second.id).toMatch(/^freezer-too-warm-[\da-f]{8}$/);
    expect(second.flow.id).toBe(second.id);
    const third = await api.ok('createFlow', { body: { name: '温度' } });
    expect(third.id).toMatch(/^flow-[\da-f]{8}$/);
    expect((await api.ok('flows')).map(({ name }) => name).toSorted()).toEqual([
      'Copy',
      'Freezer too warm!',
      '温度',
    ]);
  });

  it('carry a revision; a stale save is told the newest and overwrites nothing', async () => {
    const { api } = await setUp();
    await api.ok('createFlow', { body: { name: 'A' } });
    const saved = await api.ok('saveFlow', {
      params: { id: 'a' },
      body: { revision: 1, flow: renamed('B') },
    });
    expect(saved).toMatchObject({ revision: 2, name: 'B' });
    const stale = await api.problem('saveFlow', {
      params: { id: 'a' },
      body: { revision: 1, flow: renamed('C') },
    });
    expect(stale).toMatchObject({ status: 409, code: 'stale-revision', current: { revision: 2, name: 'B' } });
    expect(stale.detail).toMatch(/saved this flow in the meantime \(revision 2\)/);
    expect((await api.ok('flow', { params: { id: 'a' } })).name).toBe('B');
  });

  it('keep their revision when nothing changed', async () => {
    const { api } = await setUp();
    const { flow } = await api.ok('createFlow', { body: { name: 'A' } });
    expect((await api.ok('saveFlow', { params: { id: 'a' }, body: { revision: 1, flow } })).revision).toBe(1);
  });

  it.each([
    ['a newer format', { ...emptyFlow('a', 'A'), format: 2 }, 'future-format', 'Update Sluice to open it.'],
    ['no flow', { hello: 1 }, 'invalid-flow', ''],
    ['a text', 'hello', 'invalid-json', 'The flow file is not JSON'],
    [
      'too many nodes',
      {
        ...emptyFlow('a', 'A'),
        nodes: Array.from({ length: 2_001 }, (_, i) => ({
          id: `n${i}`,
          type: 't',
          position: { x: 0, y: 0 },
        })),
      },
      'invalid-flow',
      'nodes',
    ],
  ])('refuse %s with a sentence', async (_name, flow, code, sentence) => {
    const { api } = await setUp();
    const problem = await api.problem('createFlow', { body: { name: 'A', flow } });
    expect(problem).toMatchObject({ code, detail: expect.stringContaining(sentence) });
  });

  it('keep nodes of types that are not known, which stop a deploy with a sentence', async () => {
    const { api } = await setUp();
    const flow = {
      ...emptyFlow('a', 'A'),
      nodes: [{ id: 'n', type: 'teleport', position: { x: 0, y: 0 }, config: {} }],
    };
    await api.ok('createFlow', { body: { name: 'A', flow } });
    const problem = await api.problem('deploy', { body: { flow: 'a', revision: 1 } });
    expect(problem).toMatchObject({ status: 422, code: 'invalid-flow' });
    expect(problem.detail).toMatch('There is no node type “teleport”');
    expect(problem.problems?.[0]).toMatchObject({ node: 'n', code: 'node.unknown-type' });
    expect(await api.ok('versions', { params: { id: 'a' } })).toEqual([]);
  });

  it('show the problems of user code that the runner finds', async () => {
    const { api, host } = await setUp();
    await api.ok('createFlow', { body: { name: 'A' } });
    const found = {
      severity: 'error',
      code: 'code.syntax',
      node: 'f',
      sentence: 'Line 1: unexpected }.',
    } as const;
    host.answers.check = { ok: false, code: 'invalid-flow', sentence: '', problems: [found] };
    expect(await api.ok('validateFlow', { params: { id: 'a' } })).toEqual({ problems: [found] });
    expect(await api.problem('deploy', { body: { flow: 'a', revision: 1 } })).toMatchObject({
      detail: found.sentence,
    });
  });
});

describe('versions and deployments', () => {
  it('freeze the draft into a version with its hash, and run it', async () => {
    const test = await setUp();
    const deployment = await deployed(test);
    expect(deployment).toMatchObject({
      flow: 'a',
      version: 1,
      state: 'running',
      sentence: 'Version 1 runs.',
    });
    expect(test.host.running).toEqual(new Map([['a', 1]]));
    const [version] = await test.api.ok('versions', { params: { id: 'a' } });
    expect(version).toMatchObject({ version: 1, note: 'first', hash: hashOfFlow(emptyFlow('a', 'A')) });
    const whole = await test.api.ok('version', { params: { id: 'a', version: 1 } });
    expect(whole.flow).toEqual(emptyFlow('a', 'A'));
    expect(await test.api.ok('flow', { params: { id: 'a' } })).toMatchObject({
      changed: false,
      deployment: { version: 1 },
    });
  });

  it('tell that the draft differs from what runs, and go back to an older version', async () => {
    const test = await setUp();
    await deployed(test);
    await test.api.ok('saveFlow', { params: { id: 'a' }, body: { revision: 1, flow: renamed('B') } });
    expect((await test.api.ok('flow', { params: { id: 'a' } })).changed).toBe(true);
    expect(await test.api.ok('deploy', { body: { flow: 'a', revision: 2 } })).toMatchObject({ version: 2 });
    expect(await test.api.ok('deploy', { body: { flow: 'a', version: 1 } })).toMatchObject({ version: 1 });
    expect(test.host.running.get('a')).toBe(1);
    expect((await test.api.ok('versions', { params: { id: 'a' } })).map(({ version }) => version)).toEqual([
      2, 1,
    ]);
    expect(await test.api.problem('deploy', { body: { flow: 'a', version: 9 } })).toMatchObject({
      code: 'not-found',
    });
  });

  it('make no second version of the same draft', async () => {
    const test = await setUp();
    await deployed(test);
    expect(await test.api.ok('deploy', { body: { flow: 'a', revision: 1 } })).toMatchObject({ version: 1 });
  });

  it('refuse a draft that somebody else saved meanwhile', async () => {
    const test = await setUp();
    await test.api.ok('createFlow', { body: { name: 'A' } });
    await test.api.ok('saveFlow', { params: { id: 'a' }, body: { revision: 1, flow: renamed('B') } });
    expect(await test.api.problem('deploy', { body: { flow: 'a', revision: 1 } })).toMatchObject({
      code: 'stale-revision',
    });
    expect(test.host.running.size).toBe(0);
  });

  it('[EN12] let the old version run on when the new one does not start', async () => {
    const test = await setUp();
    await deployed(test);
    await test.api.ok('saveFlow', { params: { id: 'a' }, body: { revision: 1, flow: renamed('B') } });
    test.host.answers.deploy = {
      ok: false,
      code: 'invalid-flow',
      sentence: 'The port is taken.',
      problems: [],
    };
    const problem = await test.api.problem('deploy', { body: { flow: 'a', revision: 2 } });
    expect(problem.detail).toBe('The port is taken.');
    expect(await test.api.ok('deployments')).toMatchObject([{ version: 1, state: 'running' }]);
  });

  it('stop, start, and say so; a flow that was never deployed cannot', async () => {
    const test = await setUp();
    await deployed(test);
    const params = { id: 'a' };
    expect(await test.api.ok('stopFlow', { params })).toMatchObject({ state: 'stopped', version: 1 });
    expect(test.host.running.size).toBe(0);
    expect(await test.api.ok('startFlow', { params })).toMatchObject({ state: 'running', version: 1 });
    expect(await test.api.problem('stopFlow', { params: { id: 'b' } })).toMatchObject({ code: 'not-found' });
  });

  it('delete a flow with its state, versions and deployment', async () => {
    const test = await setUp();
    await deployed(test);
    const params = { id: 'a' };
    expect(await test.api.problem('deleteFlow', { params, query: { revision: 7 } })).toMatchObject({
      code: 'stale-revision',
    });
    await test.api.ok('deleteFlow', { params, query: { revision: 1 } });
    expect(test.host.asked.at(-1)).toBe('forget a');
    expect(await test.api.ok('deployments')).toEqual([]);
    expect(await test.api.problem('versions', { params })).toMatchObject({ code: 'not-found' });
  });

  it('show that the runner held or failed a flow, and that it is on its way back', async () => {
    const test = await setUp();
    await deployed(test);
    const tell = (state: 'held' | 'running', sentence: string) =>
      test.host.tell('notices', {
        kind: 'notices',
        notices: [{ kind: 'flow', flow: 'a', state, sentence }],
        skipped: 0,
      });
    tell('held', 'Three kills in a minute.');
    expect(await test.api.ok('deployments')).toMatchObject([
      { state: 'held', sentence: 'Three kills in a minute.' },
    ]);
    tell('running', 'Goes on.');
    test.host.setState('restarting');
    expect(await test.api.ok('deployments')).toMatchObject([{ state: 'starting' }]);
    test.host.setState('ready');
    expect(await test.api.ok('deployments')).toMatchObject([{ state: 'running' }]);
  });

  it('run again by themselves after a restart of the server, and only those that ran', async () => {
    const test = await setUp();
    await deployed(test);
    await test.api.ok('createFlow', { body: { name: 'B' } });
    await test.api.ok('deploy', { body: { flow: 'b', revision: 1 } });
    await test.api.ok('stopFlow', { params: { id: 'b' } });
    await test.server.stop();
    const again = await startTestServer({ data: test.folder });
    expect([...again.host.running]).toEqual([['a', 1]]);
    const api = apiOf(again.server, again.cookieFor('viewer'));
    expect(await api.ok('deployments')).toMatchObject([
      { flow: 'a', state: 'running' },
      { flow: 'b', state: 'stopped' },
    ]);
  });

  it('are written into the audit log with who did it', async () => {
    const test: TestServer & { api: ReturnType<typeof apiOf> } = await setUp();
    await deployed(test);
    const rows = test.database.prepare('SELECT who, what, subject, address FROM audit ORDER BY id').all();
    expect(rows.map(({ what, subject }) => `${String(what)} ${String(subject)}`)).toEqual([
      'flow.create a',
      'flow.deploy a',
    ]);
    expect(
      rows.every(
        ({ who, address }) => String(who).endsWith('@example.org') && String(address).includes('127.0.0.1'),
      ),
    ).toBe(true);
  });
});

describe('the first flows', () => {
  it('are made and deployed when the data folder is new, and only then', async () => {
    const firstFlows = [emptyFlow('demo-one', 'One'), emptyFlow('demo-two', 'Two')];
    const first = await startTestServer({}, { firstFlows });
    expect([...first.host.running.keys()].toSorted()).toEqual(['demo-one', 'demo-two']);
    const api = apiOf(first.server, first.cookieFor('admin'));
    await api.ok('deleteFlow', { params: { id: 'demo-one' }, query: { revision: 1 } });
    await first.server.stop();
    const again = await startTestServer({ data: first.folder }, { firstFlows });
    expect([...again.host.running.keys()]).toEqual(['demo-two']);
  });
});
