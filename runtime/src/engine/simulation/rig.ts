import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { drawFlow } from '../testNodes.ts';
import type { Disk } from './disk.ts';
import type { Reading } from './reading.ts';

/** A flow for simulation, and what has to come of the readings that go into it. */
export interface Rig {
  readonly name: string;
  readonly targets: readonly [string, ...string[]];
  /** What it can tell only while nobody sets the clock. */
  readonly needsSteadyClock: boolean;
  /** Nothing in it keeps out what the broker sends again. */
  readonly passesDuplicates: boolean;
  /** Nodes that one of the versions goes without: what is at them then is put where people see it. */
  readonly spare: readonly string[];
  /** Nodes that a swap may tell to begin anew (EN12). */
  readonly resettable: readonly string[];
  /** Targets at which a device's messages come in order whatever the clock does. */
  readonly ordered: readonly string[];
  draw(tuning: Tuning, variant: Variant): Flow;
  /** Where each reading has to get to: all of these. None: it is absorbed into state. */
  debts(reading: Reading): readonly Debt[];
  /** What is wrong at the end, when everything had time to get through. */
  verdict(view: View): string | undefined;
}

/** A reading is kept as long as it is at one of these places. */
export interface Debt {
  readonly targets: readonly string[];
  /** Nodes at which it may wait on disk meanwhile. */
  readonly nodes: readonly string[];
  /** A `delay` node that may hold it in its state. */
  readonly heldAt?: string;
}

/** Settings that differ from seed to seed. */
export interface Tuning {
  readonly sink: Waits & {
    readonly keepMs: number;
    readonly maxBytes: number;
    readonly perSecond: number;
    readonly whenFull: 'stop' | 'drop-oldest';
  };
  readonly ask: Waits;
  readonly holdSeconds: number;
}

interface Waits {
  readonly concurrency: number;
  readonly batch: number;
  readonly timeoutMs: number;
  readonly queue: number;
}

/**
 * Versions of the same rule, for swaps (EN12). With another name all nodes are made anew; the shorter one goes without
 * the nodes in `spare`, and nothing goes back from it; the last two cannot be started.
 */
export const VARIANTS = [
  'plain',
  'longer',
  'other-sinks',
  'other-client',
  'renamed',
  'shorter',
  'unmakeable',
  'unstartable',
] as const;
export type Variant = (typeof VARIANTS)[number];

export function canStart(variant: Variant): boolean {
  return variant !== 'unmakeable' && variant !== 'unstartable';
}

/** What there is at the end. */
export interface View {
  readonly tuning: Tuning;
  readonly disk: Disk;
  /** Readings that the broker took, by device, in order. */
  readonly sent: ReadonlyMap<string, readonly Reading[]>;
  /** What a target has taken, each message once, in the order in which they came first. */
  delivered(target: string): readonly Message[];
  /** Dead letters and what outboxes have given up, each message once. */
  readonly dead: readonly Message[];
  /** The same as names of readings (`nameOf`), of one device. */
  namesDelivered(target: string, device: string): readonly string[];
  isDelivered(name: string, target: string): boolean;
  isDead(name: string): boolean;
  /**
   * Up to which sequence of a device a node has forgotten what it met, for each time that it began anew: all the rows of
   * these that may hold. Where nobody knows whether it did, there is one with and one without.
   */
  cuts(node: string, device: string): readonly (readonly number[])[];
}

type NodeDrawing = string | { type: string; config?: object };

/** Draws a rig: `in` is the source, what is wired to it comes behind another node in one of the variants. */
export function drawRig(
  { sink }: Tuning,
  variant: Variant,
  sinks: readonly string[],
  nodes: Readonly<Record<string, NodeDrawing>>,
  ...wires: readonly string[]
): Flow {
  const isLonger = variant === 'longer' || variant === 'unmakeable';
  const extra = { extra: { type: 'relay', config: { canBeMade: variant !== 'unmakeable' } } };
  const client = variant === 'other-client' ? 'two' : 'one';
  const delivery = variant === 'other-sinks' ? { ...sink, batch: sink.batch + 1 } : sink;
  const flow = drawFlow(
    {
      in: { type: 'feed', config: { client, canStart: variant !== 'unstartable' } },
      ...(isLonger ? extra : {}),
      ...nodes,
      ...Object.fromEntries(
        sinks.map((target) => [target, { type: 'deliver', config: { target, ...delivery } }]),
      ),
    },
    ...(isLonger ? ['in>extra', ...wires.map((wire) => wire.replace(/^in>/, 'extra>'))] : wires),
  );
  return variant === 'renamed' ? { ...flow, name: 'Another name' } : flow;
}

/** All that comes in goes to one of these targets. */
export function owedTo(targets: readonly string[], nodes: readonly string[] = targets): readonly Debt[] {
  return [{ targets, nodes }];
}

/** The first of the sentences, if there is any. */
export function firstProblem(problems: Iterable<string | undefined>): string | undefined {
  for (const problem of problems) if (problem !== undefined) return problem;
  return undefined;
}

/** For each device, the first problem that is found. */
export function byDevice(
  { sent }: View,
  look: (device: string, readings: readonly Reading[]) => string | undefined,
): string | undefined {
  return firstProblem([...sent].map(([device, readings]) => look(device, readings)));
}
