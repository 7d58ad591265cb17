import type { Message } from '@sluice/shared/message/message.ts';
import type { Clock, Stop } from '@sluice/shared/node/context.ts';
import type { CircuitNode, CircuitWire } from './circuit.ts';
import type { FlowNodes } from './flowNodes.ts';
import type { FlowState } from './flowState.ts';
import type { PassWatcher } from './pass.ts';
import type { FlowTotals, NodeCounters, Taps } from './runningFlow.ts';
import type { Scheduler } from './shell.ts';

/** At most ten values a second for a wire. */
const GAP_MS = 100;

type Listener = (wire: string, message: Message) => void;

/** Samples values while somebody watches. */
export interface Watcher extends PassWatcher {
  watch(listener: Listener | undefined): void;
}

/**
 * The first value of a wire is shown at once and then the newest of every 100 ms, so that what is shown last is what
 * came last.
 */
export function createWatcher(clock: Clock, scheduler: Scheduler): Watcher {
  return new Sampler(clock, scheduler);
}

class Sampler implements Watcher {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #shownAt = new Map<string, number>();
  readonly #held = new Map<string, Message>();
  #listener: Listener | undefined;
  #cancel: Stop | undefined;
  isWatching = false;

  constructor(clock: Clock, scheduler: Scheduler) {
    this.#clock = clock;
    this.#scheduler = scheduler;
  }

  watch(listener: Listener | undefined): void {
    this.#listener = listener;
    this.isWatching = listener !== undefined;
    if (listener !== undefined) return;
    void this.#cancel?.();
    this.#cancel = undefined;
    this.#shownAt.clear();
    this.#held.clear();
  }

  saw({ key }: CircuitWire, messages: readonly Message[]): void {
    const newest = messages.at(-1);
    if (newest === undefined) return;
    const now = this.#clock.now();
    const shownAt = this.#shownAt.get(key);
    if (shownAt === undefined || now - shownAt >= GAP_MS) this.#show(key, newest, now);
    else {
      this.#held.set(key, newest);
      this.#cancel ??= this.#scheduler.after(GAP_MS, () => this.#showHeld());
    }
  }

  #showHeld(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    for (const [wire, message] of this.#held) {
      if (now - (this.#shownAt.get(wire) ?? 0) >= GAP_MS) this.#show(wire, message, now);
    }
    if (this.#held.size > 0) this.#cancel = this.#scheduler.after(GAP_MS / 2, () => this.#showHeld());
  }

  #show(wire: string, message: Message, now: number): void {
    this.#held.delete(wire);
    this.#shownAt.set(wire, now);
    this.#listener?.(wire, message);
  }
}

export interface TapsParts {
  readonly nodes: Pick<FlowNodes, 'circuit' | 'ends'>;
  readonly state: FlowState;
  readonly watcher: Watcher;
  readonly totals: () => FlowTotals;
  /** Messages that a source has waiting outside, where it tells. */
  readonly lagOf: (node: string) => number | undefined;
}

/** The counters are kept by the pass, one addition a batch (EN14); here they are read. */
export function createTaps({ nodes, state, watcher, totals, lagOf }: TapsParts): Taps {
  const countersOf = ({ planned, index, counters, outputs }: CircuitNode): NodeCounters => {
    const lag = lagOf(planned.id);
    return {
      ...counters,
      out: outputs.reduce((sum, { count }) => sum + count, 0),
      waiting: nodes.ends.get(index)?.waiting ?? 0,
      evicted: state.evicted(planned),
      ...(lag === undefined ? {} : { lag }),
    };
  };
  return {
    counters: () => Object.fromEntries(nodes.circuit.wires.map(({ key, count }) => [key, count])),
    nodes: () => Object.fromEntries(nodes.circuit.nodes.map((node) => [node.planned.id, countersOf(node)])),
    totals,
    watch: (listener) => watcher.watch(listener),
  };
}
