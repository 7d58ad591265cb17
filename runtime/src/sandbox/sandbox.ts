import type { Clock, ProgramSource } from '@sluice/shared/node/context.ts';
import type { Json, Message } from '@sluice/shared/message/message.ts';
import type { FlowUse } from './flowUse.ts';

/** What user code may use. */
export interface Limits {
  /** Longest run of one call (a batch, or a message alone), in milliseconds. Three times this ends the process. */
  readonly timeoutMs: number;
  /** Heap of the isolate that a flow's programs share, in MB; that of the program that is opened first holds. */
  readonly memoryMb: number;
}

/**
 * Why a message has no result. `error`: the code threw. `timeout`, `memory`, `too-large`: it ran into a limit.
 * `poison`: it ended the sandbox process twice. `held`: its flow did that too often and is not run any more.
 * `unavailable`: the sandbox process does not start.
 */
export type FailureReason = 'error' | 'timeout' | 'memory' | 'too-large' | 'poison' | 'held' | 'unavailable';

/** What became of one message. `value` is what the code gave back (undefined when nothing), `logs` what it printed. */
export type Outcome =
  | { readonly ok: true; readonly value: Json | undefined; readonly logs: readonly string[] }
  | {
      readonly ok: false;
      readonly reason: FailureReason;
      readonly sentence: string;
      readonly logs: readonly string[];
      readonly line?: number;
      readonly column?: number;
    };

/** What is wrong with a source before it ever runs. Lines and columns count from 1. */
export interface SourceProblem {
  readonly sentence: string;
  readonly line?: number;
  readonly column?: number;
}

/** One piece of user code of one node. */
export interface Program {
  /**
   * One outcome for each message, in order; rejects only when aborted. A payload of bytes arrives in the code as a list
   * of numbers. What the code does to a message stays its own: it gets a copy.
   */
  run(messages: readonly Message[], signal?: AbortSignal): Promise<readonly Outcome[]>;
  close(): void;
}

/** A flow that is not run any more, and the node whose code ended the process last. */
export interface Held {
  readonly flow: string;
  readonly node: string;
  readonly sentence: string;
}

interface SandboxStats {
  readonly processes: number;
  readonly residentBytes: number;
  /** Processor time of all processes that there ever were, as of the last `askUse`. */
  readonly cpuMs: number;
  readonly openPrograms: number;
  readonly calls: number;
  readonly messages: number;
  readonly timeouts: number;
  /** Ends of a process that was in use. */
  readonly kills: number;
  readonly heldFlows: readonly string[];
}

/** Runs user code in a process of its own (EN13). Nothing is started before the first check or run. */
export interface Sandbox {
  /** Checks the syntax; undefined when it is right. Runs none of it. */
  check(source: ProgramSource): Promise<SourceProblem | undefined>;
  /** Compiles new code of a flow: that of a new deployment, so a flow that was held runs again. */
  compile(flow: string, node: string, source: ProgramSource, limits?: Partial<Limits>): Program;
  /** Tells of flows that get held. Gives back its stop. */
  onHeld(listener: (held: Held) => void): () => void;
  /** Lets a held flow run again as it is. */
  release(flow: string): void;
  stats(): SandboxStats;
  /** What the user code of a flow takes, as of the last `askUse`; its processor time never shrinks. */
  useOf(flow: string): FlowUse;
  /** Has the processes say what they take; `stats` and `useOf` know it a moment later. */
  askUse(): void;
  close(): Promise<void>;
}

/** Time, handed in (EN11). `after` runs something once and gives back its stop. */
export interface SandboxClock extends Clock {
  after(ms: number, run: () => void): () => void;
}
