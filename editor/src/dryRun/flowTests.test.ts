import { catalog } from '@sluice/nodes/catalog.ts';
import { type Flow, flowSchema } from '@sluice/shared/flow/flow.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import type { DryRun } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { createDocument } from '../state/document.ts';
import { createHistory } from '../state/history.ts';
import { fakeServer, fakeTime, resourceOf } from '../state/testing.ts';
import { createFlowTests } from './flowTests.ts';
import { firstPlace } from './place.ts';
import type { SampleParts } from './sample.ts';
import type { Answered, DryRunWanted } from './testServer.ts';

const position = { x: 0, y: 0 };
const FLOW: Flow = flowSchema.parse({
  format: 1,
  id: 'f',
  name: 'F',
  nodes: [
    { id: 'in', type: 'device-input', position },
    { id: 'out', type: 'debug', position },
  ],
  wires: [{ from: ['in', 'out'], to: ['out', 'in'] }],
});
const SAMPLE: SampleParts = {
  ...(firstPlace(FLOW, catalog, undefined) ?? { node: '', port: '' }),
  at: '0s',
  device: 'f1',
  topic: '',
  payload: '{"t":-3}',
  headers: {},
};
const message = {
  id: 'm',
  time: 0,
  topic: 'alerts/f1',
  device: 'f1',
  payload: { t: -3, token: '••••••' },
  headers: {},
};
const RUN: DryRun = {
  problems: [],
  steps: [
    { node: 'mid', at: SCENARIO_START, port: 'in', in: message, out: [] },
    { node: 'out', at: SCENARIO_START + 600_000, port: 'in', in: message, out: [] },
  ],
  effects: [],
  counts: {},
  isCut: false,
  tookMs: 3,
  coveredMs: 600_000,
};

function open() {
  const time = fakeTime();
  const document = createDocument(resourceOf(FLOW), { server: fakeServer(resourceOf(FLOW)), time });
  const history = createHistory(document, time);
  const wanted: DryRunWanted[] = [];
  const answers: {
    run: Answered<DryRun>;
    later: ((run: Answered<DryRun>) => void) | undefined;
    isSlow: boolean;
  } = {
    run: { ok: true, value: RUN },
    later: undefined,
    isSlow: false,
  };
  const tests = createFlowTests({
    document,
    history,
    server: {
      dryRun: (asked) => {
        wanted.push(asked);
        if (!answers.isSlow) return Promise.resolve(answers.run);
        return new Promise((resolve) => (answers.later = resolve));
      },
      runScenarios: ({ scenarios }) =>
        Promise.resolve({
          ok: true,
          value: scenarios.map(({ name }) => ({ name, isPassed: name !== 'Bad', differences: [] })),
        }),
      recentInputs: () => Promise.resolve({ ok: true, value: [] }),
    },
  });
  return { tests, document, history, wanted, answers, scenarios: () => document.getState().flow.scenarios };
}

describe('trying the draft', () => {
  it('runs what is on the screen on the samples, up to a node', async () => {
    const { tests, wanted, document } = open();
    tests.add(SAMPLE);
    tests.setRunFor('10m');
    await tests.run('out');
    expect(wanted).toMatchObject([
      { flow: document.getState().flow, until: 'out', runFor: '10m', inputs: [{ node: 'in' }] },
    ]);
    expect(tests.getState().run).toMatchObject({ kind: 'done', until: 'out', run: RUN });
  });

  it('a sample that cannot be read is told at its field, and nothing runs', async () => {
    const { tests, wanted } = open();
    const key = tests.add({ ...SAMPLE, payload: '{' });
    await tests.run();
    expect(wanted).toEqual([]);
    expect(tests.getState().problems).toMatchObject([{ key, field: 'payload' }]);
    tests.change(key, { payload: '1' });
    expect(tests.getState().problems).toEqual([]);
  });

  it('an answer that comes after the samples were changed is not shown', async () => {
    const { tests, answers } = open();
    const key = tests.add(SAMPLE);
    answers.isSlow = true;
    const running = tests.run();
    expect(tests.getState().run.kind).toBe('running');
    tests.remove(key);
    answers.later?.({ ok: true, value: RUN });
    await running;
    expect(tests.getState().run.kind).toBe('none');
  });

  it('what the server refuses is a sentence', async () => {
    const { tests, answers } = open();
    tests.add(SAMPLE);
    answers.run = { ok: false, sentence: 'The test took longer than 30 s.' };
    await tests.run();
    expect(tests.getState().run).toEqual({ kind: 'failed', sentence: 'The test took longer than 30 s.' });
  });
});

describe('scenarios', () => {
  it('keep the samples, and expect exactly what came to the ends of the flow; what is masked is left out', async () => {
    const { tests, scenarios, history, wanted } = open();
    tests.add(SAMPLE);
    tests.setRunFor('10m');
    await tests.run('out');
    expect(await tests.keep('Warm')).toBe(true);
    expect(wanted.at(-1)?.until).toBeUndefined();
    expect(scenarios()).toEqual([
      {
        name: 'Warm',
        input: [{ at: '0s', node: 'in', port: 'out', message: { device: 'f1', payload: { t: -3 } } }],
        expect: [
          { at: '10m', node: 'out', message: { topic: 'alerts/f1', device: 'f1', payload: { t: -3 } } },
        ],
        runFor: '10m',
      },
    ]);
    expect(history.getState().past.at(-1)?.label).toBe('Keep the scenario “Warm”');
    await tests.keep('Warm');
    expect(scenarios().map(({ name }) => name)).toEqual(['Warm', 'Warm 2']);
  });

  it('are not kept of a run that is not listed in full, or of a flow with errors', async () => {
    const { tests, scenarios, answers } = open();
    tests.add(SAMPLE);
    answers.run = { ok: true, value: { ...RUN, isCut: true } };
    expect(await tests.keep('Warm')).toBe(false);
    expect(tests.getState().run).toMatchObject({ kind: 'failed' });
    const problem = { severity: 'error' as const, code: 'loop', sentence: 'A loop.' };
    answers.run = { ok: true, value: { ...RUN, problems: [problem] } };
    expect(await tests.keep('Warm')).toBe(false);
    expect(scenarios()).toEqual([]);
  });

  it('are run, opened, renamed and deleted, each a step to undo', async () => {
    const { tests, scenarios, history } = open();
    expect(await tests.runScenarios()).toBe(true);
    tests.add(SAMPLE);
    tests.setRunFor('10m');
    await tests.keep('Warm');
    await tests.keep('Bad');
    expect(await tests.runScenarios()).toBe(false);
    expect(tests.getState().outcomes).toMatchObject({
      kind: 'done',
      list: [{ isPassed: true }, { isPassed: false }],
    });
    tests.take([]);
    tests.open(0);
    expect(tests.getState()).toMatchObject({ runFor: '10m', samples: [SAMPLE] });
    expect(await tests.accept(0)).toBe(true);
    expect(scenarios()[0]).toMatchObject({ name: 'Warm', expect: [{ at: '10m', node: 'out' }] });
    tests.rename(1, 'Warm');
    expect(scenarios().map(({ name }) => name)).toEqual(['Warm', 'Warm 2']);
    tests.removeScenario(0);
    expect(scenarios().map(({ name }) => name)).toEqual(['Warm 2']);
    history.undo();
    history.undo();
    expect(scenarios().map(({ name }) => name)).toEqual(['Warm', 'Bad']);
  });
});
