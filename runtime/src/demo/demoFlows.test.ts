import { catalog } from '@sluice/nodes/catalog.ts';
import { runners } from '@sluice/nodes/runners.ts';
import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import { runScenario } from '../runner/scenario/runScenario.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import { demoFlows } from './demoFlows.ts';
import { DEMO_DEVICES } from './devices.ts';

const SECONDS = 8 * 60;
const sandbox = createSandbox();
afterAll(() => sandbox.close());

function flow(id: string): Flow {
  const found = demoFlows().find((flow) => flow.id === id);
  if (found === undefined) throw new Error(`There is no demo flow ${id}.`);
  return found;
}

/** Eight minutes of what these devices publish, into one source of a flow. */
function published(node: string, devices: readonly string[]): Scenario['input'] {
  const chosen = DEMO_DEVICES.filter(({ id }) => devices.includes(id));
  return Array.from({ length: SECONDS }, (_, second) => second).flatMap((second) =>
    chosen.flatMap(({ id, signal }) => {
      const payload = signal(SCENARIO_START + second * 1_000);
      return payload === undefined ? [] : [{ at: `${second}s`, node, message: { device: id, payload } }];
    }),
  );
}

/** When which device came to a node, in seconds from the start. */
async function arrivedAt(flow: Flow, node: string, input: Scenario['input'], header: string) {
  const scenario = { name: 'demo', input, expect: [], runFor: '0s' };
  const result = await runScenario(flow, scenario, { catalog, implementations: runners, sandbox });
  expect(result.problems).toEqual([]);
  expect(result.failures).toEqual([]);
  return result.arrivals
    .filter((arrival) => arrival.node === node)
    .map(({ at, message }) => ({
      second: (at - SCENARIO_START) / 1_000,
      device: message.device,
      said: message.headers[header],
    }));
}

describe('a newcomer sees something soon', () => {
  it('every freezer is too warm within five minutes, and cold again within three', async () => {
    const freezers = ['freezer-1', 'freezer-2', 'freezer-3', 'freezer-4'];
    const alarms = await arrivedAt(
      flow('demo-freezers'),
      'alarm',
      published('freezers', freezers),
      'threshold',
    );
    for (const freezer of freezers) {
      const own = alarms.filter(({ device }) => device === freezer);
      const raised = own.find(({ said }) => said === 'raised')?.second ?? Infinity;
      const cleared = own.find(({ said, second }) => said === 'cleared' && second > raised)?.second;
      expect(raised).toBeLessThan(300);
      expect((cleared ?? Infinity) - raised).toBeLessThan(180);
    }
  });

  it('the pump vibrates too much once in six minutes, and not all the time', async () => {
    const alarms = await arrivedAt(flow('demo-pump'), 'alarm', published('pump', ['pump-1']), 'threshold');
    expect(alarms.length).toBeGreaterThanOrEqual(2);
    expect(alarms.length).toBeLessThanOrEqual(4);
  });

  it('only the weather station is silent, and comes back', async () => {
    const all = published(
      'all',
      DEMO_DEVICES.map(({ id }) => id),
    );
    const alarms = await arrivedAt(flow('demo-silent'), 'alarm', all, 'watchdog');
    expect(new Set(alarms.map(({ device }) => device))).toEqual(new Set(['weather-1']));
    expect(new Set(alarms.map(({ said }) => said))).toEqual(new Set(['silent', 'back']));
  });

  it('the filter passes on at most half of what the power meter sends', async () => {
    const input = published('meter', ['meter-1']);
    const saved = await arrivedAt(flow('demo-silent'), 'publish', input, 'watchdog');
    expect(saved.length).toBeGreaterThan(SECONDS / 60);
    expect(saved.length).toBeLessThan(SECONDS / 2);
  });
});
