import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { CarriedState, DryInput, Outbox, Trace } from '@sluice/shared/protocol/running.ts';
import type { AlarmClock } from './alarmClock.ts';
import { createAlarmClock } from './alarmClock.ts';
import type { Committer } from './commit.ts';
import { createCommitter } from './commit.ts';
import { downstreamOf } from './downstream.ts';
import type { EndWork } from './flowNodes.ts';
import { FlowNodes } from './flowNodes.ts';
import type { FlowSources } from './flowSources.ts';
import { createFlowSources } from './flowSources.ts';
import type { FlowState } from './flowState.ts';
import { createFlowState } from './flowState.ts';
import { cannotBeStarted, FlowSwap } from './flowSwap.ts';
import { FlowWork } from './flowWork.ts';
import { entryByHand } from './inject.ts';
import type { FlowNotices } from './notices.ts';
import { createNotices } from './notices.ts';
import type { Pass } from './pass.ts';
import { createPass } from './pass.ts';
import type { Plan } from './plan.ts';
import { createRoom } from './room.ts';
import type { Room } from './room.ts';
import type { RunningFlow, StateView, Taps, TraceWanted } from './runningFlow.ts';
import { repeat, within } from './scheduling.ts';
import type { SegmentEnd } from './segment.ts';
import { createSegmentEnd } from './segment.ts';
import type { Shell, StoredFlow } from './shell.ts';
import { dryInputOf, keptBy, shownOutboxes, totalsOf } from './shown.ts';
import type { FlowSigns } from './signs.ts';
import { createSigns } from './signs.ts';
import { createStateView } from './stateView.ts';
import { carriedState } from './swap.ts';
import type { Watcher } from './taps.ts';
import { createTaps, createWatcher } from './taps.ts';
import type { FlowTimers } from './timers.ts';
import { createFlowTimers } from './timers.ts';
import type { Tracer } from './trace.ts';
import { createTracer } from './trace.ts';
import { createSlots } from './version.ts';

/** Passes with timers in one turn; the others come in the next one, so that messages are not held up. */
const TIMER_PASSES = 16;
/** How often is looked for keys that are not in use any more (EN9). */
const FORGET_MS = 3_600_000;

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
  readonly #signs: FlowSigns;
  readonly #work: FlowWork;
  readonly #sources: FlowSources;
  readonly #swap: FlowSwap;
  readonly #watcher: Watcher;
  readonly #alarmClock: AlarmClock;
  readonly #tracer: Tracer;
  readonly #slots = createSlots();
  readonly #nodes: FlowNodes;
  readonly #stops: Stop[] = [];
  #room: Room;
  /** By the sources, since the start. */
  readonly #brought = { batches: 0, messages: 0 };
  /** True until the start: a flow whose nodes cannot be made leaves what is stored as it is. */
  #isToCommit = true;
  #stopping: Promise<void> | undefined;

  constructor(plan: Plan, shell: Shell, committer: Committer, stored: StoredFlow) {
    const { clock, scheduler } = shell;
    this.id = plan.flow.id;
    this.#shell = shell;
    this.#committer = committer;
    this.#state = createFlowState(plan, {
      clock,
      onChange: () => this.#changed(),
      onEvict: (node, most) => this.#signs.evicted(node, most),
    });
    this.#timers = createFlowTimers(() => this.#changed());
    this.#nodes = this.#createNodes(plan);
    this.#notices = createNotices(
      this.id,
      shell,
      () => this.#nodes.circuit,
      () => this.#work.isPassing,
    );
    this.#signs = createSigns(this.id, this.#notices);
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
      nodeAt: (index) => this.#nodes.circuit.nodes[index],
      changes: () => this.#state.changeCount + this.#timers.changeCount,
    });
    this.#work = this.#createWork();
    this.#sources = this.#createSources();
    this.#swap = this.#createSwap();
    this.#room = this.#createRoom();
    this.taps = createTaps({
      nodes: this.#nodes,
      state: this.#state,
      watcher: this.#watcher,
      lagOf: (node) => this.#sources.lagOf(node),
      totals: () =>
        totalsOf({
          brought: this.#brought,
          clock,
          ledger: this.#work.ledger,
          state: this.#state,
          nodes: this.#nodes,
        }),
    });
    this.stateView = createStateView(
      (node) => keptBy(node, this.#nodes, this.#state, this.#timers, this.#slots),
      () => this.#commitNow(),
    );
    // Before the nodes are made: some look at what they have when they begin.
    this.#putBack(stored);
    this.#nodes.begin();
  }

  async start(stored: StoredFlow): Promise<void> {
    this.#isToCommit = false;
    this.#changed();
    const { quota } = this.#shell;
    if (quota !== undefined) this.#stops.push(quota.onRoom(() => this.#sources.roomMade()));
    this.#stops.push(this.#committer.onTrouble((sentence) => this.#trouble(sentence)));
    if (this.#committer.trouble !== undefined) this.#trouble(this.#committer.trouble);
    this.#resume(stored);
    this.#stops.push(repeat(this.#shell.scheduler, FORGET_MS, () => this.#forgetOld()));
    try {
      await this.#swap.startSources(this.#nodes.plan);
    } catch (cause) {
      await this.stop(0);
      throw cannotBeStarted(cause);
    }
  }

  swap(plan: Plan, reset: readonly string[]): Promise<void> {
    return this.#swap.swap(plan, reset);
  }

  carried(plan: Plan): readonly CarriedState[] {
    return carriedState(this.#nodes.plan, plan, ({ id }) => {
      const timers = this.#timers.list(this.#slots.of(id)).length;
      return { keys: this.#state.find(id)?.size ?? 0, timers };
    });
  }

  inject(node: string, port: string | undefined, message: Message | undefined): void {
    const found = this.#nodes.find(node);
    if (found === undefined || this.#stopping !== undefined) {
      throw new SluiceError('not-found', `The node “${node}” is not running, so it cannot take a message.`);
    }
    const entry = entryByHand(found, this.#sources.find(node), port, message);
    if (entry.arrivals !== undefined) found.counters.in += 1;
    if (this.#nodes.ends.has(found.index) && entry.arrivals !== undefined)
      this.#work.queueByHand(found.index, entry.arrivals);
    else this.#work.runByHand(entry);
  }

  outboxes(): readonly Outbox[] {
    return shownOutboxes(this.id, this.#nodes);
  }

  clearOutbox(node: string): number {
    const end = this.#nodes.ends.get(this.#nodes.find(node)?.index ?? -1);
    const dropped = end === undefined ? 0 : this.#work.waiting.empty(end);
    // Nothing waits any more, so no call begins that would tell the source that there is room.
    this.#roomMade();
    return dropped;
  }

  trace(wanted: TraceWanted, listener: (trace: Trace) => void): void {
    if (wanted.node !== undefined && this.#nodes.find(wanted.node) === undefined)
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
    for (const end of this.#nodes.ends.values()) end.abort();
    this.#work.stop();
    this.taps.watch(undefined);
    this.#nodes.close();
  }

  async #drain(): Promise<void> {
    await this.#sources.stopAll();
    for (const stop of this.#stops) void stop();
    await this.#work.ledger.settled();
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
        ends: this.#nodes.ends,
        roomMade: () => this.#roomMade(),
        idOfSlot: (slot) => this.#slots.idOf(slot),
        indexOf: (id) => this.#nodes.indexOf(id),
        timersChanged: () => this.#alarmClock.arm(),
      },
      this.#nodes.circuit,
      this.#createPass(),
    );
  }

  #createPass(): Pass {
    return createPass(this.#nodes.circuit, this.#watcher, () => this.#shell.elapsed());
  }

  #createSources(): FlowSources {
    const { quota } = this.#shell;
    return createFlowSources({
      scheduler: this.#shell.scheduler,
      indexOf: (node) => this.#nodes.indexOf(node),
      isFullFor: (index) => quota?.isReached === true || this.#room.isFullFor(index),
      hasRoomFor: (index) => quota?.isReached !== true && this.#room.hasRoomFor(index),
      faulty: (node, sentence) => this.#signs.error(node, sentence),
      run: (entry, messages, settled) => {
        this.#brought.batches += 1;
        this.#brought.messages += messages;
        quota?.took(messages);
        this.#work.runBatch(entry, messages, settled);
      },
    });
  }

  #createSwap(): FlowSwap {
    return new FlowSwap({
      scheduler: this.#shell.scheduler,
      nodes: this.#nodes,
      sources: this.#sources,
      work: this.#work,
      signs: this.#signs,
      wakeAll: () => this.#wakeAll(),
      commit: () => {
        this.#commitChanges();
        this.#committer.flush();
      },
    });
  }

  #createRoom(): Room {
    const { plan, circuit } = this.#nodes;
    const ends = circuit.nodes.filter((node) => node.endsSegment).map(({ index }) => index);
    return createRoom({
      committer: this.#committer,
      ends: this.#nodes.ends,
      downstream: downstreamOf(plan, new Set(ends)),
      underWay: () => this.#sources.gathered + this.#work.ledger.underWay,
    });
  }

  #createEnd(node: number, { policy, work }: EndWork): SegmentEnd {
    const { clock, scheduler } = this.#shell;
    const end = createSegmentEnd({
      node,
      policy,
      clock,
      scheduler,
      random: () => this.#shell.random(),
      work,
      mayStart: () => !this.#swap.isPaused(end) && !this.#room.isFullAfter(end.node),
      started: () => this.#roomMade(),
      done: (taken, entry) => {
        const gone = this.#nodes.takenOut(end);
        if (gone === undefined) this.#work.runCalled(taken, entry);
        else this.#work.waiting.buryOutcome(gone, taken, entry);
      },
      store: (waiting) => this.#work.waiting.store(end.node, waiting),
      hold: (waiting) => this.#work.waiting.hold(waiting),
      read: (after, most) => this.#work.waiting.read(end.node, after, most),
      retried: (messages) => this.#nodes.countRetries(end.node, messages),
      reachChanged: (sentence) => this.#signs.reachChanged(this.#nodes.idAt(end.node), sentence),
    });
    return end;
  }

  #createNodes(first: Plan): FlowNodes {
    const [state, timers, slots] = [this.#state, this.#timers, this.#slots];
    return new FlowNodes({
      plan: first,
      state,
      timers,
      slots,
      makings: (plan) => {
        const slotOf = (node: string) => slots.of(node);
        return { plan, shell: this.#shell, state, timers, slotOf, notices: this.#notices };
      },
      createEnd: (node, next) => this.#createEnd(node, next),
      handleLeft: (node, end) => this.#work.waiting.handleLeft(node, end),
      versionChanged: () => {
        this.#room = this.#createRoom();
        this.#work.replan(this.#nodes.circuit, this.#createPass());
      },
      notClosed: (node, sentence) => this.#signs.error(node, sentence),
    });
  }

  #putBack({ state, timers }: StoredFlow): void {
    this.#state.restore(state);
    for (const timer of timers) {
      if (this.#nodes.indexOf(timer.node) !== undefined)
        this.#timers.restore(this.#slots.of(timer.node), timer);
    }
    this.#forgetOld();
  }

  #resume({ timers, pending }: StoredFlow): void {
    this.#work.forgetTimers(timers.filter(({ node }) => this.#nodes.indexOf(node) === undefined));
    this.#work.waiting.restore(pending);
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

  /** What a person has changed is on disk when they are told so. */
  #commitNow(): void {
    this.#work.commitChanges();
    if (!this.#committer.flush())
      throw new SluiceError('disk-full', this.#committer.trouble ?? 'The change could not be written.');
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

  #trouble(sentence: string | undefined): void {
    this.#signs.trouble(sentence);
    if (sentence === undefined) this.#roomMade();
  }

  /** Another version runs: what waits in it may go on, what changed is committed. */
  #wakeAll(): void {
    this.#roomMade();
    this.#alarmClock.arm();
    this.#changed();
  }

  #roomMade(): void {
    for (const end of this.#nodes.ends.values()) end.wake();
    this.#sources.roomMade();
    this.#alarmClock.roomMade();
  }
}
