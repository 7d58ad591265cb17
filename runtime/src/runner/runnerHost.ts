import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { AlarmReport, IncomingRequest, OutgoingAnswer } from '@sluice/shared/node/context.ts';
import type {
  Answers,
  Question,
  RunnerAnswer,
  RunnerConnection,
  RunnerDevice,
  RunnerMessage,
  StateQuestion,
} from './protocol.ts';
import type { RunnerTime } from './time.ts';

/**
 * What the host knows of its runner process. `idle`: no flow needs one, so there is none. `restarting`: it ended
 * without being asked to and is on its way back; everything deployed comes back with it.
 */
export type RunnerState = 'idle' | 'starting' | 'ready' | 'restarting';

export interface RunnerHostOptions {
  readonly workspace: string;
  /** The runner's own folder (state of the flows, dead letters); made when it is not there. */
  readonly folder: string;
  readonly connections: readonly RunnerConnection[];
  readonly devices: readonly RunnerDevice[];
  /** By which connection and topic filter devices publish, for `device-input`. */
  readonly telemetry: { readonly connection: string; readonly filter: string };
  /** Whether flows may call addresses of private networks, where most devices live: they may, if left out. */
  readonly allowPrivateAddresses?: boolean;
  readonly clock: RunnerTime;
  newId(): string;
  /** One line for the operator's log. */
  log(level: 'note' | 'warning' | 'error', sentence: string): void;
  /** Resolves when the reports are stored; until then the messages that they came of are not acknowledged (EN6). */
  storeAlarms(flow: string, node: string, reports: readonly AlarmReport[]): Promise<void>;
  /** The whole environment of the process: none by default, so that no secret of the server gets into it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Limits of a workspace that its runner keeps. */
export interface RunnerLimits {
  readonly deadLettersPerFlow: number;
  /** Left out: as many as come. */
  readonly messagesASecond?: number | undefined;
}

type MessageOf<Kind extends RunnerMessage['kind']> = Extract<RunnerMessage, { kind: Kind }>;

/** What a runner tells by itself; `on` listens to one kind. */
export interface RunnerEvents {
  readonly counters: MessageOf<'counters'>;
  readonly values: MessageOf<'values'>;
  readonly status: MessageOf<'status'>;
  readonly notices: MessageOf<'notices'>;
  readonly httpRoutes: MessageOf<'httpRoutes'>;
  readonly trouble: MessageOf<'trouble'>;
  readonly trace: MessageOf<'trace'>;
  readonly processes: MessageOf<'processes'>;
  readonly quota: MessageOf<'quota'>;
  readonly state: { readonly state: RunnerState; readonly sentence: string };
}

/** The server's side of one workspace's runner process. Made by `createRunnerHost` in `host.ts`. */
export interface RunnerHost {
  /** Runs this version in place of the one of this flow that runs, if any. When it is not `ok`, the old one runs on. */
  deploy(flow: Flow, version: number, reset: readonly string[]): Promise<RunnerAnswer>;
  /** Stops a flow. With `forget` its state, timers and dead letters are deleted too. */
  stop(flow: string, forget: boolean): Promise<RunnerAnswer>;
  /** All problems of a flow, the syntax of its user code included; runs nothing. */
  check(flow: Flow): Promise<RunnerAnswer>;
  /** While on, counters come every 250 ms and sampled values with them (EN14); stays on over a restart. */
  watch(flow: string, on: boolean): void;
  /** Into a node's input, or with `port` out of one of its outputs; without a message what the node's button sends. */
  inject(
    flow: string,
    node: string,
    port: string | undefined,
    message: Message | undefined,
  ): Promise<RunnerAnswer>;
  /** Asks something of a running flow. Throws a `SluiceError`: `not-found` when it does not run, `runner-away`. */
  ask<Asked extends Question>(flow: string, question: Asked): Promise<Answers[Asked['about']]>;
  /**
   * Asks what a flow keeps, whether it runs or not; the version is the one that runs or ran last. A runner is started for it
   * where there is none: it alone has the file of state open. Throws a `SluiceError`.
   */
  askState<Asked extends StateQuestion>(flow: Flow, question: Asked): Promise<Answers[Asked['about']]>;
  /** A request for an `http-in` node; the runner finds the node by method and path and fills in `params`. */
  handleHttp(incoming: IncomingRequest): Promise<OutgoingAnswer>;
  updateConnections(connections: readonly RunnerConnection[]): void;
  updateDevices(devices: readonly RunnerDevice[]): void;
  /**
   * How many dead letters are kept of one flow: beyond them the oldest go when another one comes. And how many messages a
   * second all flows together may take in: beyond them sources wait.
   */
  updateLimits(limits: RunnerLimits): void;
  on<Kind extends keyof RunnerEvents>(kind: Kind, listener: (event: RunnerEvents[Kind]) => void): () => void;
  state(): RunnerState;
  /** How often a process ended without being asked to. */
  restarts(): number;
  /** The process, for metrics; undefined while there is none. */
  pid(): number | undefined;
  /** Drains for at most `drainMs`, then ends the process. May be called twice. */
  close(drainMs: number): Promise<void>;
}
