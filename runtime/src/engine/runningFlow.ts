import type { Json, Message } from '@sluice/shared/message/message.ts';
import type {
  CarriedState,
  DryInput,
  NodeStatePage,
  Outbox,
  Trace,
} from '@sluice/shared/protocol/running.ts';
import type { Plan } from './plan.ts';

/** A plan at work. Made by `startFlow(plan, shell)` in `startFlow.ts`. */
export interface RunningFlow {
  readonly id: string;
  /**
   * Puts a message in by hand: into a node's input, or, with `port`, out of one of its outputs. Without a message: what
   * the node's button sends. Throws a `SluiceError` for a node that cannot take it.
   */
  inject(node: string, port: string | undefined, message: Message | undefined): void;
  /** Resolves when everything that was put in until now is through and committed. */
  settled(): Promise<void>;
  readonly taps: Taps;
  readonly stateView: StateView;
  /**
   * Goes on with another version of the flow (EN12): what did not change runs on, state and timers of nodes that are the
   * same are carried over, but for those in `reset`. Rejects with a sentence, and then the version before runs on.
   */
  swap(plan: Plan, reset: readonly string[]): Promise<void>;
  /** What `swap` would do to the state that is there. */
  carried(plan: Plan): readonly CarriedState[];
  /** What waits on disk for targets that are away (EN8). */
  outboxes(): readonly Outbox[];
  /** Drops what waits for a node's target; how many messages that were. */
  clearOutbox(node: string): number;
  /** Traces the next message of a source or a device; the listener hears of each step. */
  trace(wanted: TraceWanted, listener: (trace: Trace) => void): void;
  /** The last messages that sources brought in, oldest first. */
  recentInputs(): readonly DryInput[];
  /** Stops intake, lets what is under way finish for at most `drainMs`, commits, closes. May be called twice. */
  stop(drainMs: number): Promise<void>;
}

/** Which message is to be traced: the next of a source, or of a device, or the next of all. */
export interface TraceWanted {
  readonly node?: string | undefined;
  readonly device?: string | undefined;
}

/** What goes over the wires (EN14). */
export interface Taps {
  /** By `wireKey`: messages since the start. */
  counters(): Readonly<Record<string, number>>;
  /** By node id: in, out, errors, dead letters, keys put out since the start; messages waiting now. */
  nodes(): Readonly<Record<string, NodeCounters>>;
  totals(): FlowTotals;
  /** While set, values are copied: at most 10 a second for a wire. `undefined` switches it off. */
  watch(listener: ((wire: string, message: Message) => void) | undefined): void;
}

export interface NodeCounters {
  readonly in: number;
  readonly out: number;
  readonly errors: number;
  readonly deadLetters: number;
  readonly waiting: number;
  /** Keys of state that were put out, because there were too many or because of their age (EN9). */
  readonly evicted: number;
  /** Times that messages were tried again (EN8). */
  readonly retries: number;
  /** Processor time of its steps, ms. */
  readonly busyMs: number;
  /** Messages that a source has waiting outside, where it can tell. */
  readonly lag?: number;
}

/** Figures of a flow as a whole, since its start. */
export interface FlowTotals {
  readonly batches: number;
  readonly messages: number;
  /** Messages taken in and not yet acknowledged, and how long ago the oldest of them came, ms. */
  readonly underWay: number;
  readonly oldestMs: number;
  /** Bytes that state, timers and waiting messages are reckoned to take. */
  readonly memory: number;
}

/** State and timers of the nodes of a running flow, for people to look at and to change (EN9). */
export interface StateView {
  /** A page of a node's keys, sorted as text. Throws `not-found` for a node that keeps nothing. */
  page(
    node: string,
    options: {
      readonly search?: string | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): NodeStatePage;
  set(node: string, key: string, state: Json): void;
  /** Forgets the key and its timers. */
  clear(node: string, key: string): void;
  /** Forgets all; how many keys that were. */
  clearAll(node: string): number;
}
