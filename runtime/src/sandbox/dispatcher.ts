import type { FailedBody } from './bodies.ts';
import { failedBody, openedBody, readBody } from './bodies.ts';
import { failed, readOutcomes } from './call.ts';
import type { FlowUse } from './flowUse.ts';
import type { Frame } from './frames.ts';
import { GuestPool } from './guestPool.ts';
import type { Lane, LiveProgram, OpenTask, Room, RunTask, Sent, Task } from './lane.ts';
import { CHECKS, createLane, frameOf, nextLane, splitTask } from './lane.ts';
import type { Held, Outcome, SandboxClock, SourceProblem } from './sandbox.ts';
import { sentences } from './sentences.ts';
import { strike } from './strikes.ts';
import { outcomeOf, problemOutcome, retry, settle } from './verdict.ts';
import type { Watch } from './watch.ts';
import { createWatch } from './watch.ts';

export interface DispatcherOptions {
  readonly clock: SandboxClock;
  readonly room: Room;
  /** Largest resident size of the process with this many flows in it, in bytes. */
  residentLimit(flows: number): number;
  onHeld(held: Held): void;
  /** Nothing is running or waiting. */
  onIdle(): void;
}

/** The deadline of the host is this many times the call's own limit (EN13). */
const DEADLINE_FACTOR = 3;
/** Opening runs our code and the parsers of libraries only; on a busy machine it may take its time. */
const OPEN_DEADLINE_MS = 10_000;
/** When the host itself was busy its timers come before the answers that lie in the pipe: read those first. */
const CONFIRM_MS = 20;

/**
 * Hands the work of all lanes to the process, watches over it, and works out who is to blame when the process ends.
 *
 * A death is put down to one flow when its deadline ran out or when nothing else was running. Otherwise all that were
 * running are run again, each message alone, and the one that is to blame ends the process once more.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #pool: GuestPool;
  readonly #lanes = new Map<string, Lane>();
  readonly #sent = new Map<number, Lane>();
  /** Lanes with something to do; the one that was served longest ago comes first. */
  #busy: Lane[] = [];
  #lastRequest = 0;
  readonly #watch: Watch;
  #kills = 0;
  #timeouts = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#watch = createWatch({
      clock: options.clock,
      isNeeded: () => this.#busy.length > 0,
      look: () => {
        const resident = this.#pool.current?.residentBytes() ?? 0;
        if (resident > options.residentLimit(this.#lanes.size)) this.#kill(undefined);
      },
    });
    this.#pool = new GuestPool({
      onReady: () => this.#pump(),
      onFrame: (frame) => this.#receive(frame),
      onDeath: () => this.#afterDeath(undefined),
      onCannotStart: (lastWords) => this.#giveUp(lastWords),
    });
  }

  get stats() {
    return {
      processes: this.#pool.size,
      residentBytes: this.#pool.residentBytes(),
      cpuMs: this.#pool.cpuMs,
      kills: this.#kills,
      timeouts: this.#timeouts,
    };
  }

  askUse(): void {
    this.#pool.askUse();
  }

  useOf(flow: string): FlowUse {
    return this.#pool.useOf(flow);
  }

  get heldFlows(): string[] {
    return [...this.#lanes.values()].flatMap((lane) => (lane.held === undefined ? [] : [lane.flow]));
  }

  /** The lane of a flow, made when there is none. */
  lane(flow: string): Lane {
    const lane = this.#lanes.get(flow) ?? createLane(flow);
    this.#lanes.set(flow, lane);
    return lane;
  }

  add(lane: Lane, tasks: readonly Task[]): void {
    if (lane.held !== undefined) {
      for (const task of tasks) settle(task, failed('held', lane.held.sentence));
      return;
    }
    lane.waiting.push(...tasks);
    if (!this.#busy.includes(lane)) this.#busy.push(lane);
    this.#pool.ensure();
    this.#pump();
  }

  /** Ends a program; its lane goes with the last one. What is not done is settled. */
  close(lane: Lane, program: LiveProgram): void {
    const running = lane.running.map((sent) => sent.task).filter((task) => task.program === program);
    const waiting = lane.waiting.filter((task) => task.program === program);
    lane.waiting = lane.waiting.filter((task) => task.program !== program);
    lane.programs.delete(program);
    if (lane.programs.size === 0) this.#lanes.delete(lane.flow);
    for (const task of [...running, ...waiting]) settle(task, failed('unavailable', sentences.closed));
    if (program.openedIn === lane.era)
      this.#pool.current?.send({ kind: 'close', request: 0, program: program.id, body: '' });
    this.#pump();
  }

  /** Ends all programs and processes. */
  async stop(): Promise<void> {
    const left = [...this.#lanes.values()];
    this.#lanes.clear();
    this.#busy = [];
    this.#sent.clear();
    this.#watch.stop();
    for (const lane of left) {
      lane.stopDeadline();
      lane.programs.clear();
      const running = lane.running.splice(0).map((sent) => sent.task);
      for (const task of [...running, ...lane.waiting.splice(0)])
        settle(task, failed('unavailable', sentences.closed));
    }
    await this.#pool.stop();
  }

  #pump(): void {
    const guest = this.#pool.current;
    if (guest === undefined) return;
    for (;;) {
      const lane = nextLane(this.#busy, this.#options.room);
      if (lane === undefined) break;
      const sent = this.#take(lane);
      if (sent !== undefined) guest.send(frameOf(lane, sent));
      this.#busy = [...this.#busy.filter((other) => other !== lane), lane];
    }
    this.#busy = this.#busy.filter((lane) => lane.running.length > 0 || lane.waiting.length > 0);
    if (this.#busy.length === 0) this.#options.onIdle();
    else this.#watch.start();
  }

  /** Takes a lane's next task as under way; undefined when it needs no running. */
  #take(lane: Lane): Sent | undefined {
    const task = lane.waiting[0];
    if (task === undefined) return undefined;
    if (task.kind === 'run' && (task.call.isOver || task.program.problem !== undefined)) {
      lane.waiting.shift();
      if (task.program.problem !== undefined) settle(task, problemOutcome(task.program.problem));
      return undefined;
    }
    if (task.kind === 'run' && task.program.openedIn !== lane.era) {
      lane.waiting.unshift({
        kind: 'open',
        program: task.program,
        kills: 0,
        isAlone: task.isAlone,
        done: () => undefined,
      });
      return undefined;
    }
    lane.waiting.shift();
    if (task.kind === 'open') task.program.openedIn = lane.era;
    this.#lastRequest = (this.#lastRequest + 1) >>> 0;
    const sent = { request: this.#lastRequest, era: lane.era, task };
    lane.running.push(sent);
    this.#sent.set(sent.request, lane);
    if (lane.running.length === 1) this.#setDeadline(lane);
    return sent;
  }

  #setDeadline(lane: Lane): void {
    lane.stopDeadline();
    const task = lane.running[0]?.task;
    if (task === undefined) return;
    const { clock } = this.#options;
    const ms = task.kind === 'open' ? OPEN_DEADLINE_MS : DEADLINE_FACTOR * task.program.limits.timeoutMs;
    lane.stopDeadline = clock.after(ms, () => {
      // What it took until now is counted before it is gone.
      this.#pool.askUse();
      lane.stopDeadline = clock.after(CONFIRM_MS, () => this.#kill(lane));
    });
  }

  #receive(frame: Frame): void {
    const lane = this.#sent.get(frame.request);
    const sent = lane?.running.find((other) => other.request === frame.request);
    if (lane === undefined || sent === undefined) return;
    this.#sent.delete(frame.request);
    const wasFirst = lane.running[0] === sent;
    lane.running = lane.running.filter((other) => other !== sent);
    if (wasFirst) this.#setDeadline(lane);
    if (frame.kind === 'result' && sent.task.kind === 'run') this.#onResult(lane, sent.task, frame.body);
    else this.#onAnswer(lane, sent, frame);
    this.#pump();
  }

  #onAnswer(lane: Lane, sent: Sent, frame: Frame): void {
    const opened = frame.kind === 'opened' ? readBody(openedBody, frame.body) : undefined;
    if (opened !== undefined && sent.task.kind === 'open') {
      this.#onOpened(sent.task, opened.problem);
      return;
    }
    const failure = frame.kind === 'failed' ? readBody(failedBody, frame.body) : undefined;
    this.#onFailed(lane, sent, failure ?? { reason: 'error', sentence: sentences.unreadable });
  }

  #onOpened(task: OpenTask, problem: SourceProblem | undefined): void {
    task.program.problem = problem;
    task.done(problem);
  }

  #onResult(lane: Lane, task: RunTask, body: string): void {
    const outcomes = readOutcomes(body, task.messages.length);
    if (outcomes !== undefined) task.call.fill(task.from, outcomes);
    else this.#onWholeFailed(lane, task, failed('error', sentences.unreadable));
  }

  #onFailed(lane: Lane, sent: Sent, body: FailedBody): void {
    const { task } = sent;
    const isLost = body.reason === 'memory' || body.reason === 'gone';
    if (isLost && sent.era === lane.era) lane.era += 1;
    if (body.reason === 'timeout') this.#timeouts += 1;
    if (body.reason === 'gone') lane.waiting.unshift(task);
    else if (task.kind === 'run') this.#onWholeFailed(lane, task, outcomeOf(task, body));
    else this.#onOpened(task, { sentence: sentences.cannotOpen(body.sentence) });
  }

  /** A batch that failed as a whole is run again one message at a time; a message alone has its outcome. */
  #onWholeFailed(lane: Lane, task: RunTask, outcome: Outcome & { ok: false }): void {
    if (task.messages.length === 1) settle(task, outcome);
    else lane.waiting.unshift(...splitTask(task, { kills: task.kills, isAlone: task.isAlone }));
  }

  #kill(culprit: Lane | undefined): void {
    this.#pool.kill();
    this.#afterDeath(culprit);
  }

  #afterDeath(named: Lane | undefined): void {
    this.#kills += 1;
    const active = this.#busy.filter((lane) => lane.running.length > 0);
    const culprit = named ?? (active.length === 1 ? active[0] : undefined);
    for (const lane of this.#lanes.values()) lane.era += 1;
    for (const lane of active) this.#takeBack(lane, lane === culprit, culprit === undefined);
    if (this.#busy.length > 0) this.#pool.ensure();
    this.#pump();
  }

  /** Puts what was under way back in front of what waits. Only the first of it was running. */
  #takeBack(lane: Lane, isCulprit: boolean, isSuspect: boolean): void {
    lane.stopDeadline();
    const [first, ...others] = lane.running;
    for (const sent of lane.running) this.#sent.delete(sent.request);
    lane.running = [];
    if (first === undefined) return;
    const back = isCulprit || isSuspect ? retry(first.task, isCulprit) : [first.task];
    lane.waiting.unshift(...back, ...others.map((sent) => sent.task));
    if (isCulprit) this.#punish(lane, first.task.program.node);
  }

  #punish(lane: Lane, node: string): void {
    const { strikes, isOut } = strike(lane.strikes, this.#options.clock.now());
    lane.strikes = strikes;
    if (!isOut || lane.held !== undefined || lane.flow === CHECKS) return;
    lane.held = { flow: lane.flow, node, sentence: sentences.held(node) };
    this.#settleWaiting(lane, failed('held', lane.held.sentence));
    this.#options.onHeld(lane.held);
  }

  #settleWaiting(lane: Lane, outcome: Outcome & { ok: false }): void {
    for (const task of lane.waiting.splice(0)) settle(task, outcome);
  }

  #giveUp(lastWords: string): void {
    const outcome = failed('unavailable', sentences.cannotStart(lastWords));
    for (const lane of this.#busy) this.#settleWaiting(lane, outcome);
    this.#busy = [];
    this.#options.onIdle();
  }
}
