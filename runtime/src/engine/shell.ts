import type { Message, Json } from '@sluice/shared/message/message.ts';
import type {
  AlarmReport,
  Clock,
  Connections,
  ConnectionType,
  DeviceDirectory,
  Http,
  NodeStatus,
  ProgramSource,
  SandboxProgram,
  Stop,
} from '@sluice/shared/node/context.ts';
import type { NodeImplementation } from '@sluice/shared/node/implementNode.ts';

/** How many messages a second all flows of a workspace may take in together. Beyond it their sources wait (EN5). */
export interface IntakeQuota {
  /** The sources have to wait. */
  readonly isReached: boolean;
  /** How often they had to, since the start. */
  readonly waits: number;
  /** So many messages have come in; counted once for each flow that takes them. */
  took(messages: number): void;
  /** Called when there is room again. */
  onRoom(listener: () => void): Stop;
  /** `undefined`: as many as come. */
  setMost(perSecond: number | undefined): void;
  /** May be called twice. */
  stop(): void;
}

/**
 * All that the engine needs from the process around it. The runner hands in the real things, tests a fake clock and a
 * store in memory, a dry run a shell that performs nothing (EN11, EN15).
 */
export interface Shell {
  readonly workspace: string;
  readonly clock: Clock;
  newId(): string;
  /** 0 to 1, for the jitter of retries (EN8). */
  random(): number;
  readonly scheduler: Scheduler;
  readonly store: StateStore;
  /** Shared by all flows of the workspace; left out where nothing limits them. */
  readonly quota?: IntakeQuota | undefined;
  readonly implementations: ReadonlyMap<string, NodeImplementation>;
  connection<Type extends ConnectionType>(type: Type, id: string): Connections[Type];
  program(flow: string, node: string, source: ProgramSource): OwnedProgram;
  /** Milliseconds with decimals since some moment, for measuring how long something takes; never for what a flow does. */
  elapsed(): number;
  readonly http: Http;
  readonly devices: DeviceDirectory;
  /** Resolves when the reports are stored. */
  reportAlarms(flow: string, node: string, reports: readonly AlarmReport[]): Promise<void>;
  /** What people may see; nothing that delivery depends on. */
  notice(notice: Notice): void;
}

/** User code that its node closes when it is closed itself. */
export interface OwnedProgram extends SandboxProgram {
  /** May be called twice. */
  close(): void;
}

/** The only way to time below the runner's shell. */
export interface Scheduler {
  /** Runs once, after what is going on now. */
  soon(run: () => void): void;
  after(ms: number, run: () => void): Stop;
}

export type Notice =
  | {
      readonly kind: 'debug';
      readonly flow: string;
      readonly node: string;
      readonly label: string;
      readonly message: Message;
    }
  | { readonly kind: 'status'; readonly flow: string; readonly node: string; readonly status: NodeStatus }
  | {
      readonly kind: 'error';
      readonly flow: string;
      readonly node: string;
      readonly sentence: string;
      readonly message: Message | undefined;
    }
  | { readonly kind: 'log'; readonly flow: string; readonly node: string; readonly text: string }
  /** The flow itself cannot go on: held by the sandbox, or its state cannot be written. */
  | {
      readonly kind: 'flow';
      readonly flow: string;
      readonly state: 'running' | 'held' | 'failed';
      readonly sentence: string;
    };

/**
 * Where state, timers, waiting messages and dead letters are kept (EN7, EN9, EN10). `commit` takes all of it in one
 * transaction and returns when it is on disk; it throws when it cannot be written, and then nothing of it was.
 */
export interface StateStore {
  load(flow: string): StoredFlow;
  /**
   * Waiting messages of one node, in order of their sequence: at most `most`, those after the sequence `after`. A row that
   * is damaged is set aside by the store, which says so by itself, and is left out.
   */
  readPending(flow: string, node: string, after: number, most: number): readonly PendingMessage[];
  commit(changes: readonly FlowChanges[]): void;
  /** Forgets all that is kept for a flow. */
  forget(flow: string): void;
}

export interface StoredFlow {
  readonly state: readonly StoredState[];
  readonly timers: readonly StoredTimer[];
  /** Where messages that were accepted before the last stop have yet to be handled; `readPending` has them. */
  readonly pending: readonly PendingNode[];
}

/** What waits on disk for one node. */
export interface PendingNode {
  readonly node: string;
  readonly count: number;
  readonly bytes: number;
  readonly lastSequence: number;
}

export interface StoredState {
  readonly node: string;
  /** The node's type: state of another type or version means nothing to a node. */
  readonly type: string;
  readonly version: number;
  readonly key: string;
  readonly state: Json;
  /** When it was set last, ms since the epoch: what is not in use for long is forgotten. */
  readonly setAt: number;
}

export interface StoredTimer {
  readonly node: string;
  readonly key: string;
  readonly name: string;
  readonly dueAt: number;
}

/**
 * A message that waits at a node that ends a segment, kept on disk because what led to it cannot be asked for again, or
 * because its target is away (EN8).
 */
export interface PendingMessage {
  /** Unique in its flow; the order in which messages came. */
  readonly sequence: number;
  readonly node: string;
  readonly port: string;
  readonly message: Message;
  /** When it came to the node, ms since the epoch. */
  readonly at: number;
  /** What it is reckoned to take, for the cap of the outbox. */
  readonly bytes: number;
  /** It came of a failure that a catch node got. */
  readonly isCaught: boolean;
}

export interface FlowChanges {
  readonly flow: string;
  /** Without `state`: deleted. */
  readonly state: readonly (Omit<StoredState, 'state'> & { readonly state: Json | undefined })[];
  /** Without `dueAt`: cleared. */
  readonly timers: readonly (Omit<StoredTimer, 'dueAt'> & { readonly dueAt: number | undefined })[];
  readonly pendingAdded: readonly PendingMessage[];
  /** Sequences of messages that are through. */
  readonly pendingDone: readonly number[];
  readonly deadLetters: readonly DeadLetterEntry[];
}

export interface DeadLetterEntry {
  readonly id: string;
  readonly node: string;
  readonly port: string;
  readonly at: number;
  readonly sentence: string;
  readonly message: Message;
}
