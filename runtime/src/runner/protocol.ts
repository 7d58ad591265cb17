import type { ErrorCode } from '@sluice/shared/errors.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Json, Message } from '@sluice/shared/message/message.ts';
import type {
  AlarmReport,
  IncomingRequest,
  NodeStatus,
  OutgoingAnswer,
} from '@sluice/shared/node/context.ts';
import type {
  CarriedState,
  DryInput,
  NodeStatePage,
  Outbox,
  Trace,
} from '@sluice/shared/protocol/running.ts';
import type { Notice } from '../engine/shell.ts';
import type { FlowTotals, NodeCounters } from '../engine/runningFlow.ts';
import type { FlowUse } from '../sandbox/flowUse.ts';
import type { ProcessUse } from '../sandbox/ownUse.ts';

// What the host (the server, later the gateway agent) and a runner say to each other, over the IPC channel of
// node:child_process with `serialization: 'advanced'`.

/** A connection with its secrets, for the runner that runs the flows of this workspace only. */
export interface RunnerConnection {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A device as far as `device-input` needs it. */
export interface RunnerDevice {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly tags: readonly string[];
}

export type HostMessage =
  | {
      readonly kind: 'configure';
      readonly workspace: string;
      readonly folder: string;
      readonly connections: readonly RunnerConnection[];
      readonly devices: readonly RunnerDevice[];
      readonly telemetry: { readonly connection: string; readonly filter: string };
      /** Whether flows may call addresses of private networks. Link-local and metadata addresses they never may. */
      readonly allowPrivateAddresses: boolean;
      /** Dead letters kept of one flow; undefined: as many as the store keeps by itself. */
      readonly deadLettersPerFlow: number | undefined;
      /** Messages that all flows may take in together; undefined: as many as come. */
      readonly messagesASecond?: number | undefined;
    }
  | {
      readonly kind: 'limits';
      readonly deadLettersPerFlow: number;
      readonly messagesASecond?: number | undefined;
    }
  | { readonly kind: 'connections'; readonly connections: readonly RunnerConnection[] }
  | { readonly kind: 'devices'; readonly devices: readonly RunnerDevice[] }
  /** Runs a version in place of the one of this flow that runs, if any. Answered by `answer`, as all with a `request`. */
  | {
      readonly kind: 'deploy';
      readonly request: string;
      readonly version: number;
      readonly flow: Flow;
      /** Nodes that begin anew: their state and timers are forgotten. */
      readonly reset: readonly string[];
    }
  | { readonly kind: 'stop'; readonly request: string; readonly flow: string; readonly forget: boolean }
  | { readonly kind: 'check'; readonly request: string; readonly flow: Flow }
  | { readonly kind: 'watch'; readonly flow: string; readonly on: boolean }
  | {
      readonly kind: 'inject';
      readonly request: string;
      readonly flow: string;
      readonly node: string;
      readonly port: string | undefined;
      readonly message: Message | undefined;
    }
  /** Asks for something of a running flow; answered by `answer` with a `value`. */
  | { readonly kind: 'ask'; readonly request: string; readonly flow: string; readonly question: Question }
  /** The same of a flow that need not run: where it does not, of what its store holds, as this version reads it. */
  | {
      readonly kind: 'askState';
      readonly request: string;
      readonly flow: Flow;
      readonly question: StateQuestion;
    }
  | { readonly kind: 'httpRequest'; readonly request: string; readonly incoming: IncomingRequest }
  | { readonly kind: 'alarmsStored'; readonly request: string }
  /** The reports could not be stored; the messages that they came of fail with this sentence and are tried again. */
  | { readonly kind: 'alarmsRefused'; readonly request: string; readonly sentence: string }
  /** Answered by `pong`; a runner that does not is ended. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'shutdown'; readonly drainMs: number };

/** What can be asked of a running flow, with the answer's type in `Answers`. */
export type Question =
  | {
      readonly about: 'state';
      readonly node: string;
      readonly search: string | undefined;
      readonly after: string | undefined;
      readonly limit: number;
    }
  | { readonly about: 'setState'; readonly node: string; readonly key: string; readonly state: Json }
  | { readonly about: 'clearState'; readonly node: string; readonly key: string | undefined }
  | { readonly about: 'carried'; readonly next: Flow }
  | { readonly about: 'clearOutbox'; readonly node: string }
  | { readonly about: 'trace'; readonly node: string | undefined; readonly device: string | undefined }
  | { readonly about: 'recentInputs' }
  /**
   * Answered when everything that was put in until now is through and committed; refused when the flow stops before.
   * Other questions and deploys do not wait for it.
   */
  | { readonly about: 'settled' };

/** What can be asked of a flow that does not run, too. */
export type StateQuestion = Extract<Question, { readonly about: 'state' | 'setState' | 'clearState' }>;

export interface Answers {
  readonly state: NodeStatePage;
  readonly setState: undefined;
  /** How many keys were forgotten. */
  readonly clearState: number;
  readonly carried: readonly CarriedState[];
  /** How many messages were dropped. */
  readonly clearOutbox: number;
  readonly trace: undefined;
  readonly recentInputs: readonly DryInput[];
  readonly settled: undefined;
}

export type RunnerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pong' }
  /** Answer to `configure`… requests: `ok`, or the sentence of what is wrong. */
  | { readonly kind: 'answer'; readonly request: string; readonly result: RunnerAnswer }
  | { readonly kind: 'notices'; readonly notices: readonly Notice[]; readonly skipped: number }
  /** Every 250 ms while a flow is watched, every 5 s otherwise. */
  | {
      readonly kind: 'counters';
      readonly flow: string;
      readonly wires: Readonly<Record<string, number>>;
      readonly nodes: Readonly<Record<string, NodeCounters>>;
      readonly totals: FlowTotals;
      readonly outboxes: readonly Outbox[];
      /** What its user code takes in the sandbox process, since the runner started; left out where it never took anything. */
      readonly userCode?: FlowUse | undefined;
    }
  /** A trace that was asked for, each time that it has gone on. */
  | { readonly kind: 'trace'; readonly flow: string; readonly trace: Trace }
  | {
      readonly kind: 'values';
      readonly flow: string;
      readonly samples: readonly { readonly wire: string; readonly message: Message }[];
    }
  | { readonly kind: 'status'; readonly flow: string; readonly nodes: Readonly<Record<string, NodeStatus>> }
  /** Stored by the host, then answered by `alarmsStored`. */
  | {
      readonly kind: 'alarms';
      readonly request: string;
      readonly flow: string;
      readonly node: string;
      readonly reports: readonly AlarmReport[];
    }
  /** Which `METHOD /path` patterns `http-in` nodes serve now. */
  | {
      readonly kind: 'httpRoutes';
      readonly routes: readonly { readonly method: string; readonly path: string }[];
    }
  | { readonly kind: 'httpAnswer'; readonly request: string; readonly answer: OutgoingAnswer }
  /** Every 5 s: what the processes take. */
  | ({ readonly kind: 'processes' } & ProcessFigures)
  /** Every 5 s while it matters: how often sources had to wait in that time for the quota of messages a second. */
  | { readonly kind: 'quota'; readonly waits: number }
  /** What concerns the runner as a whole and needs a person: lost commits of state. */
  | { readonly kind: 'trouble'; readonly sentence: string }
  | { readonly kind: 'stopped' };

/** How late an event loop came to what was due, ms. */
export interface LoopDelay {
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
}

export interface ProcessFigures {
  readonly runner: ProcessUse;
  /** All sandbox processes together, those that have ended included; `restarts` counts these. Left out while there never was one. */
  readonly sandbox: (ProcessUse & { readonly restarts: number }) | undefined;
  /** Since the message before. */
  readonly loopDelay: LoopDelay;
  /** State cannot be written at the moment, so nothing is acknowledged (EN9). */
  readonly isDiskInTrouble: boolean;
}

export type RunnerAnswer =
  | { readonly ok: true; readonly problems: readonly Problem[]; readonly value?: unknown }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly sentence: string;
      readonly problems: readonly Problem[];
    };
