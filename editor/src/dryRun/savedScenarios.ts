import type { Scenario } from '@sluice/shared/flow/flow.ts';
import type { ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import type { StoreApi } from 'zustand/vanilla';
import type { FlowDocument } from '../state/document.ts';
import type { FlowHistory } from '../state/history.ts';
import { freeName, scenarioOf } from './keep.ts';
import { readSamples, samplesOfScenario } from './sample.ts';
import type { Answered, TestServer } from './testServer.ts';
import type { FlowTests, TestState } from './testState.ts';
import type { Trials } from './trials.ts';

const CUT =
  'More happened than a test lists, so what is expected would not be complete. Take fewer messages or a shorter time.';

export interface SavedScenarioParts {
  readonly store: StoreApi<TestState>;
  readonly document: FlowDocument;
  readonly history: FlowHistory;
  readonly server: TestServer;
  readonly trials: Trials;
}

type SavedScenarios = Pick<
  FlowTests,
  'keep' | 'accept' | 'open' | 'rename' | 'removeScenario' | 'runScenarios'
>;

/** The scenarios that are saved with the flow. */
export function createSavedScenarios(parts: SavedScenarioParts): SavedScenarios {
  const { document, history, trials } = parts;
  const scenarios = (): readonly Scenario[] => document.getState().flow.scenarios;
  const edit = (next: readonly Scenario[], label: string) => {
    history.edit({ kind: 'setScenarios', scenarios: next }, { label });
  };
  const replace = (index: number, scenario: Scenario, label: string) =>
    edit(
      scenarios().map((other, at) => (at === index ? scenario : other)),
      label,
    );
  const freeFor = (wanted: string, others: readonly Scenario[]) =>
    freeName(
      wanted,
      others.map(({ name }) => name),
    );
  const open = (scenario: Scenario) => trials.take(samplesOfScenario(scenario), scenario.runFor);

  return {
    runScenarios: outcomesInto(parts),
    async keep(wanted) {
      const kept = await scenarioOfSamples(parts, freeFor(wanted, scenarios()));
      if (kept !== undefined) edit([...scenarios(), kept], `Keep the scenario “${kept.name}”`);
      return kept !== undefined;
    },
    async accept(index) {
      const before = scenarios()[index];
      if (before === undefined) return false;
      open(before);
      const after = await scenarioOfSamples(parts, before.name);
      if (after === undefined || scenarios()[index] !== before) return false;
      replace(index, { ...before, expect: after.expect }, `Change what “${before.name}” expects`);
      return true;
    },
    open(index) {
      const scenario = scenarios()[index];
      if (scenario !== undefined) open(scenario);
    },
    rename(index, wanted) {
      const scenario = scenarios()[index];
      if (scenario === undefined) return;
      const name = freeFor(wanted, scenarios().toSpliced(index, 1));
      replace(index, { ...scenario, name }, `Rename the scenario to “${name}”`);
    },
    removeScenario(index) {
      const name = scenarios()[index]?.name ?? '';
      edit(scenarios().toSpliced(index, 1), `Delete the scenario “${name}”`);
    },
  };
}

/** A scenario of the samples that expects what all of the draft makes of them now; where that cannot be, `run` says why. */
async function scenarioOfSamples(
  { store, document, trials }: SavedScenarioParts,
  name: string,
): Promise<Scenario | undefined> {
  const { flow } = document.getState();
  const { samples, runFor } = store.getState();
  const read = readSamples(samples);
  const done = await trials.runUntil(undefined);
  if (done === undefined || !read.ok) return undefined;
  if (done.problems.some(({ severity }) => severity === 'error')) return undefined;
  if (!done.isCut) return scenarioOf(name, read.inputs, runFor, done, flow);
  store.setState({ run: { kind: 'failed', sentence: CUT } });
  return undefined;
}

/** Runs the scenarios of the draft; of several runs the last one counts. */
function outcomesInto({ store, document, server }: SavedScenarioParts): FlowTests['runScenarios'] {
  let turn = 0;
  return async () => {
    const { flow } = document.getState();
    const mine = (turn += 1);
    store.setState({ outcomes: { kind: 'running' } });
    const asked: Answered<readonly ScenarioOutcome[]> =
      flow.scenarios.length === 0 ? { ok: true, value: [] } : await server.runScenarios(flow);
    if (mine === turn)
      store.setState({
        outcomes: asked.ok
          ? { kind: 'done', list: asked.value, flow }
          : { kind: 'failed', sentence: asked.sentence },
      });
    return asked.ok && asked.value.every(({ isPassed }) => isPassed);
  };
}
