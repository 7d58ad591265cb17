import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { DryInput, DryRun, ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import type { ReadStore } from '../state/store.ts';
import type { Sample, SampleParts, SampleProblem } from './sample.ts';
import type { Answered } from './testServer.ts';

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
