import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import { readFlow } from '@sluice/shared/flow/readFlow.ts';
import { durationSchema, toMs } from '@sluice/shared/message/duration.ts';
import type { DryInput, DryRun, ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import type { DryRuns } from '../runner/dryRun/dryRuns.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import type { Flows } from './flows/flows.ts';
import { maskSecrets } from '@sluice/shared/protocol/showMessage.ts';

/**
 * Dry runs of drafts (EN15). `flow` is anything that came in, to be run in the place of the draft. All throw `not-found`
 * for a flow that is not there, and what `DryRuns` throws.
 */
export interface DryRunning {
  run(id: string, wanted: DryRunWanted): Promise<DryRun>;
  /** Without `scenarios` those of the flow. */
  runScenarios(id: string, wanted: ScenariosWanted): Promise<ScenarioOutcome[]>;
  /** The last messages that sources brought in, oldest first, secrets masked; none for a flow that does not run. */
  recentInputs(id: string): Promise<DryInput[]>;
}

interface DryRunWanted {
  readonly flow?: unknown;
  readonly inputs: readonly DryInput[];
  readonly until?: string | undefined;
  /** As `10m`. */
  readonly runFor: string;
}

interface ScenariosWanted {
  readonly flow?: unknown;
  readonly scenarios?: readonly Scenario[] | undefined;
}

export interface DryRunningOptions {
  readonly flows: Flows;
  readonly host: RunnerHost;
  readonly dryRuns: DryRuns;
}

export function createDryRunning({ flows, host, dryRuns }: DryRunningOptions): DryRunning {
  /** The draft, also where another flow is sent: only who may see a flow may try it. */
  const flowOf = (id: string, sent: unknown): Flow => {
    const { flow } = flows.get(id);
    return sent === undefined ? flow : { ...parse(sent), id };
  };
  return {
    run: async (id, { flow, inputs, until, runFor }) =>
      dryRuns.dryRun({
        flow: flowOf(id, flow),
        inputs,
        until,
        runForMs: msOf(runFor, 'runFor'),
      }),
    async runScenarios(id, { flow, scenarios }) {
      const wanted = flowOf(id, flow);
      const all = scenarios ?? wanted.scenarios;
      for (const { name, input, expect, runFor } of all) {
        for (const length of [runFor, ...[...input, ...expect].map(({ at }) => at)])
          msOf(length, `the scenario “${name}”`);
      }
      return [...(await dryRuns.runScenarios(wanted, all))];
    },
    async recentInputs(id) {
      flows.get(id);
      try {
        const inputs = await host.ask(id, { about: 'recentInputs' });
        return inputs.map((input) => ({ ...input, payload: maskSecrets(input.payload) }));
      } catch (error) {
        if (error instanceof SluiceError && error.code === 'not-found') return [];
        throw error;
      }
    },
  };
}

function parse(sent: unknown): Flow {
  const read = readFlow(sent);
  if (!read.ok) throw new SluiceError(read.code, read.sentence);
  return read.flow;
}

function msOf(duration: string, where: string): number {
  const parsed = durationSchema.safeParse(duration);
  if (parsed.success) return toMs(parsed.data);
  const reason = parsed.error.issues[0]?.message ?? '';
  throw new SluiceError('invalid-input', `“${duration}” in ${where} is no length of time. ${reason}`);
}
