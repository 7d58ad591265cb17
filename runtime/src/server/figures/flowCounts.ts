import type { Outbox } from '@sluice/shared/protocol/running.ts';
import type { FlowTotals, NodeCounters } from '../../engine/runningFlow.ts';
import type { RunnerEvents } from '../../runner/runnerHost.ts';
import type { Growth } from './growth.ts';
import { grown, NOTHING_YET, startedAnew, totalOf } from './growth.ts';
import type { Reading } from './readings.ts';
import { withReading } from './readings.ts';

const COUNTED = ['in', 'out', 'errors', 'deadLetters', 'evicted', 'retries', 'busyMs'] as const;
type Counted = (typeof COUNTED)[number];

/** Counts of one node since the server started, and what waits at it now. */
export type NodeCount = Readonly<Record<Counted | 'waiting', number>>;

/** Messages that a source has waiting outside, by node id, for those that can tell. */
type Lags = ReadonlyMap<string, number>;

/** What is known of one flow: totals since the server started, and what is the case now. */
export interface FlowCount {
  readonly nodes: ReadonlyMap<string, NodeCount>;
  readonly batches: number;
  readonly messages: number;
  /** Processor time of its user code in the sandbox process, ms. */
  readonly userCodeMs: number;
  /** `memory` is with that of its user code, of which it is `userCodeMemory`. */
  readonly now: Pick<FlowTotals, 'underWay' | 'oldestMs' | 'memory'> & { readonly userCodeMemory: number };
  readonly lags: Lags;
  /** As told; `dropped` is since the server started. */
  readonly outboxes: readonly Outbox[];
  /** Messages that its sources brought in, and processor time in ms with that of its user code, at successive moments. */
  readonly readings: { readonly messages: readonly Reading[]; readonly busyMs: readonly Reading[] };
}

interface NodeGrowth {
  readonly counts: Readonly<Record<Counted, Growth>>;
  readonly waiting: number;
}

/** The same with what is needed to go on counting. Immutable: each message of the runner makes the next one. */
export interface FlowGrowth {
  readonly nodes: ReadonlyMap<string, NodeGrowth>;
  readonly dropped: ReadonlyMap<string, Growth>;
  readonly batches: Growth;
  readonly messages: Growth;
  readonly userCodeMs: Growth;
  readonly now: FlowCount['now'];
  readonly lags: Lags;
  readonly outboxes: readonly Outbox[];
  readonly readings: FlowCount['readings'];
}

const NOTHING_NOW: FlowCount['now'] = { underWay: 0, oldestMs: 0, memory: 0, userCodeMemory: 0 };

export const NO_FLOW: FlowGrowth = {
  nodes: new Map(),
  dropped: new Map(),
  batches: NOTHING_YET,
  messages: NOTHING_YET,
  userCodeMs: NOTHING_YET,
  now: NOTHING_NOW,
  lags: new Map(),
  outboxes: [],
  readings: { messages: [], busyMs: [] },
};

type Counters = Pick<RunnerEvents['counters'], 'nodes' | 'totals' | 'outboxes' | 'userCode'>;

/** Takes in what the runner tells of a flow at a moment (ms since the epoch). Nodes that are gone are left out. */
export function withCounters(
  before: FlowGrowth,
  { nodes, totals, outboxes, userCode }: Counters,
  at: number,
): FlowGrowth {
  const grownNodes = new Map(
    Object.entries(nodes).map(([id, counters]) => [id, withNode(before.nodes.get(id), counters)]),
  );
  const messages = grown(before.messages, totals.messages);
  const userCodeMs = grown(before.userCodeMs, userCode?.cpuMs ?? 0);
  const ofNodes = [...grownNodes.values()].reduce((sum, { counts }) => sum + totalOf(counts.busyMs), 0);
  const busyMs = ofNodes + totalOf(userCodeMs);
  return {
    nodes: grownNodes,
    dropped: new Map(
      outboxes.map(({ node, dropped }) => [node, grown(before.dropped.get(node) ?? NOTHING_YET, dropped)]),
    ),
    batches: grown(before.batches, totals.batches),
    messages,
    userCodeMs,
    now: nowOf(totals, userCode?.memory ?? 0),
    lags: new Map(
      Object.entries(nodes).flatMap(([id, { lag }]) => (lag === undefined ? [] : [[id, lag] as const])),
    ),
    outboxes,
    readings: {
      messages: withReading(before.readings.messages, { at, total: totalOf(messages) }),
      busyMs: withReading(before.readings.busyMs, { at, total: busyMs }),
    },
  };
}

/** The process that counted has ended: what it counted stays, what was the case is not any more. */
export function withoutProcess(before: FlowGrowth): FlowGrowth {
  return {
    ...before,
    nodes: mapped(before.nodes, ({ counts }) => ({
      counts: countsOf((name) => startedAnew(counts[name])),
      waiting: 0,
    })),
    dropped: mapped(before.dropped, startedAnew),
    batches: startedAnew(before.batches),
    messages: startedAnew(before.messages),
    userCodeMs: startedAnew(before.userCodeMs),
    now: NOTHING_NOW,
    lags: new Map(),
  };
}

/** What people and Prometheus are shown of it. */
export function countOf(flow: FlowGrowth): FlowCount {
  return {
    nodes: mapped(flow.nodes, ({ counts, waiting }) => ({
      ...countsOf((name) => totalOf(counts[name])),
      waiting,
    })),
    batches: totalOf(flow.batches),
    messages: totalOf(flow.messages),
    userCodeMs: totalOf(flow.userCodeMs),
    now: flow.now,
    lags: flow.lags,
    outboxes: flow.outboxes.map((outbox) => ({
      ...outbox,
      dropped: totalOf(flow.dropped.get(outbox.node) ?? NOTHING_YET),
    })),
    readings: flow.readings,
  };
}

function nowOf({ underWay, oldestMs, memory }: FlowTotals, userCodeMemory: number): FlowCount['now'] {
  return { underWay, oldestMs, memory: memory + userCodeMemory, userCodeMemory };
}

function withNode(before: NodeGrowth | undefined, counters: NodeCounters): NodeGrowth {
  return {
    counts: countsOf((name) => grown(before?.counts[name] ?? NOTHING_YET, counters[name])),
    waiting: counters.waiting,
  };
}

function countsOf<T>(of: (name: Counted) => T): Record<Counted, T> {
  return {
    in: of('in'),
    out: of('out'),
    errors: of('errors'),
    deadLetters: of('deadLetters'),
    evicted: of('evicted'),
    retries: of('retries'),
    busyMs: of('busyMs'),
  };
}

function mapped<From, To>(entries: ReadonlyMap<string, From>, to: (value: From) => To): Map<string, To> {
  return new Map([...entries].map(([key, value]) => [key, to(value)]));
}
