import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { IncomingRequest, OutgoingAnswer } from '@sluice/shared/node/context.ts';
import type { LaunchRunner, RunnerProcess } from './launch.ts';
import { launcher } from './launch.ts';
import type { HostMessage, RunnerAnswer, RunnerConnection, RunnerDevice, RunnerMessage } from './protocol.ts';
import { Outstanding } from './outstanding.ts';
import type { RunnerEvents, RunnerHost, RunnerHostOptions, RunnerState } from './runnerHost.ts';
import type { Supervision, SupervisionEffect, SupervisionEvent } from './supervise.ts';
import { supervise } from './supervise.ts';
import { every } from './time.ts';

/** After the last flow stopped, the process stays this long, because the next one is often close behind. */
const IDLE_MS = 30_000;
const IDLE_DRAIN_MS = 5_000;
const PING_MS = 5_000;
/** A runner that says nothing for so long is stuck: no pass of the engine takes a tenth of it. */
const SILENT_MS = 30_000;
/** What a runner may take beyond the drain, to commit and to close its connections. */
const CLOSE_GRACE_MS = 2_000;
/** Requests to `http-in` nodes that may be under way; more are told to come again (EN5). */
const MAX_HTTP = 1_000;

const AWAY_SENTENCE = 'The runner is starting again; try once more in a moment.';
const AWAY: RunnerAnswer = { ok: false, code: 'runner-away', sentence: AWAY_SENTENCE, problems: [] };
const HTTP_AWAY: OutgoingAnswer = {
  status: 503,
  headers: { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' },
  body: AWAY_SENTENCE,
};

/** The host of one workspace's runner: starts the process when the first flow needs it and keeps it alive (EN13). */
export function createRunnerHost(options: RunnerHostOptions): RunnerHost {
  return hostWith(options, launcher(options.environment ?? {}));
}

/** The same with another way to launch a process. */
export function hostWith(options: RunnerHostOptions, launch: LaunchRunner): RunnerHost {
  const host = new Host(options, launch);
  return {
    deploy: (flow, version) => host.deploy(flow, version),
    stop: (flow, forget) => host.stop(flow, forget),
    check: (flow) => host.ask((request) => ({ kind: 'check', request, flow })),
    watch: (flow, on) => host.watch(flow, on),
    inject: (flow, node, port, message) => host.inject(flow, node, port, message),
    handleHttp: (incoming) => host.handleHttp(incoming),
    updateConnections: (connections) => host.updateConnections(connections),
    updateDevices: (devices) => host.updateDevices(devices),
    on: (kind, listener) => host.on(kind, listener),
    state: () => host.state(),
    pid: () => host.pid(),
    close: (drainMs) => host.close(drainMs),
  };
}

type Listeners = { readonly [Kind in keyof RunnerEvents]: Set<(event: RunnerEvents[Kind]) => void> };

class Host {
  readonly #options: RunnerHostOptions;
  readonly #launch: LaunchRunner;
  readonly #listeners: Listeners = {
    counters: new Set(),
    values: new Set(),
    status: new Set(),
    notices: new Set(),
    httpRoutes: new Set(),
    state: new Set(),
  };
  readonly #deployed = new Map<string, { flow: Flow; version: number }>();
  readonly #watched = new Set<string>();
  readonly #answers = new Outstanding<RunnerAnswer>();
  readonly #httpAnswers = new Outstanding<OutgoingAnswer>();
  #supervision: Supervision = { kind: 'idle' };
  #process: RunnerProcess | undefined;
  #connections: readonly RunnerConnection[];
  #devices: readonly RunnerDevice[];
  /** Waiting for the start that is under way; told whether there is a runner now. */
  #awaitingStart: ((isReady: boolean) => void)[] = [];
  #awaitingEnd: (() => void)[] = [];
  #lastHeardAt = 0;
  #stopPings: () => void = () => undefined;
  #stopRest: () => void = () => undefined;
  #stopWait: () => void = () => undefined;
  #drainMs = IDLE_DRAIN_MS;

  constructor(options: RunnerHostOptions, launch: LaunchRunner) {
    this.#options = options;
    this.#launch = launch;
    this.#connections = options.connections;
    this.#devices = options.devices;
  }

  async deploy(flow: Flow, version: number): Promise<RunnerAnswer> {
    const answer = await this.ask((request) => ({ kind: 'deploy', request, version, flow }));
    if (answer.ok) this.#deployed.set(flow.id, { flow, version });
    return answer;
  }

  async stop(flow: string, forget: boolean): Promise<RunnerAnswer> {
    // Taken out first: a runner that dies meanwhile must not come back with it.
    this.#deployed.delete(flow);
    return this.ask((request) => ({ kind: 'stop', request, flow, forget }));
  }

  watch(flow: string, on: boolean): void {
    if (on) this.#watched.add(flow);
    else this.#watched.delete(flow);
    this.#process?.send({ kind: 'watch', flow, on });
  }

  inject(
    flow: string,
    node: string,
    port: string | undefined,
    message: Message | undefined,
  ): Promise<RunnerAnswer> {
    if (!this.#deployed.has(flow))
      return Promise.resolve({
        ok: false,
        code: 'not-found',
        sentence: `The flow “${flow}” is not running; deploy it first.`,
        problems: [],
      });
    return this.ask((request) => ({ kind: 'inject', request, flow, node, port, message }));
  }

  handleHttp(incoming: IncomingRequest): Promise<OutgoingAnswer> {
    const runner = this.#process;
    if (this.#supervision.kind !== 'ready' || runner === undefined || this.#httpAnswers.size >= MAX_HTTP)
      return Promise.resolve(HTTP_AWAY);
    const answered = this.#httpAnswers.open(incoming.id);
    runner.send({ kind: 'httpRequest', request: incoming.id, incoming });
    return answered;
  }

  updateConnections(connections: readonly RunnerConnection[]): void {
    this.#connections = connections;
    this.#process?.send({ kind: 'connections', connections });
  }

  updateDevices(devices: readonly RunnerDevice[]): void {
    this.#devices = devices;
    this.#process?.send({ kind: 'devices', devices });
  }

  on<Kind extends keyof RunnerEvents>(kind: Kind, listener: (event: RunnerEvents[Kind]) => void): () => void {
    this.#listeners[kind].add(listener);
    return () => {
      this.#listeners[kind].delete(listener);
    };
  }

  state(): RunnerState {
    return stateOf(this.#supervision);
  }

  pid(): number | undefined {
    return this.#process?.pid;
  }

  async close(drainMs: number): Promise<void> {
    this.#stopRest();
    this.#drainMs = drainMs;
    this.#apply({ kind: 'close' });
    this.#stopWait();
    const runner = this.#process;
    if (runner === undefined) return this.#answerStart(false);
    const stopWaiting = this.#options.clock.after(drainMs + CLOSE_GRACE_MS, () => runner.kill());
    await new Promise<void>((resolve) => this.#awaitingEnd.push(resolve));
    stopWaiting();
  }

  /** Sends a request and resolves with its answer; `runner-away` when the runner ends before it gave one. */
  async ask(make: (request: string) => HostMessage): Promise<RunnerAnswer> {
    this.#stopRest();
    this.#apply({ kind: 'needed' });
    const isReady = await this.#whenReady();
    const runner = this.#process;
    if (!isReady || runner === undefined) return AWAY;
    const request = this.#options.newId();
    const answered = this.#answers.open(request);
    runner.send(make(request));
    const answer = await answered;
    this.#restWhenUnneeded();
    return answer;
  }

  #whenReady(): Promise<boolean> {
    if (this.#supervision.kind === 'ready') return Promise.resolve(true);
    if (this.#supervision.kind === 'closed') return Promise.resolve(false);
    return new Promise((resolve) => this.#awaitingStart.push(resolve));
  }

  #restWhenUnneeded(): void {
    this.#stopRest();
    if (this.#deployed.size > 0 || this.#supervision.kind === 'closed') return;
    this.#stopRest = this.#options.clock.after(IDLE_MS, () => {
      if (this.#deployed.size === 0 && this.#answers.size === 0) this.#apply({ kind: 'unneeded' });
    });
  }

  #apply(event: SupervisionEvent, sentence = ''): void {
    const before = this.state();
    const [next, effects] = supervise(this.#supervision, event);
    this.#supervision = next;
    for (const effect of effects) this.#perform(effect);
    const state = this.state();
    if (state !== before) this.#tell('state', { state, sentence: sentence || STATE_SENTENCES[state] });
  }

  #perform(effect: SupervisionEffect): void {
    switch (effect.kind) {
      case 'launch':
        this.#start();
        return;
      case 'wait':
        this.#stopWait = this.#options.clock.after(effect.ms, () => this.#apply({ kind: 'waited' }));
        return;
      case 'shutdown':
        this.#process?.send({ kind: 'shutdown', drainMs: this.#drainMs });
        return;
    }
  }

  #start(): void {
    const runner = this.#launch({
      message: (message) => this.#receive(message),
      ended: (sentence) => this.#ended(sentence),
    });
    this.#process = runner;
    this.#lastHeardAt = this.#options.clock.now();
    runner.send({
      kind: 'configure',
      workspace: this.#options.workspace,
      folder: this.#options.folder,
      connections: this.#connections,
      devices: this.#devices,
      telemetry: this.#options.telemetry,
    });
    this.#stopPings = every(this.#options.clock, PING_MS, () => this.#ping(runner));
  }

  #ping(runner: RunnerProcess): void {
    if (this.#options.clock.now() - this.#lastHeardAt < SILENT_MS) return runner.send({ kind: 'ping' });
    this.#options.log('error', `The runner said nothing for ${SILENT_MS / 1_000} s, so it is ended.`);
    runner.kill();
  }

  #receive(message: RunnerMessage): void {
    this.#lastHeardAt = this.#options.clock.now();
    switch (message.kind) {
      case 'ready':
        return this.#ready();
      case 'answer':
        this.#answers.settle(message.request, message.result);
        return;
      case 'httpAnswer':
        this.#httpAnswers.settle(message.request, message.answer);
        return;
      case 'alarms':
        void this.#storeAlarms(message);
        return;
      case 'counters':
        return this.#tell('counters', message);
      case 'values':
        return this.#tell('values', message);
      case 'status':
        return this.#tell('status', message);
      case 'notices':
        return this.#tell('notices', message);
      case 'httpRoutes':
        return this.#tell('httpRoutes', message);
      case 'pong':
      case 'stopped':
        return;
    }
  }

  #ready(): void {
    this.#apply({ kind: 'ready', now: this.#options.clock.now() });
    for (const { flow, version } of this.#deployed.values()) void this.#deployAgain(flow, version);
    for (const flow of this.#watched) this.#process?.send({ kind: 'watch', flow, on: true });
    this.#answerStart(true);
  }

  async #deployAgain(flow: Flow, version: number): Promise<void> {
    const answer = await this.ask((request) => ({ kind: 'deploy', request, version, flow }));
    // `runner-away`: it died once more, and the next start deploys everything again.
    if (answer.ok || answer.code === 'runner-away') return;
    this.#options.log('error', `The flow “${flow.name}” did not start again: ${answer.sentence}`);
    this.#tell('notices', {
      kind: 'notices',
      notices: [{ kind: 'flow', flow: flow.id, state: 'failed', sentence: answer.sentence }],
      skipped: 0,
    });
  }

  #ended(sentence: string): void {
    this.#stopPings();
    this.#process = undefined;
    const wasAsked = this.#supervision.kind === 'ending' || this.#supervision.kind === 'closed';
    if (!wasAsked) this.#options.log('warning', sentence);
    this.#answers.settleAll(AWAY);
    this.#httpAnswers.settleAll(HTTP_AWAY);
    this.#tell('httpRoutes', { kind: 'httpRoutes', routes: [] });
    this.#apply({ kind: 'ended', now: this.#options.clock.now() }, wasAsked ? '' : sentence);
    if (this.#supervision.kind !== 'starting') this.#answerStart(false);
    for (const resolve of this.#awaitingEnd.splice(0)) resolve();
  }

  #answerStart(isReady: boolean): void {
    const waiting = this.#awaitingStart;
    this.#awaitingStart = [];
    for (const resolve of waiting) resolve(isReady);
  }

  async #storeAlarms(message: Extract<RunnerMessage, { kind: 'alarms' }>): Promise<void> {
    const { request, flow, node, reports } = message;
    try {
      await this.#options.storeAlarms(flow, node, reports);
      this.#process?.send({ kind: 'alarmsStored', request });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log('error', `Alarms of the flow “${flow}” could not be stored: ${why}`);
      this.#process?.send({
        kind: 'alarmsRefused',
        request,
        sentence: `The alarm could not be stored: ${why}`,
      });
    }
  }

  #tell<Kind extends keyof RunnerEvents>(kind: Kind, event: RunnerEvents[Kind]): void {
    for (const listener of this.#listeners[kind]) listener(event);
  }
}

const STATE_SENTENCES: Readonly<Record<RunnerState, string>> = {
  idle: 'No flow needs the runner.',
  starting: 'The runner is starting.',
  ready: 'The runner is ready.',
  restarting: AWAY_SENTENCE,
};

function stateOf(supervision: Supervision): RunnerState {
  switch (supervision.kind) {
    case 'idle':
    case 'ending':
    case 'closed':
      return 'idle';
    case 'starting':
      return supervision.failures === 0 ? 'starting' : 'restarting';
    case 'waiting':
      return 'restarting';
    case 'ready':
      return 'ready';
  }
}
