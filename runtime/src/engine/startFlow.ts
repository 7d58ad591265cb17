import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { WaitPolicy } from '@sluice/shared/node/defineNode.ts';
import type { CarriedState, DryInput, Outbox, Trace } from '@sluice/shared/protocol/running.ts';
import type { AlarmClock } from './alarmClock.ts';
import { createAlarmClock } from './alarmClock.ts';
import type { Work } from './calls.ts';
import type { CircuitNode } from './circuit.ts';
import { carryCounters } from './circuit.ts';
import type { Committer } from './commit.ts';
import { createCommitter } from './commit.ts';
import type { MadeNode, NodeMakings } from './createNodes.ts';
import { closeNodes, makeNodes } from './createNodes.ts';
import { downstreamOf } from './downstream.ts';
import type { FlowSources } from './flowSources.ts';
import { createFlowSources } from './flowSources.ts';
import type { FlowState } from './flowState.ts';
import { createFlowState } from './flowState.ts';
import { FlowWork } from './flowWork.ts';
import { entryByHand } from './inject.ts';
import type { FlowNotices } from './notices.ts';
import { createNotices } from './notices.ts';
import type { Pass } from './pass.ts';
import { createPass, sentenceOf } from './pass.ts';
import type { Plan, PlannedNode } from './plan.ts';
import { createRoom } from './room.ts';
import type { Room } from './room.ts';
import type { FlowTotals, RunningFlow, StateView, Taps, TraceWanted } from './runningFlow.ts';
import { repeat, within } from './scheduling.ts';
import type { SegmentEnd } from './segment.ts';
import { createSegmentEnd } from './segment.ts';
import type { Shell, StoredFlow } from './shell.ts';
import { dryInputOf, shownOutbox } from './shown.ts';
import type { Kept } from './stateView.ts';
import { createStateView } from './stateView.ts';
import type { PlanChange } from './swap.ts';
import { carriedState, comparePlans } from './swap.ts';
import type { Watcher } from './taps.ts';
import { createTaps, createWatcher } from './taps.ts';
import type { FlowTimers } from './timers.ts';
import { createFlowTimers } from './timers.ts';
import type { Tracer } from './trace.ts';
import { createTracer } from './trace.ts';
import type { Version } from './version.ts';
import { createSlots, createVersion } from './version.ts';

/** Passes with timers in one turn; the others come in the next one, so that messages are not held up. */
const TIMER_PASSES = 16;
/** How often is looked for keys that are not in use any more (EN9). */
const FORGET_MS = 3_600_000;
/** How long what a source brought in may take before another one takes its place (EN12). */
const SETTLE_MS = 200;
/** How a step that ends a segment is called: one batch after the other, so that all order is kept. */
const STEP_POLICY: WaitPolicy = { concurrency: 1, batch: 512, timeoutMs: 60_000, queue: 4_096 };

/**
 * Starts a plan: state, timers and waiting messages are restored, timers that are overdue run once in due order (EN10),
 * then the sources start. Rejects with a sentence when a node cannot be made or a source cannot start; then nothing of
 * it goes on. Flows of one runner share a committer (EN9).
 */
export async function startFlow(
  plan: Plan,
  shell: Shell,
  committer: Committer = createCommitter(shell.store, shell.scheduler),
): Promise<RunningFlow> {
  const stored = shell.store.load(plan.flow.id);
  const flow = new Flow(plan, shell, committer, stored);
  await flow.start(stored);
  return flow;
}

class Flow implements RunningFlow {
  readonly id: string;
  readonly taps: Taps;
  readonly stateView: StateView;
  readonly #shell: Shell;
  readonly #committer: Committer;
  readonly #state: FlowState;
  readonly #timers: FlowTimers;
  readonly #notices: FlowNotices;
  readonly #work: FlowWork;
  readonly #sources: FlowSources;
  readonly #watcher: Watcher;
  readonly #alarmClock: AlarmClock;
  readonly #tracer: Tracer;
  readonly #slots = createSlots();
  readonly #ends = new Map<number, SegmentEnd>();
  readonly #stops: Stop[] = [];
  #version: Version;
  #made: ReadonlyMap<string, MadeNode>;
  #room: Room;
  #batches = 0;
  #messages = 0;
  /** True until the start: a flow whose nodes cannot be made leaves what is stored as it is. */
  #isToCommit = true;
  #stopping: Promise<void> | undefined;

  constructor(plan: Plan, shell: Shell, committer: Committer, stored: StoredFlow) {
    const { clock, scheduler } = shell;
    this.id = plan.flow.id;
    this.#shell = shell;
    this.#committer = committer;
    this.#version = createVersion(plan);
    this.#state = createFlowState(plan, {
      clock,
      onChange: () => this.#changed(),
      onEvict: (node, most) => this.#evicted(node, most),
    });
    this.#timers = createFlowTimers(() => this.#changed());
    this.#notices = createNotices(
      this.id,
      shell,
      () => this.#version.circuit,
      () => this.#work.isPassing,
    );
    this.#alarmClock = createAlarmClock({
      clock,
      scheduler,
      nextDueAt: () => this.#timers.nextDueAt(),
      run: () => this.#work.runTimers(clock.now(), TIMER_PASSES, (node) => this.#room.isFullFor(node)),
    });
    this.#watcher = createWatcher(clock, scheduler);
    this.#tracer = createTracer({
      flow: this.id,
      now: () => clock.now(),
      elapsed: () => shell.elapsed(),
      newId: () => shell.newId(),
      nodeAt: (index) => this.#version.circuit.nodes[index],
      changes: () => this.#state.changeCount + this.#timers.changeCount,
    });
    this.#work = this.#createWork();
    this.#sources = this.#createSources();
    this.#room = this.#createRoom();
    this.taps = this.#createTaps();
    this.stateView = createStateView((node) => this.#keptBy(node));
    // Before the nodes are made: some look at what they have when they begin.
    this.#putBack(stored);
    this.#made = makeNodes(this.#makings(plan), this.#version.circuit.nodes);
    this.#putToWork();
  }

  async start(stored: StoredFlow): Promise<void> {
    this.#isToCommit = false;
    this.#changed();
    this.#stops.push(this.#committer.onTrouble((sentence) => this.#trouble(sentence)));
    if (this.#committer.trouble !== undefined) this.#trouble(this.#committer.trouble);
    this.#resume(stored);
    this.#stops.push(repeat(this.#shell.scheduler, FORGET_MS, () => this.#forgetOld()));
    try {
      await this.#startSources(this.#version.plan);
    } catch (cause) {
      await this.stop(0);
      throw cannotBeStarted(cause);
    }
  }

  async swap(plan: Plan, reset: readonly string[]): Promise<void> {
    const before = this.#version.plan;
    const change = comparePlans(before, plan, reset);
    const isSame = (node: string) => change.fates.get(node) === 'same';
    await this.#stopSources(before, isSame);
    let undo: () => void;
    try {
      undo = this.#goOn(plan, change);
    } catch (error) {
      await this.#startSources(before);
      throw error;
    }
    try {
      await this.#startSources(plan);
    } catch (cause) {
      await this.#stopSources(plan, isSame);
      undo();
      await this.#startSources(before);
      throw cannotBeStarted(cause);
    }
  }

  carried(plan: Plan): readonly CarriedState[] {
    return carriedState(this.#version.plan, plan, ({ id }) => {
      return { keys: this.#state.find(id)?.size ?? 0, timers: this.#timers.list(this.#slots.of(id)).length };
    });
  }

  inject(node: string, port: string | undefined, message: Message | undefined): void {
    const found = this.#nodeOf(node);
    if (found === undefined || this.#stopping !== undefined) {
      throw new SluiceError('not-found', `The node “${node}” is not running, so it cannot take a message.`);
    }
    const entry = entryByHand(found, this.#sources.find(node), port, message);
    if (entry.arrivals !== undefined) found.counters.in += 1;
    if (this.#ends.has(found.index) && entry.arrivals !== undefined)
      this.#work.queueByHand(found.index, entry.arrivals);
    else this.#work.runByHand(entry);
  }

  outboxes(): readonly Outbox[] {
    return [...this.#ends.values()].flatMap((end) => {
      const planned = this.#version.circuit.nodes[end.node]?.planned;
      const state = end.outbox();
      return planned === undefined || state === undefined ? [] : [shownOutbox(this.id, planned, state)];
    });
  }

  clearOutbox(node: string): number {
    const end = this.#ends.get(this.#nodeOf(node)?.index ?? -1);
    return end === undefined ? 0 : this.#work.empty(end);
  }

  trace(wanted: TraceWanted, listener: (trace: Trace) => void): void {
    if (wanted.node !== undefined && this.#nodeOf(wanted.node) === undefined)
      throw new SluiceError(
        'not-found',
        `The node “${wanted.node}” does not run, so nothing of it can be traced.`,
      );
    this.#tracer.want(wanted, listener);
  }

  recentInputs(): readonly DryInput[] {
    return this.#sources.recent().map(dryInputOf);
  }

  async settled(): Promise<void> {
    this.#commitChanges();
    await this.#work.ledger.settled();
  }

  stop(drainMs: number): Promise<void> {
    this.#stopping ??= this.#stop(drainMs);
    return this.#stopping;
  }

  async #stop(drainMs: number): Promise<void> {
    this.#commitChanges();
    this.#alarmClock.stop();
    await within(this.#shell.scheduler, drainMs, this.#drain());
    this.#commitChanges();
    this.#committer.flush();
    for (const end of this.#ends.values()) end.abort();
    this.#work.stop();
    this.taps.watch(undefined);
    this.#close(this.#made);
  }

  async #drain(): Promise<void> {
    await this.#sources.stopAll();
    for (const stop of this.#stops) void stop();
    await this.#work.ledger.settled();
  }

  /** Takes away the sources that do not run on, and gives what they brought in a moment to get through. */
  async #stopSources(plan: Plan, runsOn: (node: string) => boolean): Promise<void> {
    const leaving = plan.nodes.map(({ id }) => id).filter((id) => this.#sources.find(id) && !runsOn(id));
    if (leaving.length === 0) return;
    await this.#sources.stop(leaving);
    await within(this.#shell.scheduler, SETTLE_MS, this.#work.ledger.settled());
  }

  /** Starts the sources of a version that do not run already. */
  async #startSources({ nodes }: Plan): Promise<void> {
    for (const { id } of nodes) {
      const made = this.#made.get(id);
      if (made?.kind !== 'source' || this.#sources.find(id) !== undefined) continue;
      await this.#sources.start(id, made.source);
    }
  }

  /**
   * Puts another version in place of the one that runs, between two passes. Throws when a node of it cannot be made, and
   * then nothing has changed. Gives back how to undo it.
   */
  #goOn(plan: Plan, change: PlanChange): () => void {
    const [before, made] = [this.#version, this.#made];
    const next = createVersion(plan);
    const undoState = this.#replanState(plan, change);
    let fresh: ReadonlyMap<string, MadeNode>;
    try {
      const changed = next.circuit.nodes.filter(({ planned }) => change.fates.get(planned.id) !== 'same');
      fresh = makeNodes(this.#makings(plan), changed);
    } catch (error) {
      undoState();
      throw error;
    }
    this.#enter(next, new Map([...made, ...fresh]), change);
    return () => {
      undoState();
      const back = comparePlans(plan, before.plan, [...change.fates.keys()]);
      const again = makeNodes(this.#makings(before.plan), before.circuit.nodes);
      this.#enter(before, new Map([...this.#made, ...again]), back);
    };
  }

  #enter(next: Version, all: ReadonlyMap<string, MadeNode>, { fates }: PlanChange): void {
    const before = this.#version;
    const retired = new Map([...this.#made].filter(([id]) => fates.get(id) !== 'same'));
    carryCounters(before.circuit, next.circuit);
    const ends = new Map([...this.#ends.values()].map((end) => [this.#idAt(end.node), end]));
    this.#version = next;
    this.#made = new Map([...all].filter(([id]) => next.indexes.has(id)));
    this.#room = this.#createRoom();
    this.#ends.clear();
    this.#work.replan(next.circuit, this.#createPass());
    this.#putToWork(ends, retired);
    this.#close(new Map([...retired].filter(([id]) => !ends.has(id))));
    this.#roomMade();
    this.#alarmClock.arm();
    this.#changed();
  }

  /** State and timers as the next version has them; gives back how to undo it. */
  #replanState(plan: Plan, { fates, gone }: PlanChange): () => void {
    const undoState = this.#state.replan(plan, fates);
    const dropped = [...gone, ...[...fates].filter(([, fate]) => fate === 'reset').map(([id]) => id)].map(
      (id) => {
        const slot = this.#slots.of(id);
        const timers = this.#timers.list(slot);
        for (const { key, name } of timers) this.#timers.of(slot).clear(key, name);
        return { slot, timers };
      },
    );
    return () => {
      undoState();
      for (const { slot, timers } of dropped)
        for (const { key, name, dueAt } of timers) this.#timers.of(slot).set(key, name, dueAt);
    };
  }

  /** Gives each node of the version its work; ends of segments go on with what waits in them. */
  #putToWork(
    before: ReadonlyMap<string, SegmentEnd> = new Map(),
    retired: ReadonlyMap<string, MadeNode> = new Map(),
  ): void {
    for (const node of this.#version.circuit.nodes) {
      const { id } = node.planned;
      const made = this.#made.get(id);
      if (made === undefined || made.kind === 'source') continue;
      if (made.kind === 'step') node.step = made.step;
      if (!node.endsSegment) continue;
      const old = before.get(id);
      const leaver = retired.get(id);
      const next = { policy: node.planned.wait ?? STEP_POLICY, work: made.work };
      old?.become(node.index, leaver === undefined ? undefined : next, () => this.#closeOne(id, leaver));
      this.#ends.set(node.index, old ?? this.#createEnd(node.index, next));
    }
    for (const [id, end] of before) {
      const index = this.#version.indexes.get(id);
      if (index !== undefined && this.#ends.has(index)) continue;
      this.#work.handleLeft(id, end);
      end.become(index ?? -1, undefined, () => {
        // What was under way may have been put back meanwhile.
        this.#work.handleLeft(id, end);
        end.abort();
        this.#closeOne(id, retired.get(id));
      });
    }
  }

  #createWork(): FlowWork {
    return new FlowWork(
      {
        flow: this.id,
        shell: this.#shell,
        committer: this.#committer,
        state: this.#state,
        timers: this.#timers,
        notices: this.#notices,
        tracer: this.#tracer,
        ends: this.#ends,
        roomMade: () => this.#roomMade(),
        idOfSlot: (slot) => this.#slots.idOf(slot),
        indexOf: (id) => this.#version.indexes.get(id),
        timersChanged: () => this.#alarmClock.arm(),
      },
      this.#version.circuit,
      this.#createPass(),
    );
  }

  #createPass(): Pass {
    return createPass(this.#version.circuit, this.#watcher, () => this.#shell.elapsed());
  }

  #createSources(): FlowSources {
    return createFlowSources({
      scheduler: this.#shell.scheduler,
      indexOf: (node) => this.#version.indexes.get(node),
      isFullFor: (index) => this.#room.isFullFor(index),
      hasRoomFor: (index) => this.#room.hasRoomFor(index),
      faulty: (node, sentence) => this.#showError(node, sentence),
      run: (entry, messages, settled) => {
        this.#batches += 1;
        this.#messages += messages;
        this.#work.runBatch(entry, messages, settled);
      },
    });
  }

  #createRoom(): Room {
    const { plan, circuit } = this.#version;
    const ends = circuit.nodes.filter((node) => node.endsSegment).map(({ index }) => index);
    return createRoom({
      committer: this.#committer,
      ends: this.#ends,
      downstream: downstreamOf(plan, new Set(ends)),
      underWay: () => this.#sources.gathered + this.#work.ledger.underWay,
    });
  }

  #createTaps(): Taps {
    return createTaps({
      circuit: () => this.#version.circuit,
      waitingAt: (node) => this.#ends.get(node)?.waiting ?? 0,
      evictedAt: (node) => this.#state.evicted(node),
      totals: () => this.#totals(),
      watch: (listener) => this.#watcher.watch(listener),
    });
  }

  #createEnd(
    node: number,
    { policy, work }: { readonly policy: WaitPolicy; readonly work: Work },
  ): SegmentEnd {
    const { clock, scheduler } = this.#shell;
    const end = createSegmentEnd({
      node,
      policy,
      clock,
      scheduler,
      random: () => this.#shell.random(),
      work,
      mayStart: () => !this.#room.isFullAfter(end.node),
      started: () => this.#roomMade(),
      done: (taken, entry) => this.#work.runCalled(taken, entry),
      store: (waiting) => this.#work.store(end.node, waiting),
      hold: (waiting) => this.#work.hold(waiting),
      read: (after, most) => this.#work.read(end.node, after, most),
      retried: (messages) => this.#countRetries(end.node, messages),
      reachChanged: (sentence) => this.#reachChanged(end.node, sentence),
    });
    return end;
  }

  #makings(plan: Plan): NodeMakings {
    return {
      plan,
      shell: this.#shell,
      state: this.#state,
      timers: this.#timers,
      slotOf: (node) => this.#slots.of(node),
      notices: this.#notices,
    };
  }

  #totals(): FlowTotals {
    const { ledger } = this.#work;
    const { oldestAt } = ledger;
    const now = this.#shell.clock.now();
    return {
      batches: this.#batches,
      messages: this.#messages,
      underWay: ledger.underWay,
      oldestMs: oldestAt === undefined ? 0 : Math.max(0, now - oldestAt),
      memory: this.#state.bytes() + [...this.#ends.values()].reduce((sum, end) => sum + end.bytes, 0),
    };
  }

  #keptBy(node: string): Kept | undefined {
    const planned = this.#nodeOf(node)?.planned;
    if (planned === undefined) return undefined;
    const index = this.#slots.of(node);
    const state = this.#state.find(node);
    if (state === undefined && this.#timers.keysOf(index).size === 0) return undefined;
    return { state, timers: this.#timers, index };
  }

  #nodeOf(id: string): CircuitNode | undefined {
    return this.#version.circuit.nodes[this.#version.indexes.get(id) ?? -1];
  }

  #idAt(index: number): string {
    return this.#version.circuit.nodes[index]?.planned.id ?? '';
  }

  #countRetries(node: number, messages: number): void {
    const counters = this.#version.circuit.nodes[node]?.counters;
    if (counters !== undefined) counters.retries += messages;
  }

  #reachChanged(node: number, sentence: string | undefined): void {
    const id = this.#idAt(node);
    if (sentence === undefined) {
      const text = 'The target is back; what waited for it is sent on.';
      this.#notices.say({ kind: 'log', flow: this.id, node: id, text });
    } else this.#showError(id, `${sentence} Messages wait on disk until the target is back.`);
  }

  #putBack({ state, timers }: StoredFlow): void {
    this.#state.restore(state);
    for (const timer of timers) {
      if (this.#version.indexes.has(timer.node)) this.#timers.restore(this.#slots.of(timer.node), timer);
    }
    this.#forgetOld();
  }

  #resume({ timers, pending }: StoredFlow): void {
    this.#work.forgetTimers(timers.filter(({ node }) => !this.#version.indexes.has(node)));
    this.#work.restore(pending);
    this.#work.runTimers(this.#shell.clock.now(), Number.POSITIVE_INFINITY, () => false);
    this.#alarmClock.arm();
  }

  #forgetOld(): void {
    this.#state.forgetOld((node) => this.#timers.keysOf(this.#slots.of(node)));
  }

  #commitChanges(): void {
    this.#sources.flush();
    this.#work.commitChanges();
  }

  /** A change outside of a pass is committed soon, together with what the node has sent with it. */
  #changed(): void {
    if (this.#work.isPassing || this.#isToCommit) return;
    this.#isToCommit = true;
    this.#shell.scheduler.soon(() => {
      this.#isToCommit = false;
      this.#commitChanges();
    });
  }

  #roomMade(): void {
    for (const end of this.#ends.values()) end.wake();
    this.#sources.roomMade();
    this.#alarmClock.roomMade();
  }

  #trouble(sentence: string | undefined): void {
    const flow = this.id;
    if (sentence !== undefined) this.#notices.say({ kind: 'flow', flow, state: 'failed', sentence });
    else {
      const resumed = 'The state can be written again, so the flow goes on.';
      this.#notices.say({ kind: 'flow', flow, state: 'running', sentence: resumed });
      this.#roomMade();
    }
  }

  #evicted({ id, name }: PlannedNode, maxKeys: number): void {
    const sentence = `“${name}” keeps state for ${maxKeys} keys at most and has met more. From now on the one that was set the longest ago is forgotten for each new one.`;
    this.#showError(id, sentence);
  }

  #close(made: ReadonlyMap<string, MadeNode>): void {
    for (const { node, sentence } of closeNodes(made)) this.#showError(node, sentence);
  }

  #closeOne(id: string, made: MadeNode | undefined): void {
    if (made !== undefined) this.#close(new Map([[id, made]]));
  }

  #showError(node: string, sentence: string): void {
    this.#notices.say({ kind: 'error', flow: this.id, node, sentence, message: undefined });
  }
}

function cannotBeStarted(cause: unknown): SluiceError {
  return new SluiceError('invalid-flow', `The flow cannot be started: ${sentenceOf(cause)}`, { cause });
}
