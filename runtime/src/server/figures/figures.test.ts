import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import type { FlowTotals, NodeCounters } from '../../engine/runningFlow.ts';
import { describe, expect, it } from 'vitest';
import { fakeTime } from '../../runner/fakeTime.ts';
import { apiOf, startTestServer } from '../testServer.ts';

const NODE: NodeCounters = {
  in: 0,
  out: 0,
  errors: 0,
  deadLetters: 0,
  waiting: 2,
  evicted: 0,
  retries: 0,
  busyMs: 0,
};
const TOTALS: FlowTotals = { batches: 0, messages: 0, underWay: 3, oldestMs: 40, memory: 512 };

async function setUp() {
  const time = fakeTime();
  const test = await startTestServer({}, { time });
  const api = apiOf(test.server, test.cookieFor('integrator'));
  const flow = {
    ...emptyFlow('a', 'A'),
    nodes: [
      { id: 'n', type: 'debug', name: 'Look', position: { x: 0, y: 0 }, config: {} },
      { id: 'm', type: 'debug', position: { x: 0, y: 90 }, config: {} },
    ],
  };
  await api.ok('createFlow', { body: { name: 'Tanks', flow } });
  await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
  const count = (messages: number, busyMs: number): void =>
    test.host.tell('counters', {
      kind: 'counters',
      flow: 'a',
      wires: {},
      nodes: { n: { ...NODE, in: messages, busyMs } },
      totals: { ...TOTALS, messages, batches: messages / 10 },
      outboxes: [],
    });
  const shown = async () => (await api.ok('figures')).flows.find(({ flow: id }) => id === 'a');
  return { ...test, api, time, count, shown };
}

describe('[EN13] the figures of a flow', () => {
  it('are rates over the last 10 s and totals, with what people call its nodes', async () => {
    const { time, count, shown } = await setUp();
    count(100, 50);
    time.advance(5_000);
    count(400, 550);
    time.advance(5_000);
    count(1_100, 2_550);
    expect(await shown()).toEqual({
      flow: 'a',
      name: 'Tanks',
      version: 1,
      state: 'running',
      rate: 100,
      cpu: 0.25,
      memory: 512,
      underWay: 3,
      oldestMs: 40,
      batches: 110,
      messages: 1_100,
      nodes: [
        { node: 'n', name: 'Look', type: 'debug', ...NODE, in: 1_100, busyMs: 2_550 },
        { node: 'm', name: 'Debug', type: 'debug', ...NODE, waiting: 0 },
      ],
    });
  });

  it('have the processor time and the memory of its user code in them', async () => {
    const { host, time, shown } = await setUp();
    const told = { kind: 'counters', flow: 'a', wires: {}, nodes: { n: NODE }, totals: TOTALS } as const;
    const tell = (cpuMs: number): void =>
      host.tell('counters', { ...told, outboxes: [], userCode: { cpuMs, memory: 2_000_000 } });
    tell(100);
    time.advance(10_000);
    tell(5_100);
    expect(await shown()).toMatchObject({ cpu: 0.5, memory: 2_000_512 });
  });

  it('are those of the version that runs', async () => {
    const { api, count, shown } = await setUp();
    const flow = { ...emptyFlow('a', 'Tanks'), nodes: [] };
    await api.ok('saveFlow', { params: { id: 'a' }, body: { revision: 1, flow } });
    count(1, 1);
    expect((await shown())?.nodes).toHaveLength(2);
    await api.ok('deploy', { body: { flow: 'a', revision: 2 } });
    expect(await shown()).toMatchObject({ version: 2, nodes: [] });
  });

  it('of a flow that is stopped have nothing under way and keep what was counted', async () => {
    const { api, count, shown } = await setUp();
    count(100, 50);
    await api.ok('stopFlow', { params: { id: 'a' } });
    expect(await shown()).toMatchObject({ state: 'stopped', underWay: 0, memory: 0, messages: 100 });
    await api.ok('startFlow', { params: { id: 'a' } });
    count(7, 1);
    expect(await shown()).toMatchObject({ state: 'running', underWay: 3, messages: 107 });
  });

  it('tell of what sources have waiting, where they can', async () => {
    const { api, host } = await setUp();
    const nodes = { n: { ...NODE, lag: 12 }, m: NODE };
    host.tell('counters', { kind: 'counters', flow: 'a', wires: {}, nodes, totals: TOTALS, outboxes: [] });
    expect((await api.ok('figures')).lag).toEqual([{ flow: 'a', node: 'n', messages: 12 }]);
    host.setState('restarting');
    expect((await api.ok('figures')).lag).toEqual([]);
  });

  it('have the runner and the sandbox among the processes, with the delay of the loop', async () => {
    const { api, host, time } = await setUp();
    host.restartCount = 2;
    const tell = (cpuMs: number): void =>
      host.tell('processes', {
        kind: 'processes',
        runner: { cpuMs, memory: 1_000 },
        sandbox: { cpuMs: 0, memory: 500, restarts: 4 },
        loopDelay: { mean: 1, p99: 5, max: 9 },
        isDiskInTrouble: false,
      });
    tell(100);
    time.advance(5_000);
    tell(1_100);
    const { processes, loopDelay } = await api.ok('figures');
    expect(processes.slice(1)).toEqual([
      { role: 'runner', cpu: 0.2, memory: 1_000, restarts: 2 },
      { role: 'sandbox', cpu: 0, memory: 500, restarts: 4 },
    ]);
    expect(loopDelay).toEqual({ mean: 1, p99: 5, max: 9 });
  });

  it('have the server among the processes', async () => {
    const { api, time } = await setUp();
    time.advance(5_000);
    const { processes } = await api.ok('figures');
    expect(processes).toMatchObject([{ role: 'server', restarts: 0 }]);
    expect(processes[0]?.memory).toBeGreaterThan(10_000_000);
  });
});
