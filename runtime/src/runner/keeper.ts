import type { LaunchRunner, RunnerProcess } from './launch.ts';
import type { HostMessage, RunnerMessage } from './protocol.ts';
import type { RunnerHostOptions, RunnerState } from './runnerHost.ts';
import type { Supervision, SupervisionEffect, SupervisionEvent } from './supervise.ts';
import { supervise } from './supervise.ts';
import { every } from './time.ts';

const PING_MS = 5_000;
/** A runner that says nothing for so long is stuck: no pass of the engine takes a tenth of it. */
const SILENT_MS = 30_000;
const IDLE_DRAIN_MS = 5_000;
/** What a runner may take beyond the drain, to commit and to close its connections. */
const CLOSE_GRACE_MS = 2_000;

/** What people, service managers and a system short of memory end processes with; no flow is to blame for these. */
const OUTSIDE_SIGNALS: ReadonlySet<string> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

export const AWAY_SENTENCE = 'The runner is starting again; try once more in a moment.';

export interface KeeperOptions extends Pick<RunnerHostOptions, 'clock' | 'log'> {
  readonly launch: LaunchRunner;
  /** Takes secrets out of what a process said last. */
  mask(words: string): string;
  /** The first message to each process. */
  configure(): HostMessage;
  /** All messages but `ready` and `pong`, which are the keeper's own. */
  message(message: RunnerMessage): void;
  /** A process is ready, the first one or one that came back. */
  ready(): void;
  /**
   * There is no process any more; what it was asked gets no answer. `ofItself`: nobody asked it to end, here or from
   * outside; with how long it had lived.
   */
  ended(ofItself: { readonly livedMs: number } | undefined): void;
  stateChanged(state: RunnerState, sentence: string): void;
}

/** Keeps one runner process alive while it is needed: performs what `supervise` decides. */
export class Keeper {
  readonly #options: KeeperOptions;
  #supervision: Supervision = { kind: 'idle' };
  #process: RunnerProcess | undefined;
  /** Waiting for the start that is under way; told whether there is a runner now. */
  #awaitingStart: ((isReady: boolean) => void)[] = [];
  #awaitingEnd: (() => void)[] = [];
  #lastHeardAt = 0;
  #startedAt = 0;
  #restarts = 0;
  /** It was ended from here, because it was stuck. */
  #wasStuck = false;
  #stopPings: () => void = () => undefined;
  #stopWait: () => void = () => undefined;
  #drainMs = IDLE_DRAIN_MS;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Starts a process when there is none. Resolves with true when it is ready, with false when this start failed. */
  need(): Promise<boolean> {
    this.#apply({ kind: 'needed' });
    if (this.#supervision.kind === 'ready') return Promise.resolve(true);
    if (this.#supervision.kind === 'closed') return Promise.resolve(false);
    return new Promise((resolve) => this.#awaitingStart.push(resolve));
  }

  /** Nothing needs the process: it is told to drain and to end. */
  release(): void {
    this.#apply({ kind: 'unneeded' });
  }

  /** False when there is no process to send to. */
  send(message: HostMessage): boolean {
    this.#process?.send(message);
    return this.#process !== undefined;
  }

  isReady(): boolean {
    return this.#supervision.kind === 'ready';
  }

  state(): RunnerState {
    return stateOf(this.#supervision);
  }

  /** How often a process ended without being asked to. */
  restarts(): number {
    return this.#restarts;
  }

  pid(): number | undefined {
    return this.#process?.pid;
  }

  async close(drainMs: number): Promise<void> {
    this.#drainMs = drainMs;
    this.#apply({ kind: 'close' });
    this.#stopWait();
    const runner = this.#process;
    if (runner === undefined) return this.#answerStart(false);
    const stopWaiting = this.#options.clock.after(drainMs + CLOSE_GRACE_MS, () => runner.kill());
    await new Promise<void>((resolve) => this.#awaitingEnd.push(resolve));
    stopWaiting();
  }

  #apply(event: SupervisionEvent, sentence = ''): void {
    const before = this.state();
    const [next, effects] = supervise(this.#supervision, event);
    this.#supervision = next;
    for (const effect of effects) this.#perform(effect);
    const state = this.state();
    if (state !== before) this.#options.stateChanged(state, sentence || SENTENCES[state]);
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
    const runner = this.#options.launch({
      message: (message) => this.#receive(message),
      ended: (sentence, signal) => this.#ended(sentence, signal),
      mask: (words) => this.#options.mask(words),
    });
    this.#process = runner;
    this.#startedAt = this.#options.clock.now();
    this.#lastHeardAt = this.#startedAt;
    this.#wasStuck = false;
    runner.send(this.#options.configure());
    this.#stopPings = every(this.#options.clock, PING_MS, () => this.#ping(runner));
  }

  #ping(runner: RunnerProcess): void {
    if (this.#options.clock.now() - this.#lastHeardAt < SILENT_MS) return runner.send({ kind: 'ping' });
    this.#options.log('error', `The runner said nothing for ${SILENT_MS / 1_000} s, so it is ended.`);
    this.#wasStuck = true;
    runner.kill();
  }

  #receive(message: RunnerMessage): void {
    this.#lastHeardAt = this.#options.clock.now();
    if (message.kind === 'pong') return;
    if (message.kind !== 'ready') return this.#options.message(message);
    this.#apply({ kind: 'ready', now: this.#lastHeardAt });
    this.#options.ready();
    this.#answerStart(true);
  }

  #ended(sentence: string, signal: string | undefined): void {
    this.#stopPings();
    this.#process = undefined;
    const wasAsked = this.#supervision.kind === 'ending' || this.#supervision.kind === 'closed';
    if (!wasAsked) {
      this.#restarts += 1;
      this.#options.log('warning', sentence);
    }
    const now = this.#options.clock.now();
    const isFromOutside = !this.#wasStuck && signal !== undefined && OUTSIDE_SIGNALS.has(signal);
    this.#options.ended(wasAsked || isFromOutside ? undefined : { livedMs: now - this.#startedAt });
    this.#apply({ kind: 'ended', now }, wasAsked ? '' : sentence);
    if (this.#supervision.kind !== 'starting') this.#answerStart(false);
    for (const resolve of this.#awaitingEnd.splice(0)) resolve();
  }

  #answerStart(isReady: boolean): void {
    for (const resolve of this.#awaitingStart.splice(0)) resolve(isReady);
  }
}

const SENTENCES: Readonly<Record<RunnerState, string>> = {
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
