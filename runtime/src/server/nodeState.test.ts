import type { Outbox, Trace } from '@sluice/shared/protocol/running.ts';
import { stateKeyInPath } from '@sluice/shared/protocol/stateKey.ts';
import { SluiceError } from '@sluice/shared/errors.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import { createAuditLog } from '../storage/audit.ts';
import { apiOf, send, startTestServer } from './testServer.ts';

const PAGE = { entries: [], total: 0, timers: 0, maxKeys: 100, evicted: 0 };
const OF_NODE = { params: { id: 'a', node: 'hot' } };
const ofKey = (key: string) => ({ params: { id: 'a', node: 'hot', key: stateKeyInPath(key) } });

async function setUp(isDeployed = true) {
  const test = await startTestServer();
  const api = apiOf(test.server, test.cookieFor('integrator'));
  const hot = { id: 'hot', type: 'debounce', position: { x: 0, y: 0 }, config: {} };
  await api.ok('createFlow', { body: { name: 'A', flow: { ...emptyFlow('a', 'A'), nodes: [hot] } } });
  if (isDeployed) await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
  const viewer = apiOf(test.server, test.cookieFor('viewer'));
  const noted = () =>
    createAuditLog(test.database)
      .list('main', 40)
      .map(({ what, details }) => ({ what, ...details }));
  return { ...test, api, viewer, noted };
}

describe('what a node keeps, over the API', () => {
  it('[EN9] is asked of the running flow, and secrets in it are masked', async () => {
    const { api, viewer, host } = await setUp();
    const entry = { key: 'f1', state: { token: 'tiger', since: 3 }, setAt: 5, timers: [] };
    host.tells = { state: { ...PAGE, entries: [entry], total: 7, next: 'f1' } };
    const page = await viewer.ok('nodeState', { ...OF_NODE, query: { search: 'f', after: 'e', limit: 2 } });
    expect(page).toEqual({
      ...PAGE,
      entries: [{ ...entry, state: { token: '••••••', since: 3 } }],
      total: 7,
      next: 'f1',
    });
    expect(host.questions).toEqual([
      { flow: 'a', about: 'state', node: 'hot', search: 'f', after: 'e', limit: 2 },
    ]);
    expect(await api.problem('nodeState', { ...OF_NODE, query: { limit: 5_000 } })).toMatchObject({
      status: 422,
    });
  });

  it('[EN9] is changed and forgotten by integrators, whatever the key is, and noted with who', async () => {
    const { api, viewer, host, noted } = await setUp();
    const keys = ['f1', 'a/b ?#%2F', '', '.', '..', '"x"', 'ü\0'];
    for (const key of keys) {
      await api.ok('setNodeState', { ...ofKey(key), body: { state: { n: 1 } } });
      await api.ok('clearNodeStateKey', ofKey(key));
    }
    expect(host.questions).toEqual(
      keys.flatMap((key) => [
        { flow: 'a', about: 'setState', node: 'hot', key, state: { n: 1 } },
        { flow: 'a', about: 'clearState', node: 'hot', key },
      ]),
    );
    host.tells = { clearState: 12 };
    expect(await api.ok('clearNodeState', OF_NODE)).toEqual({ cleared: 12 });
    expect(noted()).toContainEqual({ what: 'state.set', node: 'hot', key: 'f1' });
    expect(noted()).toContainEqual({ what: 'state.clear', node: 'hot', key: 'ü\0' });
    expect(noted()).toContainEqual({ what: 'state.clear-all', node: 'hot', cleared: 12 });
    for (const [name, options] of [
      ['setNodeState', { ...ofKey('f1'), body: { state: 1 } }],
      ['clearNodeStateKey', ofKey('f1')],
      ['clearNodeState', OF_NODE],
    ] as const) {
      expect(await viewer.problem(name, options)).toMatchObject({ status: 403 });
    }
  });

  it('refuses what is no JSON, no key, or would write a mask in the place of a secret', async () => {
    const { server, api, host, cookieFor } = await setUp();
    const headers = { cookie: cookieFor('integrator') };
    const path = '/api/flows/a/nodes/hot/state/f1';
    expect((await send(server, 'put', path, { body: '{"state":', headers })).status).toBe(400);
    expect((await send(server, 'put', path, { body: {}, headers })).status).toBe(422);
    expect(
      await api.problem('setNodeState', { ...ofKey('f1'), body: { state: [{ token: '••••••' }] } }),
    ).toMatchObject({ status: 422, detail: expect.stringContaining('Write the secret itself') });
    const half = { params: { id: 'a', node: 'hot', key: '"half' } };
    expect(await api.problem('clearNodeStateKey', half)).toMatchObject({ status: 422 });
    expect(host.questions).toEqual([]);
  });

  it('[EN12] says what a deploy of the draft would carry over; nothing where nothing runs', async () => {
    const { api, host } = await setUp(false);
    expect(await api.ok('carriedState', { params: { id: 'a' } })).toEqual([]);
    await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    const carried = { node: 'hot', name: 'Hot', keys: 3, timers: 12, fate: 'kept' } as const;
    host.tells = { carried: [carried] };
    expect(await api.ok('carriedState', { params: { id: 'a' } })).toEqual([carried]);
    expect(host.questions).toMatchObject([{ about: 'carried', next: { id: 'a', nodes: [{ id: 'hot' }] } }]);
  });

  it('[EN12] lets nodes begin anew with a deploy, and refuses nodes that are not there', async () => {
    const { api, host, noted } = await setUp();
    await api.ok('deploy', { body: { flow: 'a', revision: 1, reset: ['hot'] } });
    await api.ok('deploy', { body: { flow: 'a', version: 1, reset: ['hot'] } });
    expect(host.asked.filter((asked) => asked.startsWith('deploy'))).toEqual([
      'deploy a 1',
      'deploy a 1 hot',
      'deploy a 1 hot',
    ]);
    expect(noted()).toContainEqual({ what: 'flow.deploy', version: 1, reset: 'hot' });
    expect(await api.problem('deploy', { body: { flow: 'a', revision: 1, reset: ['gone'] } })).toMatchObject({
      status: 422,
      detail: expect.stringContaining('no node “gone”'),
    });
  });

  it('[EN9] is asked, changed and forgotten while the flow is stopped, too', async () => {
    const { api, host, noted } = await setUp();
    await api.ok('stopFlow', { params: { id: 'a' } });
    host.tells = { state: { ...PAGE, total: 7 }, clearState: 7 };
    expect(await api.ok('nodeState', { ...OF_NODE, query: {} })).toMatchObject({ total: 7 });
    await api.ok('setNodeState', { ...ofKey('f1'), body: { state: 1 } });
    expect(await api.ok('clearNodeState', OF_NODE)).toEqual({ cleared: 7 });
    expect(host.questions.map(({ flow, about }) => `${about} of ${flow}`)).toEqual([
      'state of a',
      'setState of a',
      'clearState of a',
    ]);
    expect(noted()).toContainEqual({ what: 'state.set', node: 'hot', key: 'f1' });
    expect(noted()).toContainEqual({ what: 'state.clear-all', node: 'hot', cleared: 7 });
  });

  it('says that a flow that never ran keeps nothing', async () => {
    const { api } = await setUp(false);
    expect(await api.problem('nodeState', OF_NODE)).toMatchObject({
      status: 404,
      detail: expect.stringContaining('never ran'),
    });
    expect(await api.problem('startTrace', { params: { id: 'a' }, body: {} })).toMatchObject({
      detail: expect.stringContaining('Deploy or start it'),
    });
    expect(await api.problem('nodeState', { params: { id: 'none', node: 'x' } })).toMatchObject({
      detail: 'There is no flow “none”.',
    });
  });

  it('passes on what the runner says of a node while the flow runs', async () => {
    const { api, host } = await setUp();
    host.ask = () => Promise.reject(new SluiceError('not-found', 'The node “hot” keeps nothing.'));
    expect(await api.problem('nodeState', OF_NODE)).toMatchObject({
      detail: 'The node “hot” keeps nothing.',
    });
  });
});

const OUTBOX: Outbox = {
  flow: 'a',
  node: 'out',
  name: 'Out',
  state: 'away',
  sentence: 'The broker is away.',
  waiting: 312,
  bytes: 5_000,
  maxBytes: 10_000,
  oldestAt: 1,
  dropped: 4,
};
const counters = (outboxes: readonly Outbox[]) => ({
  kind: 'counters' as const,
  flow: 'a',
  wires: {},
  nodes: {},
  totals: { batches: 0, messages: 0, underWay: 0, oldestMs: 0, memory: 0 },
  outboxes,
});

describe('what waits for targets, over the API', () => {
  it('[EN8] is what the runner told last, can be dropped, and that is noted', async () => {
    const { api, viewer, host, noted } = await setUp();
    expect(await viewer.ok('outboxes')).toEqual([]);
    host.tell('counters', counters([OUTBOX]));
    expect(await viewer.ok('outboxes')).toEqual([OUTBOX]);
    host.tells = { clearOutbox: 312 };
    const ofOut = { params: { id: 'a', node: 'out' } };
    expect(await viewer.problem('clearOutbox', ofOut)).toMatchObject({ status: 403 });
    expect(await api.ok('clearOutbox', ofOut)).toEqual({ dropped: 312 });
    expect(noted()).toContainEqual({ what: 'outbox.clear', node: 'out', dropped: 312 });
    expect(await viewer.ok('outboxes')).toMatchObject([{ waiting: 0, bytes: 0, dropped: 4 }]);
    host.tell('counters', counters([]));
    expect(await viewer.ok('outboxes')).toEqual([]);
  });

  it('[EN8] stays on disk while the flow is stopped, and goes with the flow', async () => {
    const { api, host } = await setUp();
    host.tell('counters', counters([OUTBOX, { ...OUTBOX, node: 'empty', waiting: 0 }]));
    await api.ok('stopFlow', { params: { id: 'a' } });
    expect(await api.ok('outboxes')).toMatchObject([
      { node: 'out', waiting: 312, sentence: expect.stringContaining('The flow is stopped') },
    ]);
    await api.ok('deleteFlow', { params: { id: 'a' }, query: { revision: 1 } });
    expect(await api.ok('outboxes')).toEqual([]);
  });
});

const traceOf = (id: string, end: string): Trace => ({
  id,
  flow: 'a',
  startedAt: 1,
  topic: 't',
  isDone: end !== '',
  end,
  steps: [],
});

describe('traces, over the API', () => {
  it('are started by who may look, kept as they go on, the newest first and the last 20', async () => {
    const { viewer, host } = await setUp();
    await viewer.ok('startTrace', { params: { id: 'a' }, body: { node: 'hot', device: 'f1' } });
    expect(host.questions).toEqual([{ flow: 'a', about: 'trace', node: 'hot', device: 'f1' }]);
    const tell = (id: string, end: string) =>
      host.tell('trace', { kind: 'trace', flow: 'a', trace: traceOf(id, end) });
    tell('t0', '');
    tell('t1', 'done');
    tell('t0', 'done later');
    expect(await viewer.ok('traces', { params: { id: 'a' } })).toEqual([
      traceOf('t1', 'done'),
      traceOf('t0', 'done later'),
    ]);
    for (let at = 2; at <= 21; at += 1) tell(`t${at}`, 'done');
    const ids = (await viewer.ok('traces', { params: { id: 'a' } })).map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([20, 't21', 't2']);
    host.tell('trace', { kind: 'trace', flow: 'a', trace: { ...traceOf('sampled', ''), isSampled: true } });
    host.tell('trace', { kind: 'trace', flow: 'a', trace: traceOf('asked', '') });
    const after = (await viewer.ok('traces', { params: { id: 'a' } })).map(({ id }) => id);
    expect([after.length, after[0], after.at(-1)]).toEqual([20, 'asked', 't3']);
    expect(await viewer.problem('traces', { params: { id: 'none' } })).toMatchObject({ status: 404 });
  });
});
