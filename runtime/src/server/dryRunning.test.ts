import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import { describe, expect, it } from 'vitest';
import { apiOf, startTestServer } from './testServer.ts';

const FREEZER: Flow = flowSchema.parse({
  format: 1,
  id: 'freezer',
  name: 'Freezer',
  nodes: [
    { id: 'in', type: 'device-input', position: { x: 0, y: 0 } },
    {
      id: 'warm',
      type: 'threshold',
      name: 'Too warm',
      position: { x: 240, y: 0 },
      config: { value: 'payload.t', limit: -15, mode: 'change', raiseAfter: '10m' },
    },
    { id: 'tell', type: 'debug', name: 'Tell', position: { x: 480, y: 0 } },
  ],
  wires: [
    { from: ['in', 'out'], to: ['warm', 'in'] },
    { from: ['warm', 'raised'], to: ['tell', 'in'] },
  ],
  scenarios: [
    {
      name: 'Warm for ten minutes',
      input: [{ node: 'in', message: { device: 'f1', payload: { t: -3 } } }],
      expect: [{ at: '10m', node: 'tell', message: { payload: { t: -3 } } }],
      runFor: '10m',
    },
  ],
});
const params = { id: 'freezer' };
const WARM = { node: 'in', time: SCENARIO_START, device: 'f1', payload: { t: -3 } };

async function setUp() {
  const test = await startTestServer();
  const api = apiOf(test.server, test.cookieFor('integrator'));
  await api.ok('createFlow', { body: { name: 'Freezer', flow: FREEZER } });
  return { ...test, api, viewer: apiOf(test.server, test.cookieFor('viewer')) };
}

const withLimit = (limit: number): Flow => ({
  ...FREEZER,
  nodes: FREEZER.nodes.map((node) =>
    node.id === 'warm' ? { ...node, config: { ...node.config, limit } } : node,
  ),
});

describe('[EN15] POST /api/flows/:id/dry-run', () => {
  it('runs the draft on the messages that are sent, by their clock, and nothing of what runs hears of it', async () => {
    const { viewer, host } = await setUp();
    const body = { inputs: [WARM], runFor: '10m' };
    const result = await viewer.ok('dryRun', { params, body });
    expect(result.effects).toMatchObject([
      { node: 'tell', at: SCENARIO_START + 600_000, what: 'show it in the messages as “Tell”' },
    ]);
    expect(result.coveredMs).toBe(600_000);
    expect([...host.running]).toEqual([]);
    expect(host.injected).toEqual([]);
  });

  it('runs the flow that is sent in its place, up to a node', async () => {
    const { api } = await setUp();
    const body = { flow: withLimit(0), inputs: [WARM], runFor: '10m' };
    expect((await api.ok('dryRun', { params, body })).effects).toEqual([]);
    const { steps } = await api.ok('dryRun', {
      params,
      body: { inputs: [WARM], runFor: '10m', until: 'warm' },
    });
    expect([...new Set(steps.map(({ node }) => node))]).toEqual(['warm']);
  });

  it('says what does not fit', async () => {
    const { api } = await setUp();
    const refused = async (body: unknown) => (await api.problem('dryRun', { params, body })).detail;
    expect(await refused({ inputs: [], runFor: '10 minutes' })).toBe(
      '“10 minutes” in runFor is no length of time. Write a length of time such as 30s, 10m or 1h30m.',
    );
    expect(await refused({ inputs: [{ ...WARM, node: 'x' }] })).toContain('“x”, which is not in this flow');
    expect(await refused({ inputs: [], flow: [] })).toContain('A flow file is');
    expect(
      await api.problem('dryRun', { params: { id: 'no' }, body: { inputs: [], flow: FREEZER } }),
    ).toMatchObject({ code: 'not-found' });
  });

  it('takes many messages, more than other bodies may have', async () => {
    const { api, server } = await setUp();
    const pad = 'x'.repeat(1_000);
    const inputs = Array.from({ length: 6_000 }, (_, at) => ({
      ...WARM,
      time: SCENARIO_START + at,
      payload: { t: -20, pad },
    }));
    const { counts, isCut } = await api.ok('dryRun', { params, body: { inputs } });
    expect([counts['warm']?.in, isCut]).toEqual([6_000, true]);
    // Not from somebody who is not signed in, and not where no messages are sent.
    const stranger = apiOf(server);
    expect(await stranger.problem('dryRun', { params, body: { inputs } })).toMatchObject({ status: 401 });
    expect(await api.problem('runScenarios', { params, body: { inputs } })).toMatchObject({ status: 413 });
  });
});

describe('POST /api/flows/:id/scenarios', () => {
  it('tells which hold, and of the others the difference in words', async () => {
    const { api } = await setUp();
    expect(await api.ok('runScenarios', { params, body: {} })).toEqual([
      { name: 'Warm for ten minutes', isPassed: true, differences: [] },
    ]);
    expect(await api.ok('runScenarios', { params, body: { flow: withLimit(0) } })).toEqual([
      {
        name: 'Warm for ten minutes',
        isPassed: false,
        differences: ['Tell, message 1: nothing came, and {"t":-3} was expected.'],
      },
    ]);
    const [scenario] = FREEZER.scenarios;
    const scenarios = [{ ...scenario, name: 'Soon', runFor: 'soon' }];
    expect((await api.problem('runScenarios', { params, body: { scenarios } })).detail).toContain(
      '“soon” in the scenario “Soon” is no length of time.',
    );
  });
});

describe('GET /api/flows/:id/inputs', () => {
  it('[EN14] gives the last messages of the flow that runs, secrets masked', async () => {
    const { viewer, host, api } = await setUp();
    await api.ok('deploy', { body: { flow: 'freezer', revision: 1 } });
    const input = { ...WARM, topic: '', headers: {}, payload: { t: 1, password: 'hush' } };
    host.tells = { recentInputs: [input] };
    expect(await viewer.ok('recentInputs', { params })).toEqual([
      { ...input, payload: { t: 1, password: '••••••' } },
    ]);
  });

  it('gives none where the flow does not run', async () => {
    const { viewer } = await setUp();
    expect(await viewer.ok('recentInputs', { params })).toEqual([]);
    expect(await viewer.problem('recentInputs', { params: { id: 'no' } })).toMatchObject({
      code: 'not-found',
    });
  });
});
