import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import { toMs } from '@sluice/shared/message/duration.ts';
import type { Plan } from '../../engine/plan.ts';
import type { Notice } from '../../engine/shell.ts';
import type { Arrival, Mismatch } from './compare.ts';
import { compare } from './compare.ts';
import type { Observer } from './recording.ts';
import type { VirtualParts } from './virtualRun.ts';
import { compileAlone, runVirtually } from './virtualRun.ts';

export interface ScenarioResult {
  readonly name: string;
  readonly isPassed: boolean;
  /** Why the flow does not run at all; then nothing else was looked at. */
  readonly problems: readonly Problem[];
  /** Why it could not be played to its end, as when it names a port that the node does not have. */
  readonly refused: string | undefined;
  readonly mismatches: readonly Mismatch[];
  /** All that came to any node, in order. */
  readonly arrivals: readonly Arrival[];
  /** Messages on which nodes failed meanwhile. */
  readonly failures: readonly { readonly node: string; readonly sentence: string }[];
}

/**
 * Runs one scenario of a flow: the real nodes and the real sandbox on a clock of its own, so that ten minutes take a
 * moment (EN11). Messages come out of the ports of the nodes that the scenario names (`out` where it names none);
 * sources do not start and nothing outside is reached (EN15).
 */
export async function runScenario(
  flow: Flow,
  scenario: Scenario,
  parts: VirtualParts,
): Promise<ScenarioResult> {
  const compiled = compileAlone(flow, parts.catalog);
  const { name } = scenario;
  const failed = {
    name,
    isPassed: false,
    problems: [],
    refused: undefined,
    mismatches: [],
    arrivals: [],
    failures: [],
  };
  if (!compiled.ok) return { ...failed, problems: compiled.problems };
  const arrivals: Arrival[] = [];
  const failures: ScenarioResult['failures'][number][] = [];
  const inputs = scenario.input
    .map(({ at, node, port = 'out', message }) => ({ at: SCENARIO_START + toMs(at), node, port, message }))
    .toSorted((one, other) => one.at - other.at);
  const end = (inputs.at(-1)?.at ?? SCENARIO_START) + toMs(scenario.runFor);
  const run = {
    inputs,
    start: SCENARIO_START,
    end,
    observer: arrivalsInto(arrivals),
    notice: (notice: Notice) => {
      if (notice.kind === 'error') failures.push({ node: notice.node, sentence: notice.sentence });
    },
  };
  try {
    await runVirtually(compiled.plan, run, parts);
  } catch (error) {
    if (error instanceof SluiceError) return { ...failed, arrivals, failures, refused: error.message };
    throw error;
  }
  const mismatches = compare(scenario.expect, arrivals, SCENARIO_START, endsOf(compiled.plan));
  return { ...failed, isPassed: mismatches.length === 0, mismatches, arrivals, failures };
}

/** Writes down what came to nodes. */
function arrivalsInto(arrivals: Arrival[]): Observer {
  return {
    visit: ({ node, port, at, message }) => {
      if (message !== undefined) arrivals.push({ node, port, at, message });
      return () => undefined;
    },
    asked: () => ({ more: () => undefined }),
  };
}

/** Nodes from which no wire goes on. */
function endsOf(plan: Plan): readonly string[] {
  return plan.nodes
    .filter((node) => node.outputs.every(({ wires }) => wires.length === 0))
    .map(({ id }) => id);
}
