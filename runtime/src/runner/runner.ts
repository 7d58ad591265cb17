import type { AlarmReport, Stop } from '@sluice/shared/node/context.ts';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import type { Trace } from '@sluice/shared/protocol/running.ts';
import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';
import type { ConnectionPool } from '../connections/connections.ts';
import type { RunnerHttp } from '../connections/http.ts';
import type { Committer } from '../engine/commit.ts';
import { createCommitter } from '../engine/commit.ts';
import { compile } from '../engine/compile.ts';
import type { IntakeQuota } from '../engine/shell.ts';
import type { RunningFlow, TraceWanted } from '../engine/runningFlow.ts';
import type { Notice, Shell, StateStore } from '../engine/shell.ts';
import { openRestingState } from '../engine/restingState.ts';
import { startFlow } from '../engine/startFlow.ts';
import type { FlowUse } from '../sandbox/flowUse.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { answerState } from './answerState.ts';
import { RunnerDevices } from './deviceDirectory.ts';
import { Flows } from './flows.ts';
import { Outstanding } from './outstanding.ts';
import { tellProcesses } from './processFigures.ts';
import { Programs } from './programs.ts';
import type {
  Answers,
  HostMessage,
  Question,
  RunnerAnswer,
  RunnerConnection,
  RunnerMessage,
} from './protocol.ts';
import { Reports } from './reports.ts';
import type { RunnerTime } from './time.ts';
import { every } from './time.ts';
import { checkUserCode } from './userCode.ts';

/** What a runner is made of; the process hands in the real things, a test may hand in others. */
export interface RunnerParts {
  readonly workspace: string;
  readonly time: RunnerTime;
  newId(): string;
  readonly catalog: NodeCatalog;
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
  readonly sandbox: Sandbox;
  readonly store: StateStore & { close(): void };
  /** Of all flows together; left out where nothing limits them. */
  readonly quota?: IntakeQuota;
  readonly connections: readonly RunnerConnection[];
  readonly pool: ConnectionPool;
  readonly devices: RunnerDevices;
  readonly http: RunnerHttp;
  /** How many notices go out in a second at most; 200 where it is left out. */
  readonly noticesASecond?: number | undefined;
  /** How many dead letters are kept of one flow from now on. */
  keepDeadLetters(mostOfFlow: number): void;
  /** To the host. */
  send(message: RunnerMessage): void;
}

type RequestOf<Kind extends HostMessage['kind']> = Extract<HostMessage, { kind: Kind }>;
type Stored = { readonly isStored: true } | { readonly isStored: false; readonly sentence: string };

const WATCHED_COUNTERS_MS = 250;
const COUNTERS_MS = 5_000;
/** How often a message of a flow that somebody watches is traced without being asked for. */
const SAMPLED_TRACE_MS = 10_000;

/** Owns the flows of one workspace with their state, connections and user code; does what its host says. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #flows: Flows;
  readonly #programs: Programs;
  readonly #reports: Reports;
  readonly #alarms = new Outstanding<Stored>();
  readonly #watched = new Set<string>();
  readonly #committer: Committer;
  readonly #stops: readonly Stop[];
  #connectionTypes: ReadonlyMap<string, string> = new Map();
  #closed: Promise<void> | undefined;
  /** Times that sources had waited for the quota when it was told last. */
  #toldWaits = 0;
  #wasWaiting = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#programs = new Programs(parts.sandbox);
    this.#reports = new Reports(parts.time, (message) => parts.send(message), parts.noticesASecond);
    this.#committer = createCommitter(parts.store, parts.time);
    this.#setConnections(parts.connections);
    const shell = this.#shell();
    this.#flows = new Flows({
      compile: (flow) => compile(flow, parts.catalog, { connections: this.#connectionTypes }),
      checkCode: (plan) => checkUserCode(plan, parts.sandbox),
      start: (plan) => startFlow(plan, shell, this.#committer),
      stopped: (flow) => this.#programs.close(flow),
      forget: (flow) => parts.store.forget(flow),
      rest: (plan) => {
        // What the flow has left behind when it stopped comes first.
        this.#committer.flush();
        return openRestingState(plan, shell);
      },
    });
    this.#stops = [
      every(parts.time, WATCHED_COUNTERS_MS, () => this.#sendCounters(true)),
      every(parts.time, COUNTERS_MS, () => this.#sendCounters(false)),
      every(parts.time, COUNTERS_MS, () => this.#sendQuota()),
      tellProcesses({
        time: parts.time,
        sandbox: parts.sandbox,
        isDiskInTrouble: () => this.#committer.trouble !== undefined,
        tell: (figures) => parts.send({ kind: 'processes', ...figures }),
      }),
      every(parts.time, SAMPLED_TRACE_MS, () => this.#sampleTraces()),
      parts.http.incoming.onChange((routes) => parts.send({ kind: 'httpRoutes', routes })),
      parts.sandbox.onHeld(({ flow, sentence }) => {
        void this.#hold(flow, sentence);
      }),
    ];
  }

  /** Does what the host says, all but `configure` and `shutdown`, which are the process's. */
  receive(message: HostMessage): void {
    switch (message.kind) {
      case 'configure':
      case 'shutdown':
        return;
      case 'connections':
        this.#setConnections(message.connections);
        this.#parts.pool.update(message.connections);
        return;
      case 'devices':
        return this.#parts.devices.replace(message.devices);
      case 'limits':
        this.#parts.quota?.setMost(message.messagesASecond);
        return this.#parts.keepDeadLetters(message.deadLettersPerFlow);
      case 'deploy':
        void this.#answer(message.request, this.#deploy(message));
        return;
      case 'stop':
        void this.#answer(message.request, this.#flows.stop(message.flow, message.forget));
        return;
      case 'check':
        void this.#answer(message.request, this.#flows.check(message.flow));
        return;
      case 'watch':
        return this.#watch(message.flow, message.on);
      case 'inject':
        void this.#answer(message.request, this.#inject(message));
        return;
      case 'ask':
        void this.#answer(message.request, this.#ask(message));
        return;
      case 'askState':
        void this.#answer(message.request, this.#askState(message));
        return;
      case 'httpRequest':
        void this.#handleHttp(message);
        return;
      case 'alarmsStored':
        this.#alarms.settle(message.request, { isStored: true });
        return;
      case 'alarmsRefused':
        this.#alarms.settle(message.request, { isStored: false, sentence: message.sentence });
        return;
      case 'ping':
        return this.#parts.send({ kind: 'pong' });
    }
  }

  /** Stops all flows, letting what is under way finish for at most `drainMs`, and closes everything. */
  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#close(drainMs);
    return this.#closed;
  }

  async #close(drainMs: number): Promise<void> {
    await this.#flows.stopAll(drainMs);
    for (const stop of this.#stops) void stop();
    this.#reports.flush();
    this.#programs.closeAll();
    this.#parts.http.close();
    await Promise.all([this.#parts.pool.close(), this.#parts.sandbox.close()]);
    this.#committer.stop();
    this.#parts.quota?.stop();
    this.#parts.store.close();
  }

  async #deploy({ flow, reset }: RequestOf<'deploy'>): Promise<RunnerAnswer> {
    const answer = await this.#flows.deploy(flow, reset);
    if (this.#watched.has(flow.id)) this.#watch(flow.id, true);
    return answer;
  }

  #inject({ flow, node, port, message }: RequestOf<'inject'>): Promise<RunnerAnswer> {
    return this.#flows.inject(flow, node, port, message);
  }

  #ask({ flow, question }: RequestOf<'ask'>): Promise<RunnerAnswer> {
    if (question.about === 'settled') return this.#flows.settled(flow);
    return this.#flows.ask(flow, (running) => this.#answerTo(running, question));
  }

  #askState({ flow, question }: RequestOf<'askState'>): Promise<RunnerAnswer> {
    return this.#flows.askState(flow, (view) => answerState(view, question));
  }

  #answerTo(
    running: RunningFlow,
    question: Exclude<Question, { readonly about: 'settled' }>,
  ): Answers[Question['about']] {
    switch (question.about) {
      case 'state':
      case 'setState':
      case 'clearState':
        return answerState(running.stateView, question);
      case 'carried':
        return this.#flows.carried(running, question.next);
      case 'clearOutbox':
        return running.clearOutbox(question.node);
      case 'trace':
        this.#trace(running, question, {});
        return undefined;
      case 'recentInputs':
        return running.recentInputs();
    }
  }

  #trace(running: RunningFlow, wanted: TraceWanted, kind: Pick<Trace, 'isSampled'>): void {
    running.trace(wanted, (trace) =>
      this.#parts.send({ kind: 'trace', flow: running.id, trace: { ...trace, ...kind } }),
    );
  }

  #sampleTraces(): void {
    for (const running of this.#flows.running()) {
      if (this.#watched.has(running.id)) this.#trace(running, {}, { isSampled: true });
    }
  }

  #watch(flow: string, on: boolean): void {
    if (on) this.#watched.add(flow);
    else this.#watched.delete(flow);
    const listener = on ? this.#reports.sample.bind(this.#reports, flow) : undefined;
    this.#flows.find(flow)?.taps.watch(listener);
  }

  async #handleHttp({ request, incoming }: RequestOf<'httpRequest'>): Promise<void> {
    const answer = await this.#parts.http.incoming.handle(incoming);
    this.#parts.send({ kind: 'httpAnswer', request, answer });
  }

  async #answer(request: string, answering: Promise<RunnerAnswer>): Promise<void> {
    const result = await answering.catch(unforeseen);
    // What the flow said on the way (its status, its first errors) comes before the answer.
    this.#reports.flush();
    this.#parts.send({ kind: 'answer', request, result });
  }

  #sendCounters(isWatched: boolean): void {
    for (const running of this.#flows.running()) {
      const { id, taps } = running;
      if (this.#watched.has(id) === isWatched)
        this.#parts.send({
          kind: 'counters',
          flow: id,
          wires: taps.counters(),
          nodes: taps.nodes(),
          totals: taps.totals(),
          outboxes: running.outboxes(),
          userCode: this.#userCodeOf(id),
        });
    }
  }

  #userCodeOf(flow: string): FlowUse | undefined {
    const use = this.#parts.sandbox.useOf(flow);
    return use.cpuMs > 0 || use.memory > 0 ? use : undefined;
  }

  #sendQuota(): void {
    const waits = (this.#parts.quota?.waits ?? 0) - this.#toldWaits;
    this.#toldWaits += waits;
    if (waits > 0 || this.#wasWaiting) this.#parts.send({ kind: 'quota', waits });
    this.#wasWaiting = waits > 0;
  }

  #setConnections(connections: readonly RunnerConnection[]): void {
    this.#connectionTypes = new Map(connections.map(({ id, type }) => [id, type]));
  }

  /** A flow whose code keeps ending the sandbox is stopped, so that it loses nothing, until it is deployed again. */
  async #hold(flow: string, sentence: string): Promise<void> {
    await this.#flows.stop(flow, false, 0);
    this.#notice({ kind: 'flow', flow, state: 'held', sentence });
  }

  #notice(notice: Notice): void {
    this.#reports.notice(notice);
  }

  async #reportAlarms(flow: string, node: string, reports: readonly AlarmReport[]): Promise<void> {
    const request = this.#parts.newId();
    const stored = this.#alarms.open(request);
    this.#parts.send({ kind: 'alarms', request, flow, node, reports });
    const outcome = await stored;
    if (!outcome.isStored) throw new Error(outcome.sentence);
  }

  #shell(): Shell {
    const { workspace, time, store, quota, implementations, pool, devices, http } = this.#parts;
    return {
      workspace,
      clock: time,
      newId: () => this.#parts.newId(),
      random: () => time.random(),
      elapsed: () => time.elapsed(),
      scheduler: time,
      store,
      quota,
      implementations,
      connection: (type, id) => pool.connection(type, id),
      program: (flow, node, source) => this.#programs.open(flow, node, source),
      http: http.http,
      devices,
      reportAlarms: (flow, node, reports) => this.#reportAlarms(flow, node, reports),
      notice: (notice) => this.#notice(notice),
    };
  }
}

/** A request always gets its answer, also when something is wrong in here. */
function unforeseen(error: unknown): RunnerAnswer {
  const sentence = error instanceof Error ? error.message : String(error);
  return { ok: false, code: 'internal', sentence, problems: [] };
}
