import type { Flow, Scenario } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { toMs } from '@sluice/shared/message/duration.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { metaOf } from '@sluice/shared/node/field.ts';
import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';
import type * as z from 'zod';
import { compile } from '../../engine/compile.ts';
import type { Plan } from '../../engine/plan.ts';
import type { RunningFlow } from '../../engine/runningFlow.ts';
import type { Notice, Shell } from '../../engine/shell.ts';
import { startFlow } from '../../engine/startFlow.ts';
import type { VirtualTime } from '../../engine/virtualTime.ts';
import { createVirtualTime } from '../../engine/virtualTime.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { memoryStateStore } from '../../storage/memoryStateStore.ts';
import { RunnerDevices } from '../deviceDirectory.ts';
import { Programs } from '../programs.ts';
import type { Mismatch } from './compare.ts';
import { compare } from './compare.ts';
import type { Arrival, Recording } from './recording.ts';
import { recordArrivals } from './recording.ts';
import { RECORD_ONLY_CONNECTIONS, RECORD_ONLY_HTTP } from './recordOnly.ts';

/** What the scenario ran on; the same for all of them. */
export interface ScenarioParts {
  readonly catalog: NodeCatalog;
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
  readonly sandbox: Sandbox;
}

export interface ScenarioResult {
  readonly name: string;
  readonly isPassed: boolean;
  /** Why the flow does not run at all; then nothing else was looked at. */
  readonly problems: readonly Problem[];
  readonly mismatches: readonly Mismatch[];
  /** All that came to any node, in order. */
  readonly arrivals: readonly Arrival[];
  /** Messages on which nodes failed meanwhile. */
  readonly failures: readonly { readonly node: string; readonly sentence: string }[];
}

/** When every scenario begins: 2026-01-01T00:00:00Z, a Thursday. */
export const SCENARIO_START = Date.UTC(2026, 0, 1);
const DRAIN_MS = 1_000;

/**
 * Runs one scenario of a flow: the real nodes and the real sandbox on a clock of its own, so that ten minutes take a
 * moment (EN11). Messages come out of the ports of the nodes that the scenario names (`out` where it names none);
 * sources do not start and nothing outside is reached (EN15).
 */
export async function runScenario(
  flow: Flow,
  scenario: Scenario,
  parts: ScenarioParts,
): Promise<ScenarioResult> {
  const compiled = compile(flow, parts.catalog, { connections: connectionsNamedIn(flow, parts.catalog) });
  if (!compiled.ok)
    return {
      name: scenario.name,
      isPassed: false,
      problems: compiled.problems,
      mismatches: [],
      arrivals: [],
      failures: [],
    };
  const time = createVirtualTime(SCENARIO_START);
  const recording = recordArrivals(parts.implementations, parts.catalog, () => time.clock.now());
  const failures: ScenarioResult['failures'][number][] = [];
  const programs = new Programs(parts.sandbox);
  const shell = shellOf(time, recording, programs, (notice) => {
    if (notice.kind === 'error') failures.push({ node: notice.node, sentence: notice.sentence });
  });
  let arrivals: readonly Arrival[];
  try {
    arrivals = await play(compiled.plan, scenario, shell, time, recording);
  } finally {
    programs.closeAll();
  }
  const mismatches = compare(scenario.expect, arrivals, SCENARIO_START, endsOf(compiled.plan));
  return {
    name: scenario.name,
    isPassed: mismatches.length === 0,
    problems: [],
    mismatches,
    arrivals,
    failures,
  };
}

/** Gives what had arrived at the end of the scenario. */
async function play(
  plan: Plan,
  scenario: Scenario,
  shell: Shell,
  time: VirtualTime,
  recording: Recording,
): Promise<readonly Arrival[]> {
  const running = await startFlow(plan, shell);
  const inputs = scenario.input.toSorted((one, other) => toMs(one.at) - toMs(other.at));
  for (const input of inputs) {
    await time.runUntil(SCENARIO_START + toMs(input.at));
    bringIn(running, input, shell);
  }
  const last = inputs.at(-1);
  await time.runUntil(SCENARIO_START + (last === undefined ? 0 : toMs(last.at)) + toMs(scenario.runFor));
  const arrivals = [...recording.arrivals];
  // A stop waits for time to go on: for a commit, or for what does not come to an end.
  const stopped = running.stop(DRAIN_MS);
  await time.runUntil(time.clock.now() + DRAIN_MS);
  await stopped;
  return arrivals;
}

function bringIn(running: RunningFlow, input: Scenario['input'][number], shell: Shell): void {
  const now = shell.clock.now();
  const message = createMessage({ ...input.message, id: shell.newId(), time: input.message.time ?? now });
  running.inject(input.node, input.port ?? 'out', message);
}

function shellOf(
  time: VirtualTime,
  recording: Recording,
  programs: Programs,
  notice: (notice: Notice) => void,
): Shell {
  let ids = 0;
  return {
    workspace: 'scenario',
    clock: time.clock,
    newId: () => `scenario-${(ids += 1)}`,
    scheduler: time.scheduler,
    store: memoryStateStore(),
    implementations: recording.implementations,
    connection: (type) => RECORD_ONLY_CONNECTIONS[type],
    program: (flow, node, source) => {
      const program = programs.open(flow, node, source);
      return { run: (messages, signal) => time.track(program.run(messages, signal)) };
    },
    http: RECORD_ONLY_HTTP,
    devices: new RunnerDevices([], { connection: 'devices', filter: 'devices/+/telemetry' }),
    reportAlarms: () => Promise.resolve(),
    notice,
  };
}

/** Every connection that the flow names counts as there: a scenario reaches none of them. */
function connectionsNamedIn(flow: Flow, catalog: NodeCatalog): ReadonlyMap<string, string> {
  const named = flow.nodes.flatMap((node) => {
    const shape = catalog.get(node.type)?.definition.config.shape ?? {};
    return Object.entries(shape).flatMap(([field, schema]): [string, string][] => {
      const id = node.config[field];
      const type = metaOf(schema as z.ZodType)?.connectionType;
      return typeof id === 'string' && type !== undefined ? [[id, type]] : [];
    });
  });
  return new Map(named);
}

/** Nodes from which no wire goes on. */
function endsOf(plan: Plan): readonly string[] {
  return plan.nodes
    .filter((node) => node.outputs.every(({ wires }) => wires.length === 0))
    .map(({ id }) => id);
}
