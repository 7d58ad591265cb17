import { SluiceError } from '@sluice/shared/errors.ts';
import type { Outbox } from '@sluice/shared/protocol/running.ts';
import type { FlowCount, NodeCount } from '../figures/flowCounts.ts';
import { processTotals, shownDelay } from '../figures/processCounts.ts';
import type { LoopDelay } from '../../runner/protocol.ts';
import type { Workspace } from '../workspace.ts';

/** Nodes with series of their own; each has eight, and Prometheus keeps every series that it ever saw. */
const MOST_NODES = 10_000;

type Labels<Names extends string> = Readonly<Record<Names, string>>;

export interface CountedFlow extends FlowCount {
  readonly labels: Labels<'workspace' | 'flow'>;
}
export interface CountedNode extends NodeCount {
  readonly labels: Labels<'workspace' | 'flow' | 'node'>;
}
export interface CountedLag {
  readonly labels: Labels<'workspace' | 'flow' | 'node'>;
  readonly messages: number;
}
export interface CountedOutbox extends Outbox {
  readonly labels: Labels<'workspace' | 'flow' | 'node'>;
  /** How old the oldest message is, ms. */
  readonly oldestMs: number;
}
export interface CountedLetters {
  readonly labels: Labels<'workspace' | 'flow'>;
  readonly kept: number;
  readonly dropped: number;
}
export interface CountedProcess {
  readonly labels: Labels<'workspace' | 'role'>;
  readonly cpuSeconds: number;
  readonly memory: number;
  readonly restarts: number;
}
export interface CountedRunner {
  readonly labels: Labels<'workspace'>;
  readonly loopDelay: LoopDelay;
  readonly isDiskInTrouble: boolean;
}

/** What there is to tell at one moment, so that all metrics of a scrape fit together. */
export interface Scrape {
  look(): void;
  readonly flows: readonly CountedFlow[];
  readonly nodes: readonly CountedNode[];
  /** Nodes beyond the most that have series of their own. */
  readonly leftOut: number;
  readonly lags: readonly CountedLag[];
  readonly outboxes: readonly CountedOutbox[];
  readonly letters: readonly CountedLetters[];
  readonly processes: readonly CountedProcess[];
  readonly runners: readonly CountedRunner[];
}

export function createScrape(all: () => readonly Workspace[]): Scrape {
  let flows: readonly CountedFlow[] = [];
  let nodes: readonly CountedNode[] = [];
  let letters: readonly CountedLetters[] = [];
  return {
    look() {
      flows = all().flatMap(countedFlows);
      nodes = flows.flatMap(countedNodes);
      letters = all().flatMap(countedLetters);
    },
    get flows() {
      return flows;
    },
    get nodes() {
      return nodes.slice(0, MOST_NODES);
    },
    get leftOut() {
      return Math.max(0, nodes.length - MOST_NODES);
    },
    get lags() {
      return flows.flatMap(countedLags);
    },
    get outboxes() {
      return all().flatMap(countedOutboxes);
    },
    get letters() {
      return letters;
    },
    get processes() {
      return all().flatMap(countedProcesses);
    },
    get runners() {
      return all().map(({ id, figures }) => ({
        labels: { workspace: id },
        loopDelay: shownDelay(figures.processes()),
        isDiskInTrouble: figures.processes().isDiskInTrouble,
      }));
    },
  };
}

function countedFlows({ id, figures }: Workspace): CountedFlow[] {
  return [...figures.flows()].map(([flow, count]) => ({ ...count, labels: { workspace: id, flow } }));
}

function countedNodes({ labels, nodes }: CountedFlow): CountedNode[] {
  return [...nodes].map(([node, count]) => ({ ...count, labels: { ...labels, node } }));
}

function countedLags({ labels, lags }: CountedFlow): CountedLag[] {
  return [...lags].map(([node, messages]) => ({ labels: { ...labels, node }, messages }));
}

function countedOutboxes({ id, figures }: Workspace): CountedOutbox[] {
  const now = figures.now();
  return [...figures.flows().values()].flatMap(({ outboxes }) =>
    outboxes.map((outbox) => ({
      ...outbox,
      labels: { workspace: id, flow: outbox.flow, node: outbox.node },
      oldestMs: outbox.oldestAt === undefined ? 0 : Math.max(0, now - outbox.oldestAt),
    })),
  );
}

/** While the file that they are in cannot be read there is nothing to tell of them; its alarm says why. */
function countedLetters({ id, deadLetters }: Workspace): CountedLetters[] {
  try {
    return [...deadLetters.counts()].map(([flow, counts]) => ({
      ...counts,
      labels: { workspace: id, flow },
    }));
  } catch (error) {
    if (error instanceof SluiceError) return [];
    throw error;
  }
}

function countedProcesses({ id, figures }: Workspace): CountedProcess[] {
  return processTotals(figures.processes()).map(({ role, ...process }) => ({
    ...process,
    labels: { workspace: id, role },
  }));
}
