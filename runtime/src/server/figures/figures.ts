import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Deployment } from '@sluice/shared/protocol/http.ts';
import type { Figures } from '@sluice/shared/protocol/running.ts';
import { FIGURES_EVERY_MS } from '../../runner/processFigures.ts';
import type { RunnerHost } from '../../runner/runnerHost.ts';
import type { RunnerTime } from '../../runner/time.ts';
import { every } from '../../runner/time.ts';
import { ownUse } from '../../sandbox/ownUse.ts';
import type { Deployments } from '../flows/deployments.ts';
import type { FlowCount, FlowGrowth } from './flowCounts.ts';
import { countOf, NO_FLOW, withCounters, withoutProcess } from './flowCounts.ts';
import type { ProcessCounts } from './processCounts.ts';
import {
  NO_PROCESSES,
  shownDelay,
  shownProcesses,
  withoutRunner,
  withRunner,
  withUse,
} from './processCounts.ts';
import { createDrawings, shownFlow } from './shownFlow.ts';

/** What the flows and processes of a workspace do and take. */
export interface WorkspaceFigures {
  /** As the page shows it. */
  shown(): Figures;
  /** By flow, those that are deployed: totals since the server started. */
  flows(): ReadonlyMap<string, FlowCount>;
  processes(): ProcessCounts;
  /** The moment that they are of, ms since the epoch. */
  now(): number;
  /** May be called twice. */
  stop(): void;
}

export interface FiguresOptions {
  readonly host: RunnerHost;
  readonly deployments: Deployments;
  /** The flow of a version, for the names of its nodes. */
  version(flow: string, version: number): Flow | undefined;
  readonly catalog: NodeCatalog;
  readonly time: RunnerTime;
}

/** A flow in one of these states counts anew when it goes on. */
const NOT_AT_WORK: ReadonlySet<string> = new Set(['stopped', 'held']);

/** Listens to a runner and its deployments, and looks at this process every 5 s. */
export function createFigures(options: FiguresOptions): WorkspaceFigures {
  const { host, deployments, time } = options;
  const flows = new Map<string, FlowGrowth>();
  const drawingOf = createDrawings(options);
  let processes: ProcessCounts = NO_PROCESSES;

  const lookAtServer = (): void => {
    processes = withUse(processes, 'server', ownUse(), 0, time.now());
  };
  lookAtServer();
  const stops = [
    every(time, FIGURES_EVERY_MS, lookAtServer),
    host.on('counters', (told) => {
      flows.set(told.flow, withCounters(flows.get(told.flow) ?? NO_FLOW, told, time.now()));
    }),
    host.on('processes', (told) => {
      processes = withRunner(processes, told, host.restarts(), time.now());
    }),
    host.on('state', ({ state }) => {
      if (state === 'ready' || state === 'starting') return;
      for (const [id, flow] of flows) flows.set(id, withoutProcess(flow));
      processes = withoutRunner(processes);
    }),
    deployments.onChanged(({ flow, state }) => {
      const known = flows.get(flow);
      if (known !== undefined && NOT_AT_WORK.has(state)) flows.set(flow, withoutProcess(known));
    }),
  ];

  function counts(deployed: readonly Deployment[]): Map<string, FlowCount> {
    const known = new Set(deployed.map(({ flow }) => flow));
    for (const id of flows.keys()) if (!known.has(id)) flows.delete(id);
    return new Map(deployed.map(({ flow }) => [flow, countOf(flows.get(flow) ?? NO_FLOW)]));
  }

  return {
    shown() {
      const now = time.now();
      const deployed = deployments.list();
      const counted = counts(deployed);
      return {
        at: now,
        flows: deployed.map((deployment) =>
          shownFlow(deployment, drawingOf(deployment), counted.get(deployment.flow) ?? countOf(NO_FLOW), now),
        ),
        processes: shownProcesses(processes, now),
        loopDelay: shownDelay(processes),
        lag: [...counted].flatMap(([flow, { lags }]) =>
          [...lags].map(([node, messages]) => ({ flow, node, messages })),
        ),
      };
    },
    flows: () => counts(deployments.list()),
    processes: () => processes,
    now: () => time.now(),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
