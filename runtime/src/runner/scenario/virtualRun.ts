import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { metaOf } from '@sluice/shared/node/field.ts';
import type * as z from 'zod';
import type { Compiled } from '../../engine/compile.ts';
import { compile } from '../../engine/compile.ts';
import type { Plan } from '../../engine/plan.ts';
import type { NodeCounters } from '../../engine/runningFlow.ts';
import type { Notice } from '../../engine/shell.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { Programs } from '../programs.ts';
import { hasUserCode } from '../userCode.ts';
import { codeDepths } from './codeDepths.ts';
import type { Foresight } from './foresight.ts';
import { createForesight } from './foresight.ts';
import type { Observer } from './recording.ts';
import type { VirtualFlow, VirtualFlowParts, VirtualInput } from './virtualFlow.ts';
import { startVirtually } from './virtualFlow.ts';

/** What a run on a clock of its own needs; the same for scenarios and dry runs. */
export interface VirtualParts extends VirtualFlowParts {
  readonly sandbox: Sandbox;
}

export interface VirtualRun {
  /** In order of time. */
  readonly inputs: readonly VirtualInput[];
  /** Where the clock starts and where it ends, ms since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly observer: Observer;
  /** What the flow says, and when. */
  notice(notice: Notice, at: number): void;
}

/** So many messages go through one stage of foresight before the next one gets them. */
const STRETCH = 512;

const UNSEEN = {
  observer: { visit: () => () => undefined, asked: () => ({ more: () => undefined }) },
  notice: () => undefined,
};

/** Compiles a flow as if every connection that it names were there: a run on a clock of its own reaches none of them. */
export function compileAlone(flow: Flow, catalog: NodeCatalog): Compiled {
  return compile(flow, catalog, { connections: connectionsNamedIn(flow, catalog) });
}

/**
 * Plays messages to a plan on a clock of its own (`VirtualFlow`), as fast as it goes, with user code in the real sandbox,
 * which is asked ahead (`Foresight`). Gives the counters of all nodes at the end. Throws a `SluiceError` for an input that
 * its node cannot take.
 */
export async function runVirtually(
  plan: Plan,
  run: VirtualRun,
  parts: VirtualParts,
): Promise<Readonly<Record<string, NodeCounters>>> {
  const programs = new Programs(parts.sandbox);
  const foresight = createForesight({
    depths: codeDepths(plan, hasUserCode),
    open: (node, source) => programs.open(plan.flow.id, node, source),
  });
  const flows: VirtualFlow[] = [];
  const start = async (seen: Pick<VirtualRun, 'observer' | 'notice'>) => {
    const program = foresight.programsOf(flows.length);
    const flow = await startVirtually(plan, { ...seen, start: run.start, program }, parts);
    flows.push(flow);
    return flow;
  };
  try {
    const scouts: VirtualFlow[] = [];
    while (scouts.length < foresight.scouts) scouts.push(await start(UNSEEN));
    const real = await start(run);
    await play(run, scouts, real, foresight);
    return real.counters();
  } finally {
    for (const flow of flows) await flow.stop();
    programs.closeAll();
  }
}

async function play(
  { inputs, end }: VirtualRun,
  scouts: readonly VirtualFlow[],
  real: VirtualFlow,
  foresight: Foresight,
): Promise<void> {
  let ahead = scouts;
  for (let from = 0, isLast = false; !isLast; from += STRETCH) {
    isLast = from + STRETCH >= inputs.length;
    const stretch = { inputs: inputs.slice(from, from + STRETCH), until: isLast ? end : undefined };
    if (!(await lookAhead(ahead, stretch, foresight))) ahead = [];
    await playStretch(real, stretch);
    foresight.forget();
  }
}

interface Stretch {
  readonly inputs: readonly VirtualInput[];
  readonly until: number | undefined;
}

/** False when a scout failed: it goes no further. What it failed on is told by the run itself, when it comes to it. */
async function lookAhead(
  scouts: readonly VirtualFlow[],
  stretch: Stretch,
  foresight: Foresight,
): Promise<boolean> {
  try {
    for (const [stage, scout] of scouts.entries()) {
      await playStretch(scout, stretch);
      await foresight.ask(stage);
    }
    return true;
  } catch {
    return false;
  }
}

async function playStretch(flow: VirtualFlow, { inputs, until }: Stretch): Promise<void> {
  await flow.play(inputs);
  if (until !== undefined) await flow.runUntil(until);
}

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
