import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { IncomingRequest, OutgoingAnswer } from '@sluice/shared/node/context.ts';
import { redactorOf } from '../connections/redact.ts';
import { FlowSearch } from './flowSearch.ts';
import { AWAY_SENTENCE, Keeper } from './keeper.ts';
import type { LaunchRunner } from './launch.ts';
import { KEPT_WORDS, launcher } from './launch.ts';
import { Outstanding } from './outstanding.ts';
import type {
  Answers,
  HostMessage,
  Question,
  RunnerAnswer,
  RunnerConnection,
  RunnerDevice,
  RunnerMessage,
  StateQuestion,
} from './protocol.ts';
import type { RunnerEvents, RunnerHost, RunnerHostOptions, RunnerLimits, RunnerState } from './runnerHost.ts';

/** After the last flow stopped, the process stays this long, because the next one is often close behind. */
const IDLE_MS = 30_000;
/** Requests to `http-in` nodes that may be under way; more are told to come again (EN5). */
const MAX_HTTP = 1_000;

const AWAY: RunnerAnswer = { ok: false, code: 'runner-away', sentence: AWAY_SENTENCE, problems: [] };
const HTTP_AWAY: OutgoingAnswer = {
  status: 503,
  headers: { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' },
  body: AWAY_SENTENCE,
};

const HTTP_NOBODY: OutgoingAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'No flow is running that serves this address.',
};

/** The host of one workspace's runner: starts the process when the first flow needs it and keeps it alive (EN13). */
export function createRunnerHost(options: RunnerHostOptions): RunnerHost {
  return hostWith(options, launcher(options.environment ?? {}));
}

/** The same with another way to launch a process. */
export function hostWith(options: RunnerHostOptions, launch: LaunchRunner): RunnerHost {
  return new Host(options, launch);
}

const WAITS_SENTENCE =
  'The runner ended again and again. This flow waits until it is known which one is the cause, and then goes on by itself; that takes seconds as a rule.';
const HELD_SENTENCE =
  'The runner ended again and again while this flow was running, and not without it; so it is held and the others go on. Change it and deploy it, or start it when the cause is gone.';

interface DeployedFlow {
  readonly id: string;
  readonly flow: Flow;
  readonly version: number;
}

type Listeners = { readonly [Kind in keyof RunnerEvents]: Set<(event: RunnerEvents[Kind]) => void> };

class Host implements RunnerHost {
  readonly #options: RunnerHostOptions;
  readonly #keeper: Keeper;
  readonly #search: FlowSearch<DeployedFlow>;
  readonly #listeners: Listeners = {
    counters: new Set(),
    values: new Set(),
    status: new Set(),
    notices: new Set(),
    httpRoutes: new Set(),
    trouble: new Set(),
    trace: new Set(),
    processes: new Set(),
    quota: new Set(),
    state: new Set(),
  };
  readonly #deployed = new Map<string, DeployedFlow>();
  readonly #watched = new Set<string>();
  readonly #answers = new Outstanding<RunnerAnswer>();
  readonly #httpAnswers = new Outstanding<OutgoingAnswer>();
  #connections: readonly RunnerConnection[];
  #devices: readonly RunnerDevice[];
  #limits: RunnerLimits | undefined;
  #stopRest: () => void = () => undefined;

  constructor(options: RunnerHostOptions, launch: LaunchRunner) {
    this.#options = options;
    this.#connections = options.connections;
    this.#devices = options.devices;
    this.#keeper = new Keeper({
      clock: options.clock,
      log: (level, sentence) => options.log(level, sentence),
      launch,
      mask: (words) => this.#masked(words),
      configure: () => this.#configuration(),
      message: (message) => this.#receive(message),
      ready: () => this.#restore(),
      ended: (ofItself) => this.#ended(ofItself),
      stateChanged: (state, sentence) => this.#tell('state', { state, sentence }),
    });
    this.#search = new FlowSearch({
      time: options.clock,
      flows: () => [...this.#deployed.values()],
      run: async (flows) => {
        const runs = await Promise.all(flows.map((one) => this.#deployAgain(one)));
        return flows.filter((_, at) => runs[at]);
      },
      hold: (flow) => this.#hold(flow),
      wait: ({ id }) => this.#tellOf(id, 'held', WAITS_SENTENCE),
      goOn: ({ id, version }) => this.#tellOf(id, 'running', `Version ${version} runs again.`),
    });
  }

  async deploy(flow: Flow, version: number, reset: readonly string[]): Promise<RunnerAnswer> {
    const answer = await this.#ask((request) => ({ kind: 'deploy', request, version, flow, reset }));
    if (answer.ok) {
      this.#deployed.set(flow.id, { id: flow.id, flow, version });
      this.#search.deployed(flow.id);
    }
    this.#restWhenUnneeded();
    return answer;
  }

  async stop(flow: string, forget: boolean): Promise<RunnerAnswer> {
    // Taken out first: a runner that dies meanwhile must not come back with it.
    this.#deployed.delete(flow);
    this.#search.stopped(flow);
    const answer = await this.#ask((request) => ({ kind: 'stop', request, flow, forget }));
    this.#restWhenUnneeded();
    return answer;
  }

  async check(flow: Flow): Promise<RunnerAnswer> {
    const answer = await this.#ask((request) => ({ kind: 'check', request, flow }));
    this.#restWhenUnneeded();
    return answer;
  }

  watch(flow: string, on: boolean): void {
    if (on) this.#watched.add(flow);
    else this.#watched.delete(flow);
    this.#keeper.send({ kind: 'watch', flow, on });
  }

  inject(
    flow: string,
    node: string,
    port: string | undefined,
    message: Message | undefined,
  ): Promise<RunnerAnswer> {
    if (!this.#deployed.has(flow))
      return Promise.resolve({ ok: false, code: 'not-found', sentence: notRunning(flow), problems: [] });
    return this.#ask((request) => ({ kind: 'inject', request, flow, node, port, message }));
  }

  async ask<Asked extends Question>(flow: string, question: Asked): Promise<Answers[Asked['about']]> {
    if (!this.#deployed.has(flow)) throw new SluiceError('not-found', notRunning(flow));
    const answer = await this.#ask((request) => ({ kind: 'ask', request, flow, question }));
    // What the runner answers to a question is of the type that belongs to it.
    return valueOf(answer) as Answers[Asked['about']];
  }

  async askState<Asked extends StateQuestion>(flow: Flow, question: Asked): Promise<Answers[Asked['about']]> {
    const answer = await this.#ask((request) => ({ kind: 'askState', request, flow, question }));
    this.#restWhenUnneeded();
    // What the runner answers to a question is of the type that belongs to it.
    return valueOf(answer) as Answers[Asked['about']];
  }

  handleHttp(incoming: IncomingRequest): Promise<OutgoingAnswer> {
    // No flow needs a runner: this is not for now, as an answer that says to come again would be.
    if (this.#keeper.state() === 'idle') return Promise.resolve(HTTP_NOBODY);
    if (!this.#keeper.isReady() || this.#httpAnswers.size >= MAX_HTTP) return Promise.resolve(HTTP_AWAY);
    const answered = this.#httpAnswers.open(incoming.id);
    this.#keeper.send({ kind: 'httpRequest', request: incoming.id, incoming });
    return answered;
  }

  #masked(words: string): string {
    const secrets = this.#connections.flatMap((connection) => Object.values(connection.secrets));
    return redactorOf(secrets, KEPT_WORDS)(words);
  }

  updateConnections(connections: readonly RunnerConnection[]): void {
    this.#connections = connections;
    this.#keeper.send({ kind: 'connections', connections });
  }

  updateDevices(devices: readonly RunnerDevice[]): void {
    this.#devices = devices;
    this.#keeper.send({ kind: 'devices', devices });
  }

  updateLimits({ deadLettersPerFlow, messagesASecond }: RunnerLimits): void {
    this.#limits = { deadLettersPerFlow, messagesASecond };
    this.#keeper.send({ kind: 'limits', ...this.#limits });
  }

  on<Kind extends keyof RunnerEvents>(kind: Kind, listener: (event: RunnerEvents[Kind]) => void): () => void {
    this.#listeners[kind].add(listener);
    return () => {
      this.#listeners[kind].delete(listener);
    };
  }

  state(): RunnerState {
    return this.#keeper.state();
  }

  restarts(): number {
    return this.#keeper.restarts();
  }

  pid(): number | undefined {
    return this.#keeper.pid();
  }

  close(drainMs: number): Promise<void> {
    this.#stopRest();
    this.#search.stop();
    return this.#keeper.close(drainMs);
  }

  /** Sends a request and resolves with its answer; `runner-away` when the runner ends before it gave one. */
  async #ask(make: (request: string) => HostMessage): Promise<RunnerAnswer> {
    this.#stopRest();
    if (!(await this.#keeper.need())) return AWAY;
    const request = this.#options.newId();
    const answered = this.#answers.open(request);
    if (!this.#keeper.send(make(request))) this.#answers.settle(request, AWAY);
    return answered;
  }

  #restWhenUnneeded(): void {
    this.#stopRest();
    if (this.#deployed.size > 0) return;
    this.#stopRest = this.#options.clock.after(IDLE_MS, () => {
      if (this.#deployed.size === 0 && this.#answers.size === 0) this.#keeper.release();
    });
  }

  #configuration(): HostMessage {
    const { workspace, folder, telemetry, allowPrivateAddresses = true } = this.#options;
    return {
      kind: 'configure',
      workspace,
      folder,
      connections: this.#connections,
      devices: this.#devices,
      telemetry,
      allowPrivateAddresses,
      deadLettersPerFlow: this.#limits?.deadLettersPerFlow,
      messagesASecond: this.#limits?.messagesASecond,
    };
  }

  #receive(message: RunnerMessage): void {
    switch (message.kind) {
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
      case 'trace':
        return this.#tell('trace', message);
      case 'processes':
        return this.#tell('processes', message);
      case 'quota':
        return this.#tell('quota', message);
      case 'status':
        return this.#tell('status', message);
      case 'notices':
        return this.#tell('notices', message);
      case 'httpRoutes':
        return this.#tell('httpRoutes', message);
      case 'trouble':
        this.#options.log('error', message.sentence);
        return this.#tell('trouble', message);
      case 'ready':
      case 'pong':
      case 'stopped':
        return;
    }
  }

  /** A new process runs what the last one ran. */
  #restore(): void {
    this.#search.ready();
    for (const flow of this.#watched) this.#keeper.send({ kind: 'watch', flow, on: true });
  }

  /** Whether it runs now. */
  async #deployAgain({ flow, version }: DeployedFlow): Promise<boolean> {
    const answer = await this.#ask((request) => ({ kind: 'deploy', request, version, flow, reset: [] }));
    // `runner-away`: it died once more, and the next start deploys everything again.
    if (answer.ok || answer.code === 'runner-away') return answer.ok;
    this.#options.log('error', `The flow “${flow.name}” did not start again: ${answer.sentence}`);
    this.#tellOf(flow.id, 'failed', answer.sentence);
    return false;
  }

  /** The runner ends because of this flow; the others go on without it. */
  #hold(id: string): void {
    const name = this.#deployed.get(id)?.flow.name ?? id;
    this.#deployed.delete(id);
    this.#options.log('error', `The flow “${name}” is held: the runner ended again and again because of it.`);
    this.#tellOf(id, 'held', HELD_SENTENCE);
  }

  #tellOf(flow: string, state: 'running' | 'failed' | 'held', sentence: string): void {
    const notices = [{ kind: 'flow', flow, state, sentence }] as const;
    this.#tell('notices', { kind: 'notices', notices, skipped: 0 });
  }

  #ended(ofItself: { readonly livedMs: number } | undefined): void {
    this.#search.ended(ofItself);
    this.#answers.settleAll(AWAY);
    this.#httpAnswers.settleAll(HTTP_AWAY);
    this.#tell('httpRoutes', { kind: 'httpRoutes', routes: [] });
  }

  async #storeAlarms(message: Extract<RunnerMessage, { kind: 'alarms' }>): Promise<void> {
    const { request, flow, node, reports } = message;
    try {
      await this.#options.storeAlarms(flow, node, reports);
      this.#keeper.send({ kind: 'alarmsStored', request });
    } catch (error) {
      const sentence = `The alarm could not be stored: ${error instanceof Error ? error.message : String(error)}`;
      this.#options.log('error', `${sentence} (flow “${flow}”)`);
      this.#keeper.send({ kind: 'alarmsRefused', request, sentence });
    }
  }

  #tell<Kind extends keyof RunnerEvents>(kind: Kind, event: RunnerEvents[Kind]): void {
    for (const listener of this.#listeners[kind]) listener(event);
  }
}

function valueOf(answer: RunnerAnswer): unknown {
  if (answer.ok) return answer.value;
  throw new SluiceError(answer.code, answer.sentence);
}

function notRunning(flow: string): string {
  return `The flow “${flow}” is not running; deploy it first.`;
}
