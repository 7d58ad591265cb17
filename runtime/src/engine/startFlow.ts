import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { WaitPolicy } from '@sluice/shared/node/defineNode.ts';
import type { AlarmClock } from './alarmClock.ts';
import { createAlarmClock } from './alarmClock.ts';
import { createCircuit } from './circuit.ts';
import type { Circuit } from './circuit.ts';
import type { Committer } from './commit.ts';
import { createCommitter } from './commit.ts';
import type { CreatedNodes } from './createNodes.ts';
import { createNodes } from './createNodes.ts';
import { downstreamOf } from './downstream.ts';
import type { FlowState } from './flowState.ts';
import { createFlowState } from './flowState.ts';
import { FlowWork } from './flowWork.ts';
import { entryByHand } from './inject.ts';
import type { SourceIntake } from './intake.ts';
import { createSourceIntake } from './intake.ts';
import type { FlowNotices } from './notices.ts';
import { createNotices } from './notices.ts';
import type { Pass } from './pass.ts';
import { createPass, sentenceOf } from './pass.ts';
import type { Plan, PlannedNode } from './plan.ts';
import { createRoom } from './room.ts';
import type { Room } from './room.ts';
import type { RunningFlow, Taps } from './runningFlow.ts';
import { repeat, within } from './scheduling.ts';
import type { SegmentEnd } from './segment.ts';
import { createSegmentEnd } from './segment.ts';
import type { Shell, StoredFlow } from './shell.ts';
import { createTaps, createWatcher } from './taps.ts';
import type { FlowTimers } from './timers.ts';
import { createFlowTimers } from './timers.ts';

/** Passes with timers in one turn; the others come in the next one, so that messages are not held up. */
const TIMER_PASSES = 16;
/** How often is looked for keys that are not in use any more (EN9). */
const FORGET_MS = 3_600_000;
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
  readonly #shell: Shell;
  readonly #committer: Committer;
  readonly #circuit: Circuit;
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #state: FlowState;
  readonly #timers: FlowTimers;
  readonly #notices: FlowNotices;
  readonly #work: FlowWork;
  readonly #nodes: CreatedNodes;
  readonly #ends = new Map<number, SegmentEnd>();
  readonly #intakes: SourceIntake[] = [];
  readonly #room: Room;
  readonly #alarmClock: AlarmClock;
  readonly #stops: Stop[] = [];
  /** True until the start: a flow whose nodes cannot be made leaves what is stored as it is. */
  #isToCommit = true;
  #stopping: Promise<void> | undefined;

  constructor(plan: Plan, shell: Shell, committer: Committer, stored: StoredFlow) {
    const { clock, scheduler } = shell;
    this.id = plan.flow.id;
    this.#shell = shell;
    this.#committer = committer;
    this.#circuit = createCircuit(plan);
    this.#indexes = new Map(plan.nodes.map(({ id, index }) => [id, index]));
    this.#state = createFlowState(plan, {
      clock,
      onChange: () => this.#changed(),
      onEvict: (node, most) => this.#evicted(node, most),
    });
    this.#timers = createFlowTimers(() => this.#changed());
    this.#notices = createNotices(this.id, shell, this.#circuit, () => this.#work.isPassing);
    this.#alarmClock = createAlarmClock({
      clock,
      scheduler,
      nextDueAt: () => this.#timers.nextDueAt(),
      run: () => this.#work.runTimers(clock.now(), TIMER_PASSES, (node) => this.#room.isFullFor(node)),
    });
    const watcher = createWatcher(clock, scheduler);
    this.#work = this.#createWork(createPass(this.#circuit, watcher));
    this.#room = this.#createRoom(plan);
    this.taps = createTaps(
      this.#circuit,
      (node) => this.#ends.get(node)?.waiting ?? 0,
      (node) => this.#state.evicted(node),
      (listener) => watcher.watch(listener),
    );
    // Before the nodes are made: some look at what they have when they begin.
    this.#putBack(stored);
    this.#nodes = createNodes({
      plan,
      shell,
      circuit: this.#circuit,
      state: this.#state,
      timers: this.#timers,
      notices: this.#notices,
    });
    this.#createEnds();
  }

  async start(stored: StoredFlow): Promise<void> {
    this.#isToCommit = false;
    this.#changed();
    this.#stops.push(this.#committer.onTrouble((sentence) => this.#trouble(sentence)));
    if (this.#committer.trouble !== undefined) this.#trouble(this.#committer.trouble);
    this.#resume(stored);
    this.#stops.push(repeat(this.#shell.scheduler, FORGET_MS, () => this.#forgetOld()));
    try {
      for (const [node, source] of this.#nodes.sources) {
        this.#stops.push(await source.start(this.#createIntake(node)));
      }
    } catch (cause) {
      await this.stop(0);
      throw new SluiceError('invalid-flow', `The flow cannot be started: ${sentenceOf(cause)}`, { cause });
    }
  }

  inject(node: string, port: string | undefined, message: Message | undefined): void {
    const found = this.#circuit.nodes.find(({ planned }) => planned.id === node);
    if (found === undefined || this.#stopping !== undefined) {
      throw new SluiceError('not-found', `The node “${node}” is not running, so it cannot take a message.`);
    }
    const entry = entryByHand(found, this.#nodes.sources.get(found.index), port, message);
    if (entry.arrivals !== undefined) found.counters.in += 1;
    const end = this.#ends.get(found.index);
    if (end === undefined || entry.arrivals === undefined) this.#work.runByHand(entry);
    else this.#work.queueByHand(end, entry.arrivals);
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
    for (const intake of this.#intakes) intake.close();
    this.#alarmClock.stop();
    await within(this.#shell.scheduler, drainMs, this.#drain());
    this.#commitChanges();
    this.#committer.flush();
    for (const end of this.#ends.values()) end.abort();
    this.#work.stop();
    this.taps.watch(undefined);
    for (const { node, sentence } of this.#nodes.close()) this.#showError(node, sentence);
  }

  async #drain(): Promise<void> {
    const stopped = await Promise.allSettled(this.#stops.map(async (stop) => stop()));
    for (const result of stopped) {
      if (result.status === 'rejected') this.#showError('', sentenceOf(result.reason));
    }
    await this.#work.ledger.settled();
  }

  #createWork(pass: Pass): FlowWork {
    return new FlowWork({
      flow: this.id,
      shell: this.#shell,
      circuit: this.#circuit,
      pass,
      committer: this.#committer,
      state: this.#state,
      timers: this.#timers,
      notices: this.#notices,
      ends: this.#ends,
      roomMade: () => this.#roomMade(),
      timersChanged: () => this.#alarmClock.arm(),
    });
  }

  #createRoom(plan: Plan): Room {
    const ends = this.#circuit.nodes.filter((node) => node.endsSegment).map(({ index }) => index);
    return createRoom({
      committer: this.#committer,
      ends: this.#ends,
      downstream: downstreamOf(plan, new Set(ends)),
      underWay: () => this.#intakes.reduce((sum, { gathered }) => sum + gathered, this.#work.ledger.underWay),
    });
  }

  #createEnds(): void {
    for (const [node, work] of this.#nodes.works) {
      const end = createSegmentEnd({
        node,
        policy: this.#circuit.nodes[node]?.planned.wait ?? STEP_POLICY,
        scheduler: this.#shell.scheduler,
        work,
        mayStart: () => !this.#room.isFullAfter(node),
        started: () => this.#roomMade(),
        done: (taken, entry) => this.#work.runCalled(taken, entry),
      });
      this.#ends.set(node, end);
    }
  }

  #createIntake(node: number): SourceIntake {
    const intake = createSourceIntake({
      node,
      scheduler: this.#shell.scheduler,
      isFull: () => this.#room.isFullFor(node),
      hasRoom: () => this.#room.hasRoomFor(node),
      faulty: (error) => this.#showError(this.#circuit.nodes[node]?.planned.id ?? '', sentenceOf(error)),
      run: (entry, messages, settled) => this.#work.runBatch(entry, messages, settled),
    });
    this.#intakes.push(intake);
    return intake;
  }

  #putBack({ state, timers }: StoredFlow): void {
    this.#state.restore(state);
    for (const timer of timers) {
      const node = this.#indexes.get(timer.node);
      if (node !== undefined) this.#timers.restore(node, timer);
    }
    this.#forgetOld();
  }

  #resume({ timers, pending }: StoredFlow): void {
    this.#work.forgetTimers(timers.filter(({ node }) => this.#indexes.get(node) === undefined));
    this.#work.restore(pending, (id) => this.#indexes.get(id));
    this.#work.runTimers(this.#shell.clock.now(), Number.POSITIVE_INFINITY, () => false);
    this.#alarmClock.arm();
  }

  #forgetOld(): void {
    this.#state.forgetOld(({ index }) => this.#timers.keysOf(index));
  }

  #commitChanges(): void {
    for (const intake of this.#intakes) intake.flush();
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
    for (const intake of this.#intakes) intake.roomMade();
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

  #showError(node: string, sentence: string): void {
    this.#notices.say({ kind: 'error', flow: this.id, node, sentence, message: undefined });
  }
}
