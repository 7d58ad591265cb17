import { readdirSync, readFileSync } from 'node:fs';
import { catalog } from '@sluice/nodes/catalog.ts';
import { runners } from '@sluice/nodes/runners.ts';
import { readFlow } from '@sluice/shared/flow/readFlow.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { runScenario } from '../runtime/src/runner/scenario/runScenario.ts';
import { createSandbox } from '../runtime/src/sandbox/createSandbox.ts';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const sandbox = createSandbox();
afterAll(() => sandbox.close());

describe.each(files)('%s', (file) => {
  const read = readFlow(readFileSync(new URL(file, folder), 'utf8'));
  if (!read.ok) throw new Error(`${file}: ${read.sentence}`);
  const { flow } = read;

  it('is named as its file, says what it is for, and has scenarios', () => {
    expect(`${flow.id}.json`).toBe(file);
    expect(flow.description?.length).toBeGreaterThan(40);
    expect(flow.scenarios.length).toBeGreaterThan(0);
  });

  it('is laid out from left to right on the grid, nothing on top of another', () => {
    const positions = new Map(flow.nodes.map(({ id, position }) => [id, position]));
    const places = flow.nodes.map(({ position }) => `${position.x},${position.y}`);
    expect(new Set(places).size).toBe(places.length);
    for (const { x, y } of positions.values()) expect([x % 24, y % 24].map(Math.abs)).toEqual([0, 0]);
    for (const { from, to } of flow.wires)
      expect((positions.get(to[0])?.x ?? 0) - (positions.get(from[0])?.x ?? 0)).toBeGreaterThanOrEqual(312);
  });

  it.each(flow.scenarios)('$name', async (scenario) => {
    const result = await runScenario(flow, scenario, { catalog, implementations: runners, sandbox });
    expect(result.problems).toEqual([]);
    expect(result.mismatches).toEqual([]);
  });
});

it('there are the flows that the gallery promises', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'door-left-open.json',
      'freezer-too-warm.json',
      'machine-vibration.json',
      'power-peak-webhook.json',
      'saving-filter.json',
      'weather-station-influxdb.json',
    ]),
  );
});
