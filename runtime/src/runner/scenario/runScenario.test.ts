import { catalog } from '@sluice/nodes/catalog.ts';
import { runners } from '@sluice/nodes/runners.ts';
import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/createSandbox.ts';
import type { ScenarioResult } from './runScenario.ts';
import { runScenario } from './runScenario.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const FREEZER: Flow = flowSchema.parse({
  format: 1,
  id: 'freezer',
  name: 'Freezer',
  nodes: [
    {
      id: 'in',
      type: 'mqtt-in',
      position: { x: 0, y: 0 },
      config: { connection: 'plant', topic: 'devices/+/telemetry' },
    },
    {
      id: 'warm',
      type: 'threshold',
      position: { x: 240, y: 0 },
      config: { value: 'payload.temperature', limit: -15, mode: 'change', raiseAfter: '10m' },
    },
    {
      id: 'topic',
      type: 'change',
      position: { x: 480, y: 0 },
      config: { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] },
    },
    { id: 'out', type: 'mqtt-out', position: { x: 720, y: 0 }, config: { connection: 'plant' } },
  ],
  wires: [
    { from: ['in', 'out'], to: ['warm', 'in'] },
    { from: ['warm', 'raised'], to: ['topic', 'in'] },
    { from: ['topic', 'out'], to: ['out', 'in'] },
  ],
});

type Line = readonly [at: string, device: string, temperature: unknown];

function scenario(input: readonly Line[], expected: Scenario['expect'], runFor = '0s'): Scenario {
  return {
    name: 'test',
    input: input.map(([at, device, temperature]) => ({
      at,
      node: 'in',
      message: { device, payload: { temperature: temperature as number } },
    })),
    expect: expected,
    runFor,
  };
}

function play(wanted: Scenario, flow: Flow = FREEZER): Promise<ScenarioResult> {
  return runScenario(flow, wanted, { catalog, implementations: runners, sandbox });
}

const alert = (at: string, device: string) => ({
  at,
  node: 'out',
  message: { topic: `alerts/${device}`, device },
});

describe('[EN11] a scenario runs on a clock of its own', () => {
  it('ten minutes pass in a moment, by device, and the sink is handed what was expected', async () => {
    const input: Line[] = [
      ['0s', 'a', -10],
      ['1m', 'b', -10],
      ['5m', 'b', -18],
      ['9m', 'a', -9],
    ];
    const result = await play(scenario(input, [alert('10m', 'a')], '10m'));
    expect(result).toMatchObject({ isPassed: true, problems: [], mismatches: [], failures: [] });
    expect(result.arrivals.map(({ node }) => node)).toEqual(['warm', 'warm', 'warm', 'warm', 'topic', 'out']);
  });

  it('what is missing is told', async () => {
    const result = await play(scenario([['0s', 'a', -10]], [alert('10m', 'a')], '9m'));
    expect(result.isPassed).toBe(false);
    expect(result.mismatches).toMatchObject([
      { node: 'out', number: 1, got: undefined, sentence: 'nothing came' },
    ]);
  });

  it('what came beyond is told, and what differs with its field', async () => {
    const twice = await play(
      scenario(
        [
          ['0s', 'a', -10],
          ['1s', 'b', -10],
        ],
        [alert('10m', 'a')],
        '20m',
      ),
    );
    expect(twice.mismatches).toMatchObject([{ number: 2, sentence: 'nothing more was expected here' }]);
    const other = await play(scenario([['0s', 'a', -10]], [alert('10m', 'b')], '20m'));
    expect(other.mismatches[0]?.sentence).toBe('topic is "alerts/a", and "alerts/b" was expected');
    const early = await play(scenario([['0s', 'a', -10]], [alert('5m', 'a')], '20m'));
    expect(early.mismatches[0]?.sentence).toBe('it came after 600 s, and 300 s was expected');
  });

  it('a scenario that expects nothing fails when something comes out at the end of the flow', async () => {
    expect((await play(scenario([['0s', 'a', -10]], [], '9m'))).isPassed).toBe(true);
    expect((await play(scenario([['0s', 'a', -10]], [], '11m'))).isPassed).toBe(false);
  });

  it('a message on which a node failed is told, and the flow goes on', async () => {
    const result = await play(
      scenario(
        [
          ['0s', 'a', 'warm'],
          ['1s', 'a', -10],
        ],
        [alert('601s', 'a')],
        '20m',
      ),
    );
    expect(result.isPassed).toBe(true);
    expect(result.failures).toHaveLength(1);
    expect(result.failures[0]?.sentence).toContain('payload.temperature');
  });

  it('[EN15] sources do not start: nothing comes in but what the scenario brings', async () => {
    const ticking: Flow = flowSchema.parse({
      ...FREEZER,
      nodes: [
        {
          id: 'in',
          type: 'inject',
          position: { x: 0, y: 0 },
          config: { when: 'interval', every: '1s', atStart: true },
        },
        { id: 'show', type: 'debug', position: { x: 240, y: 0 } },
      ],
      wires: [{ from: ['in', 'out'], to: ['show', 'in'] }],
    });
    const result = await play(scenario([['5s', 'a', 1]], [], '1m'), ticking);
    expect(result.arrivals.map(({ node, message }) => [node, message.device])).toEqual([['show', 'a']]);
  });

  it('a message for a port that is not there ends it, and what came before that is told, user code too', async () => {
    const withCode: Flow = flowSchema.parse({
      ...FREEZER,
      nodes: [...FREEZER.nodes, { id: 'code', type: 'function', position: { x: 0, y: 240 } }],
      wires: [
        { from: ['in', 'out'], to: ['code', 'in'] },
        { from: ['code', 'out'], to: ['warm', 'in'] },
      ],
    });
    const { input, ...rest } = scenario([['0s', 'a', -10]], []);
    const left = { at: '1m', node: 'warm', port: 'left', message: { device: 'a', payload: 1 } };
    const result = await play({ ...rest, input: [...input, left] }, withCode);
    expect(result.refused).toContain('no port “left”');
    expect(result.arrivals.map(({ node }) => node)).toEqual(['code', 'warm']);
  });

  it('a flow with an error is not run', async () => {
    const broken: Flow = {
      ...FREEZER,
      nodes: [...FREEZER.nodes, { id: 'x', type: 'no-such', position: { x: 0, y: 0 }, config: {} }],
    };
    const result = await play(scenario([['0s', 'a', -10]], []), broken);
    expect(result.isPassed).toBe(false);
    expect(result.problems.map(({ code }) => code)).toContain('node.unknown-type');
  });
});
