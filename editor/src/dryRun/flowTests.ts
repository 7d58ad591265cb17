import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import type { DryInput, DryRun, ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import { createStore } from 'zustand/vanilla';
import type { FlowDocument } from '../state/document.ts';
import type { FlowHistory } from '../state/history.ts';
import { type ReadStore, readOnly } from '../state/store.ts';
import { freeName, scenarioOf } from './keep.ts';
import type { Sample, SampleParts, SampleProblem } from './sample.ts';
import { readSamples, samplesOfScenario } from './sample.ts';
import type { Answered, TestServer } from './testServer.ts';

type RunState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  /** `until`: nodes behind that one did not run. `flow`: what ran. */
  | { readonly kind: 'done'; readonly run: DryRun; readonly until: string | undefined; readonly flow: Flow }
  | { readonly kind: 'failed'; readonly sentence: string };

export interface TestState {
  readonly samples: readonly Sample[];
  readonly problems: readonly SampleProblem[];
  /** How long the clock goes on after the last sample, as `10m`. */
  readonly runFor: string;
  readonly run: RunState;
  /** What became of the scenarios of `flow`, in their order. */
  readonly outcomes:
    | { readonly kind: 'running' }
    | { readonly kind: 'done'; readonly list: readonly ScenarioOutcome[]; readonly flow: Flow }
    | { readonly kind: 'failed'; readonly sentence: string }
    | undefined;
}

/** What a person tries the draft on, what came of it, and the scenarios that are saved with the flow. */
export interface FlowTests extends ReadStore<TestState> {
  /** Gives its key. */
  add(parts: SampleParts): number;
  /** In the place of the samples that are there. */
  take(samples: readonly SampleParts[], runFor?: string): void;
  change(key: number, change: Partial<SampleParts>): void;
  remove(key: number): void;
  setRunFor(runFor: string): void;
  /** Runs the draft dry on the samples; with `until` the nodes behind that one do not run. */
  run(until?: string): Promise<void>;
  /** Runs all of the draft, and saves the samples with what came of them as a scenario. False when that cannot be; `run` says why. */
  keep(name: string): Promise<boolean>;
  /** The last messages of the flow that runs. */
  recent(): Promise<Answered<readonly DryInput[]>>;
  /** False where one of them fails, or they could not be run: `outcomes` says which and why. */
  runScenarios(): Promise<boolean>;
  /** Takes the messages of a scenario as samples. */
  open(index: number): void;
  /** Runs all of the draft on the messages of a scenario, and expects what came of them from now on. */
  accept(index: number): Promise<boolean>;
  rename(index: number, name: string): void;
  removeScenario(index: number): void;
}

export interface FlowTestParts {
  readonly document: FlowDocument;
  readonly history: FlowHistory;
  readonly server: TestServer;
}

const CUT =
  'More happened than a test lists, so what is expected would not be complete. Take fewer messages or a shorter time.';
/** Only what a run on a fixed flow and fixed samples gave is worth showing; an answer to an earlier one is not. */
const NOTHING: RunState = { kind: 'none' };

export function createFlowTests({ document, history, server }: FlowTestParts): FlowTests {
  const store = createStore<TestState>(() => ({
    samples: [],
    problems: [],
    runFor: '0s',
    run: NOTHING,
    outcomes: undefined,
  }));
  let lastKey = 0;
  /** Grows with each run: an answer to an earlier one comes too late. */
  let runs = 0;

  const keyed = (parts: SampleParts): Sample => ({ ...parts, key: (lastKey += 1) });
  const setSamples = (samples: readonly Sample[]) => {
    runs += 1;
    store.setState({ samples, problems: [], run: NOTHING });
  };

  const run = async (until: string | undefined): Promise<DryRun | undefined> => {
    const { samples, runFor } = store.getState();
    const read = readSamples(samples);
    if (!read.ok) {
      store.setState({ problems: read.problems });
      return undefined;
    }
    const { flow } = document.getState();
    const number = (runs += 1);
    store.setState({ problems: [], run: { kind: 'running' } });
    const asked = await server.dryRun({
      flow,
      inputs: [...read.inputs],
      runFor,
      ...(until === undefined ? {} : { until }),
    });
    if (number !== runs) return undefined;
    store.setState({
      run: asked.ok
        ? { kind: 'done', run: asked.value, until, flow }
        : { kind: 'failed', sentence: asked.sentence },
    });
    return asked.ok ? asked.value : undefined;
  };

  const setScenarios = (scenarios: readonly Scenario[], label: string) => {
    history.edit({ kind: 'setScenarios', scenarios }, { label });
  };
  const scenarios = (): readonly Scenario[] => document.getState().flow.scenarios;

  /** A scenario of the samples that expects what all of the draft makes of them now. */
  const made = async (name: string): Promise<Scenario | undefined> => {
    const { flow } = document.getState();
    const { samples, runFor } = store.getState();
    const read = readSamples(samples);
    const done = await run(undefined);
    if (done === undefined || !read.ok || done.problems.some(({ severity }) => severity === 'error'))
      return undefined;
    if (!done.isCut) return scenarioOf(name, read.inputs, runFor, done, flow);
    store.setState({ run: { kind: 'failed', sentence: CUT } });
    return undefined;
  };

  return {
    ...readOnly(store),
    add(parts) {
      const sample = keyed(parts);
      setSamples([...store.getState().samples, sample]);
      return sample.key;
    },
    take(samples, runFor = '0s') {
      setSamples(samples.map(keyed));
      store.setState({ runFor });
    },
    change(key, change) {
      setSamples(
        store.getState().samples.map((sample) => (sample.key === key ? { ...sample, ...change } : sample)),
      );
    },
    remove: (key) => setSamples(store.getState().samples.filter((sample) => sample.key !== key)),
    setRunFor(runFor) {
      runs += 1;
      store.setState({ runFor, run: NOTHING });
    },
    async run(until) {
      await run(until);
    },
    async keep(wanted) {
      const name = freeName(
        wanted,
        scenarios().map((scenario) => scenario.name),
      );
      const kept = await made(name);
      if (kept !== undefined) setScenarios([...scenarios(), kept], `Keep the scenario “${name}”`);
      return kept !== undefined;
    },
    recent: () => server.recentInputs(),
    async runScenarios() {
      const { flow } = document.getState();
      store.setState({ outcomes: { kind: 'running' } });
      const asked: Answered<readonly ScenarioOutcome[]> =
        flow.scenarios.length === 0 ? { ok: true, value: [] } : await server.runScenarios(flow);
      store.setState({
        outcomes: asked.ok
          ? { kind: 'done', list: asked.value, flow }
          : { kind: 'failed', sentence: asked.sentence },
      });
      return asked.ok && asked.value.every(({ isPassed }) => isPassed);
    },
    open(index) {
      const scenario = scenarios()[index];
      if (scenario !== undefined) this.take(samplesOfScenario(scenario), scenario.runFor);
    },
    async accept(index) {
      const before = scenarios()[index];
      if (before === undefined) return false;
      this.open(index);
      const after = await made(before.name);
      if (after === undefined || scenarios()[index] !== before) return false;
      setScenarios(
        scenarios().map((scenario, at) => (at === index ? { ...before, expect: after.expect } : scenario)),
        `Change what “${before.name}” expects`,
      );
      store.setState({ outcomes: undefined });
      return true;
    },
    rename(index, wanted) {
      const others = scenarios().filter((_, at) => at !== index);
      const name = freeName(
        wanted,
        others.map((scenario) => scenario.name),
      );
      setScenarios(
        scenarios().map((scenario, at) => (at === index ? { ...scenario, name } : scenario)),
        `Rename the scenario to “${name}”`,
      );
      store.setState({ outcomes: undefined });
    },
    removeScenario(index) {
      const name = scenarios()[index]?.name ?? '';
      setScenarios(
        scenarios().filter((_, at) => at !== index),
        `Delete the scenario “${name}”`,
      );
      store.setState({ outcomes: undefined });
    },
  };
}
