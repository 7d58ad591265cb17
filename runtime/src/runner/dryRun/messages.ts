import type { ErrorCode } from '@sluice/shared/errors.ts';
import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import type { DryRun, ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import type { RunnerDevice } from '../protocol.ts';
import type { DryRequest } from './dryRun.ts';

// What the server and a process for dry runs say to each other: one task, one answer.

/** The devices of the workspace, as nodes may ask for them. */
export interface DryDevices {
  readonly devices: readonly RunnerDevice[];
  readonly telemetry: { readonly connection: string; readonly filter: string };
}

export type DryTask = DryDevices &
  (
    | { readonly kind: 'dryRun'; readonly request: DryRequest }
    | { readonly kind: 'scenarios'; readonly flow: Flow; readonly scenarios: readonly Scenario[] }
  );

/** What the answer to a task holds. */
export interface DryResults {
  readonly dryRun: DryRun;
  readonly scenarios: readonly ScenarioOutcome[];
}

export type DryAnswer =
  | { readonly ok: true; readonly value: DryResults[keyof DryResults] }
  | { readonly ok: false; readonly code: ErrorCode; readonly sentence: string };
