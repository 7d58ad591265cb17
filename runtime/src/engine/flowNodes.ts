import type { WaitPolicy } from '@sluice/shared/node/defineNode.ts';
import type { Work } from './calls.ts';
import type { Circuit, CircuitNode } from './circuit.ts';
import { carryCounters } from './circuit.ts';
import type { MadeNode, NodeMakings } from './createNodes.ts';
import { closeNodes, makeNodes } from './createNodes.ts';
import type { FlowState } from './flowState.ts';
import type { Plan } from './plan.ts';
import type { SegmentEnd } from './segment.ts';
import type { PlanChange } from './swap.ts';
import { comparePlans } from './swap.ts';
import type { FlowTimers } from './timers.ts';
import type { Slots, Version } from './version.ts';
import { createVersion } from './version.ts';

/** How a step that ends a segment is called: one batch after the other, so that all order is kept. */
const STEP_POLICY: WaitPolicy = { concurrency: 1, batch: 512, timeoutMs: 60_000, queue: 4_096 };

export interface FlowNodesOptions {
  readonly plan: Plan;
  readonly state: FlowState;
  readonly timers: FlowTimers;
  readonly slots: Slots;
  makings(plan: Plan): NodeMakings;
  createEnd(node: number, next: EndWork): SegmentEnd;
  /** Handles what waits in an end whose node has no queue any more. */
  handleLeft(node: string, end: SegmentEnd): void;
  /** Another version has taken the place of the one that ran; nothing goes through it yet. */
  versionChanged(): void;
  /** A node could not be closed. */
  notClosed(node: string, sentence: string): void;
}

export interface EndWork {
  readonly policy: WaitPolicy;
  readonly work: Work;
}

/** A node that was taken out of the flow while calls of it were under way. */
export interface TakenOut {
  readonly node: string;
  /** The outputs by which something would have gone on. */
  readonly wired: ReadonlySet<string>;
}

type Made = ReadonlyMap<string, MadeNode>;

/** The nodes of the version of a flow that runs, and what waits at them. */
export class FlowNodes {
  readonly #options: FlowNodesOptions;
  /** By index of the node in the version that runs. */
  readonly ends = new Map<number, SegmentEnd>();
  readonly #takenOut = new Map<SegmentEnd, TakenOut>();
  #version: Version;
  #made: Made = new Map();

  constructor(options: FlowNodesOptions) {
    this.#options = options;
    this.#version = createVersion(options.plan);
  }

  get plan(): Plan {
    return this.#version.plan;
  }

  get circuit(): Circuit {
    return this.#version.circuit;
  }

  /** Makes all nodes of the first version. Throws a sentence for one that cannot be made. */
  begin(): void {
    this.#made = makeNodes(this.#options.makings(this.plan), this.circuit.nodes);
    this.#putToWork(new Map(), new Map());
  }

  indexOf(id: string): number | undefined {
    return this.#version.indexes.get(id);
  }

  find(id: string): CircuitNode | undefined {
    return this.circuit.nodes[this.indexOf(id) ?? -1];
  }

  idAt(index: number): string {
    return this.circuit.nodes[index]?.planned.id ?? '';
  }

  made(id: string): MadeNode | undefined {
    return this.#made.get(id);
  }

  /** Ends whose node has no queue in another version: it is gone, or it stays and takes all at once. */
  queuesLost(plan: Plan): { readonly gone: readonly SegmentEnd[]; readonly staying: readonly SegmentEnd[] } {
    const next = new Map(createVersion(plan).circuit.nodes.map((node) => [node.planned.id, node]));
    const nextOf = (end: SegmentEnd) => next.get(this.idAt(end.node));
    const lost = [...this.ends.values()].filter((end) => nextOf(end)?.endsSegment !== true);
    return {
      gone: lost.filter((end) => nextOf(end) === undefined),
      staying: lost.filter((end) => nextOf(end) !== undefined),
    };
  }

  /** For an end whose calls outlast its node. */
  takenOut(end: SegmentEnd): TakenOut | undefined {
    return this.#takenOut.get(end);
  }

  countRetries(node: number, messages: number): void {
    const counters = this.circuit.nodes[node]?.counters;
    if (counters !== undefined) counters.retries += messages;
  }

  close(): void {
    this.#close(this.#made);
  }

  /**
   * Puts another version in place of the one that runs, between two passes (EN12). Throws when a node of it cannot be
   * made, and then nothing has changed. Gives back how to undo it.
   */
  goOn(plan: Plan, change: PlanChange): () => void {
    const [before, made] = [this.#version, this.#made];
    const next = createVersion(plan);
    const undoState = this.#replanState(plan, change);
    let fresh: Made;
    try {
      const changed = next.circuit.nodes.filter(({ planned }) => change.fates.get(planned.id) !== 'same');
      fresh = makeNodes(this.#options.makings(plan), changed);
    } catch (error) {
      undoState();
      throw error;
    }
    this.#enter(next, new Map([...made, ...fresh]), change);
    return () => {
      undoState();
      const back = comparePlans(plan, before.plan, [...change.fates.keys()]);
      const again = makeNodes(this.#options.makings(before.plan), before.circuit.nodes);
      this.#enter(before, new Map([...this.#made, ...again]), back);
    };
  }

  #enter(next: Version, all: Made, { fates }: PlanChange): void {
    const retired = new Map([...this.#made].filter(([id]) => fates.get(id) !== 'same'));
    const ends = new Map([...this.ends.values()].map((end) => [this.idAt(end.node), end]));
    for (const node of this.circuit.nodes) {
      const end = this.ends.get(node.index);
      if (end !== undefined && !next.indexes.has(node.planned.id)) this.#takenOut.set(end, takenOut(node));
    }
    carryCounters(this.circuit, next.circuit);
    this.#version = next;
    this.#made = new Map([...all].filter(([id]) => next.indexes.has(id)));
    this.ends.clear();
    this.#options.versionChanged();
    this.#putToWork(ends, retired);
    this.#close(new Map([...retired].filter(([id]) => !ends.has(id))));
  }

  /** State and timers as the next version has them; gives back how to undo it. */
  #replanState(plan: Plan, { fates, gone }: PlanChange): () => void {
    const { state, timers, slots } = this.#options;
    const undoState = state.replan(plan, fates);
    const anew = [...fates].filter(([, fate]) => fate === 'reset').map(([id]) => id);
    const dropped = [...gone, ...anew].map((id) => {
      const own = timers.of(slots.of(id));
      const standing = timers.list(slots.of(id));
      for (const { key, name } of standing) own.clear(key, name);
      return { own, standing };
    });
    return () => {
      undoState();
      for (const { own, standing } of dropped)
        for (const { key, name, dueAt } of standing) own.set(key, name, dueAt);
    };
  }

  /** Gives each node its work; the ends of the version before go on with what waits in them. */
  #putToWork(before: ReadonlyMap<string, SegmentEnd>, retired: Made): void {
    for (const node of this.circuit.nodes) {
      const made = this.#made.get(node.planned.id);
      if (made === undefined || made.kind === 'source') continue;
      if (made.kind === 'step') node.step = made.step;
      if (node.endsSegment) this.#giveEnd(node, made.work, before, retired);
    }
    for (const [id, end] of before)
      if (this.find(id)?.endsSegment !== true) this.#retireEnd(id, end, retired);
  }

  #giveEnd(
    { index, planned }: CircuitNode,
    work: Work,
    before: ReadonlyMap<string, SegmentEnd>,
    retired: Made,
  ): void {
    const next = { policy: planned.wait ?? STEP_POLICY, work };
    const old = before.get(planned.id);
    const leaver = retired.get(planned.id);
    old?.become(index, leaver === undefined ? undefined : next, () => this.#closeOne(planned.id, leaver));
    this.ends.set(index, old ?? this.#options.createEnd(index, next));
  }

  #retireEnd(id: string, end: SegmentEnd, retired: Made): void {
    this.#options.handleLeft(id, end);
    end.become(this.indexOf(id) ?? -1, undefined, () => {
      // What was under way may have been put back meanwhile.
      this.#options.handleLeft(id, end);
      this.#takenOut.delete(end);
      end.abort();
      this.#closeOne(id, retired.get(id));
    });
  }

  #closeOne(id: string, made: MadeNode | undefined): void {
    if (made !== undefined) this.#close(new Map([[id, made]]));
  }

  #close(made: Made): void {
    for (const { node, sentence } of closeNodes(made)) this.#options.notClosed(node, sentence);
  }
}

function takenOut({ planned, outputs }: CircuitNode): TakenOut {
  const wired = outputs.filter(({ wires }) => wires.length > 0).map(({ name }) => name);
  return { node: planned.id, wired: new Set(wired) };
}
