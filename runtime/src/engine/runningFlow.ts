import type { Message } from '@sluice/shared/message/message.ts';

/** A plan at work. Made by `startFlow(plan, shell)` in `startFlow.ts`. */
export interface RunningFlow {
  readonly id: string;
  /**
   * Puts a message in by hand: into a node's input, or, with `port`, out of one of its outputs. Without a message: what
   * the node's button sends. Throws a `SluiceError` for a node that cannot take it.
   */
  inject(node: string, port: string | undefined, message: Message | undefined): void;
  /** Resolves when everything that was put in until now is through and committed. */
  settled(): Promise<void>;
  readonly taps: Taps;
  /** Stops intake, lets what is under way finish for at most `drainMs`, commits, closes. May be called twice. */
  stop(drainMs: number): Promise<void>;
}

/** What goes over the wires (EN14). */
export interface Taps {
  /** By `wireKey`: messages since the start. */
  counters(): Readonly<Record<string, number>>;
  /** By node id: in, out, errors, dead letters, keys put out since the start; messages waiting now. */
  nodes(): Readonly<Record<string, NodeCounters>>;
  /** While set, values are copied: at most 10 a second for a wire. `undefined` switches it off. */
  watch(listener: ((wire: string, message: Message) => void) | undefined): void;
}

export interface NodeCounters {
  readonly in: number;
  readonly out: number;
  readonly errors: number;
  readonly deadLetters: number;
  readonly waiting: number;
  /** Keys of state that were put out, because there were too many or because of their age (EN9). */
  readonly evicted: number;
}
