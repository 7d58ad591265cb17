import { catalog } from '@sluice/nodes/catalog.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import { expect, it } from 'vitest';
import { outcomeOf } from './outcome.ts';
import type { ScenarioResult } from './runScenario.ts';

const FLOW: Flow = flowSchema.parse({
  format: 1,
  id: 'f',
  name: 'F',
  nodes: [
    { id: 'a', type: 'debug', position: { x: 0, y: 0 }, name: 'Show' },
    { id: 'b', type: 'debug', position: { x: 0, y: 0 } },
  ],
  wires: [],
});
const RESULT: ScenarioResult = {
  name: 'S',
  isPassed: false,
  problems: [],
  refused: undefined,
  mismatches: [],
  arrivals: [],
  failures: [],
};
const message = createMessage({ id: 'm', time: 0, topic: 'alerts/f1', payload: { t: 1 } });
const got = { node: 'a', port: 'in', at: SCENARIO_START, message };
const expected = { at: '0s', node: 'b', message: { device: 'f1', payload: 'x'.repeat(1_000) } };

it('differences are sentences with the names of the canvas; what is long is cut', () => {
  const mismatches = [
    { node: 'a', number: 2, expected: undefined, got, sentence: 'nothing more was expected here' },
    { node: 'b', number: 1, expected, got: undefined, sentence: 'nothing came' },
    { node: 'a', number: 1, expected, got, sentence: 'topic is "a", and "b" was expected' },
  ];
  const failures = [{ node: 'b', sentence: 'No number.' }];
  const { differences } = outcomeOf({ ...RESULT, mismatches, failures }, FLOW, catalog);
  expect(differences).toEqual([
    'Show, message 2: nothing more was expected here, and {"t":1} on alerts/f1 came.',
    expect.stringMatching(/^Debug, message 1: nothing came, and "x{299}… of f1 was expected\.$/),
    'Show, message 1: topic is "a", and "b" was expected.',
    'Debug failed on a message: No number.',
  ]);
});

it('very many are counted, and failures on the way say nothing where the scenario holds', () => {
  const mismatch = {
    node: 'a',
    number: 1,
    expected: undefined,
    got,
    sentence: 'nothing more was expected here',
  };
  const many = { ...RESULT, mismatches: Array.from({ length: 25 }, () => mismatch) };
  expect(outcomeOf(many, FLOW, catalog).differences.at(-1)).toBe('And 5 more.');
  const passed = { ...RESULT, isPassed: true, failures: [{ node: 'a', sentence: 'No number.' }] };
  expect(outcomeOf(passed, FLOW, catalog)).toEqual({ name: 'S', isPassed: true, differences: [] });
});

it('a flow that does not compile, or a port that is gone, says so', () => {
  const problem = { severity: 'error', code: 'loop', sentence: 'A loop.' } as const;
  const refused = '“Show” has no port “left”.';
  expect(outcomeOf({ ...RESULT, problems: [problem] }, FLOW, catalog).differences).toEqual(['A loop.']);
  expect(outcomeOf({ ...RESULT, refused }, FLOW, catalog).differences).toEqual([refused]);
});
