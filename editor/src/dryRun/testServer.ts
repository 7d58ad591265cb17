import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { DryInput, DryRun, ScenarioOutcome } from '@sluice/shared/protocol/running.ts';

/** An answer of the server; a failure is a sentence for a person. */
export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly sentence: string };

export interface DryRunWanted {
  readonly flow: Flow;
  readonly inputs: readonly DryInput[];
  readonly until?: string | undefined;
  readonly runFor: string;
}

/** What trying a draft asks of the server. Never rejects. */
export interface TestServer {
  dryRun(wanted: DryRunWanted): Promise<Answered<DryRun>>;
  runScenarios(flow: Flow): Promise<Answered<readonly ScenarioOutcome[]>>;
  /** The last messages of the flow that runs, oldest first. */
  recentInputs(): Promise<Answered<readonly DryInput[]>>;
}
