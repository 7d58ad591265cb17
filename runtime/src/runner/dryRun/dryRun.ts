import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import { hasErrors } from '@sluice/shared/flow/problem.ts';
import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import type { DryInput, DryRun } from '@sluice/shared/protocol/running.ts';
import type { Plan } from '../../engine/plan.ts';
import type { NodeCounters } from '../../engine/runningFlow.ts';
import type { VirtualInput } from '../scenario/virtualFlow.ts';
import type { VirtualParts } from '../scenario/virtualRun.ts';
import { compileAlone, runVirtually } from '../scenario/virtualRun.ts';
import { checkUserCode } from '../userCode.ts';
import { DryReport } from './dryReport.ts';
import { upTo } from './upTo.ts';

export interface DryRequest {
  readonly flow: Flow;
  readonly inputs: readonly DryInput[];
  /** Nodes behind this one do not run. */
  readonly until: string | undefined;
  /** How long the clock goes on after the last input, ms. */
  readonly runForMs: number;
}

export interface DryParts extends VirtualParts {
  /** A clock that goes on, for how long it took; ms. */
  stopwatch(): number;
}

/** The furthest time that a date can stand for, ms from the epoch (ECMA-262, 21.4.1.1). */
const FURTHEST = 8.64e15;

/**
 * Runs a flow on messages with the clock of the data (EN11): it starts at the first message's time, state begins empty,
 * timers run out as the clock passes them. What sinks would do is listed and not done (EN15). A flow with errors does not
 * run: they are in `problems`. Throws a `SluiceError` for a message or a node that does not fit the flow.
 */
export async function dryRun(request: DryRequest, parts: DryParts): Promise<DryRun> {
  const startedAt = parts.stopwatch();
  const { flow, until, runForMs } = request;
  refuseUnknown(request);
  const wanted = until === undefined ? flow : upTo(flow, until);
  const compiled = compileAlone(wanted, parts.catalog);
  const problems = compiled.ok ? await withCode(compiled, parts) : compiled.problems;
  if (!compiled.ok || hasErrors(problems)) return notRun(problems);

  const inputs = inputsFor(request, compiled.plan);
  const start = inputs[0]?.at ?? SCENARIO_START;
  const end = (inputs.at(-1)?.at ?? start) + runForMs;
  const report = new DryReport();
  const counters = await runVirtually(
    compiled.plan,
    {
      inputs,
      start,
      end,
      observer: report,
      notice: (notice, at) => report.notice(notice, at),
    },
    parts,
  );
  return {
    problems: shownProblems(problems),
    steps: report.steps,
    effects: report.effects,
    counts: countsOf(counters),
    isCut: report.isCut,
    tookMs: parts.stopwatch() - startedAt,
    coveredMs: end - start,
  };
}

async function withCode(
  compiled: { readonly plan: Plan; readonly problems: readonly Problem[] },
  { sandbox }: DryParts,
): Promise<readonly Problem[]> {
  return [...compiled.problems, ...(await checkUserCode(compiled.plan, sandbox))];
}

function refuseUnknown({ flow, inputs, until }: DryRequest): void {
  const known = new Set(flow.nodes.map(({ id }) => id));
  if (until !== undefined && !known.has(until))
    throw new SluiceError('invalid-input', `There is no node “${until}” in this flow to run to.`);
  for (const [index, { node, time }] of inputs.entries()) {
    if (!known.has(node))
      throw new SluiceError(
        'invalid-input',
        `Message ${index + 1} is for the node “${node}”, which is not in this flow.`,
      );
    if (!Number.isFinite(time) || Math.abs(time) > FURTHEST)
      throw new SluiceError(
        'invalid-input',
        `The time of message ${index + 1} is ${time}, and that is no time. Write milliseconds since 1970.`,
      );
  }
}

/** In order of time; without those for nodes that do not run, because they are behind the last one or switched off. */
function inputsFor({ inputs }: DryRequest, plan: Plan): readonly VirtualInput[] {
  const running = new Set(plan.nodes.map(({ id }) => id));
  return inputs
    .filter(({ node }) => running.has(node))
    .map(({ time, node, port, ...message }) => ({ at: time, node, port, message }))
    .toSorted((one, other) => one.at - other.at);
}

function countsOf(counters: Readonly<Record<string, NodeCounters>>): DryRun['counts'] {
  return Object.fromEntries(
    Object.entries(counters).map(([node, counted]) => [
      node,
      { in: counted.in, out: counted.out, errors: counted.errors },
    ]),
  );
}

function notRun(problems: readonly Problem[]): DryRun {
  return {
    problems: shownProblems(problems),
    steps: [],
    effects: [],
    counts: {},
    isCut: false,
    tookMs: 0,
    coveredMs: 0,
  };
}

function shownProblems(problems: readonly Problem[]): DryRun['problems'] {
  return problems.map((problem) => ({ ...problem }));
}
