import type { WaitPolicy } from '@sluice/shared/node/defineNode.ts';
import { formatDuration } from '@sluice/shared/message/duration.ts';
import type { Failure } from './circuit.ts';
import type { Lanes, Waiting } from './lanes.ts';
import { createLanes } from './lanes.ts';
import type { PassEntry } from './pass.ts';
import { sentenceOf } from './pass.ts';
import type { Scheduler } from './shell.ts';

/**
 * More than this many messages never wait at one node. What is upstream stops long before; only a node that makes very
 * many out of one comes here, or a loop that multiplies.
 */
export const MOST_WAITING = 100_000;

/** The queue in front of a node that ends a segment (EN3), and its calls that are under way. */
export interface SegmentEnd {
  readonly node: number;
  readonly policy: WaitPolicy;
  /** Messages that wait or are being handled. */
  readonly waiting: number;
  /** What is upstream has to wait (EN5). */
  readonly isFull: boolean;
  /** What was stopped may go on: half of the queue is free. */
  readonly hasRoom: boolean;
  add(waiting: Waiting): void;
  /** Starts calls as far as the policy and what is downstream allow, after what is going on now. */
  wake(): void;
  /** Aborts the calls that are under way and starts no more. What comes of them is ignored. */
  abort(): void;
}

export interface SegmentEndOptions {
  readonly node: number;
  readonly policy: WaitPolicy;
  readonly scheduler: Scheduler;
  /** Does the work on messages; a rejection fails all of them. */
  readonly work: (taken: readonly Waiting[], signal: AbortSignal) => Promise<PassEntry>;
  /** False while something downstream is full. */
  readonly mayStart: () => boolean;
  /** Called when messages have left the queue for calls, so that there may be room. */
  readonly started: () => void;
  /** Gets what came of a call, in the order in which calls end. */
  readonly done: (taken: readonly Waiting[], entry: PassEntry) => void;
}

export function createSegmentEnd(options: SegmentEndOptions): SegmentEnd {
  return new Queue(options);
}

class Queue implements SegmentEnd {
  readonly node: number;
  readonly policy: WaitPolicy;
  readonly #options: SegmentEndOptions;
  readonly #lanes: Lanes = createLanes();
  readonly #calls = new Set<AbortController>();
  #handled = 0;
  #isWoken = false;
  #isAborted = false;

  constructor(options: SegmentEndOptions) {
    this.node = options.node;
    this.policy = options.policy;
    this.#options = options;
  }

  get waiting(): number {
    return this.#lanes.size + this.#handled;
  }

  get isFull(): boolean {
    return this.#lanes.size >= this.policy.queue;
  }

  get hasRoom(): boolean {
    return this.#lanes.size <= this.policy.queue / 2;
  }

  add(waiting: Waiting): void {
    this.#lanes.add(waiting);
    this.wake();
  }

  wake(): void {
    if (this.#isWoken || this.#isAborted || this.#lanes.size === 0) return;
    this.#isWoken = true;
    this.#options.scheduler.soon(() => {
      this.#isWoken = false;
      this.#startCalls();
    });
  }

  abort(): void {
    this.#isAborted = true;
    for (const call of this.#calls) call.abort(new Error('The flow was stopped.'));
    this.#calls.clear();
  }

  #startCalls(): void {
    const before = this.#lanes.size;
    while (!this.#isAborted && this.#calls.size < this.policy.concurrency && this.#options.mayStart()) {
      const taken = this.#lanes.take(this.policy.batch);
      if (taken.length === 0) break;
      this.#call(taken);
    }
    if (this.#lanes.size < before) this.#options.started();
  }

  #call(taken: readonly Waiting[]): void {
    const controller = new AbortController();
    const { scheduler, work, node } = this.#options;
    this.#calls.add(controller);
    this.#handled += taken.length;
    const end = (entry: PassEntry) => {
      void stopClock();
      if (!this.#calls.delete(controller) || this.#isAborted) return;
      this.#handled -= taken.length;
      this.#lanes.free(taken);
      this.#options.done(taken, entry);
      this.wake();
    };
    const stopClock = scheduler.after(this.policy.timeoutMs, () => {
      const limit = formatDuration(`${this.policy.timeoutMs / 1000}s`);
      const late = new Error(`There was no answer within ${limit}, so the call was given up.`);
      controller.abort(late);
      end(failedCall(node, taken, late));
    });
    work(taken, controller.signal).then(end, (error: unknown) => end(failedCall(node, taken, error)));
  }
}

/** What came of a call that failed as a whole (EN7). */
function failedCall(node: number, taken: readonly Waiting[], error: unknown): PassEntry {
  const sentence = sentenceOf(error);
  return {
    node,
    isCaught: taken[0]?.isCaught ?? false,
    failures: taken.map(({ port, message }): Failure => ({ port, message, sentence })),
  };
}
