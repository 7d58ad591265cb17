import { SluiceError } from '@sluice/shared/errors.ts';
import { formatMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { WaitPolicy } from '@sluice/shared/node/defineNode.ts';
import type { CallResult, Work } from './calls.ts';
import { failedCall } from './calls.ts';
import type { Failure } from './circuit.ts';
import { createGivenList } from './givenList.ts';
import type { Waiting } from './lanes.ts';
import type { OutboxShell, OutboxState } from './outbox.ts';
import { Outbox } from './outbox.ts';
import type { PassEntry } from './pass.ts';
import type { Scheduler } from './shell.ts';

/**
 * More than this many messages never wait in memory at one node. What is upstream stops long before; only a node that
 * makes very many out of one comes here, or a loop that multiplies.
 */
export const MOST_WAITING = 100_000;

/**
 * The queue in front of a node that ends a segment (EN3), and its calls that are under way. Where the node has an outbox
 * (EN8), what its target cannot take now waits on disk, in order, and the first of it is tried again and again until the
 * target takes it.
 */
export interface SegmentEnd {
  /** The index of the node in the version that runs; -1 when it is gone. */
  readonly node: number;
  readonly policy: WaitPolicy;
  /** Messages that wait or are being handled, on disk or not. */
  readonly waiting: number;
  readonly inMemory: number;
  /** The last sequence that is, or was, in memory; what is on disk only comes after it. */
  readonly windowEnd: number;
  /** What waits on disk, bytes. */
  readonly bytes: number;
  /** What is upstream has to wait (EN5). */
  readonly isFull: boolean;
  /** What was stopped may go on. */
  readonly hasRoom: boolean;
  /** What arrives has to be put on disk: the target is away, or older messages are there only. */
  readonly storesArrivals: boolean;
  add(waiting: Waiting): void;
  /**
   * Puts on disk what waits in memory only, or is being handled, of the keys of these messages. To be called before they
   * are put there: after a restart they must not overtake those that their source brings again (EN4).
   */
  storeOlder(newer: readonly Message[]): void;
  /** Messages that were on disk before the start. */
  found(count: number, bytes: number): void;
  /** Starts calls as far as the policy and what is downstream allow, after what is going on now. */
  wake(): void;
  /**
   * Goes on in another version of the flow (EN12): calls that begin now are made by `work`, if it is given. `whenOver` is
   * called when those that are under way are over.
   */
  become(
    node: number,
    next: { readonly policy: WaitPolicy; readonly work: Work } | undefined,
    whenOver: () => void,
  ): void;
  /** Takes out all that waits, but for what is being handled. What is beyond the window stays on disk. */
  empty(): readonly Waiting[];
  outbox(): OutboxState | undefined;
  /** Aborts the calls that are under way and starts no more. What comes of them is ignored. */
  abort(): void;
}

export interface SegmentEndOptions extends OutboxShell {
  readonly node: number;
  readonly policy: WaitPolicy;
  readonly scheduler: Scheduler;
  readonly work: Work;
  /** False while something downstream is full. */
  readonly mayStart: () => boolean;
  /** Called when messages have left the queue for calls, so that there may be room. */
  readonly started: () => void;
  /** Gets what came of messages that are through, in the order in which calls end. */
  readonly done: (taken: readonly Waiting[], entry: PassEntry) => void;
}

export function createSegmentEnd(options: SegmentEndOptions): SegmentEnd {
  return new Queue(options);
}

/** Messages that are being handled. */
interface Call {
  readonly controller: AbortController;
  readonly taken: readonly Waiting[];
}

class Queue implements SegmentEnd {
  node: number;
  policy: WaitPolicy;
  readonly #options: SegmentEndOptions;
  readonly #box: Outbox;
  readonly #calls = createGivenList<Call>();
  readonly #stops = new Set<Stop>();
  #work: Work;
  #leavers: { readonly calls: Set<Call>; readonly whenOver: () => void }[] = [];
  #handled = 0;
  #isWoken = false;
  #isAborted = false;

  constructor(options: SegmentEndOptions) {
    this.node = options.node;
    this.policy = options.policy;
    this.#options = options;
    this.#work = options.work;
    this.#box = new Outbox({
      policy: options.policy,
      shell: options,
      after: (ms, run) => this.#after(ms, run),
      handled: () => this.#calls.values().flatMap(({ taken }) => taken),
      through: (waiting, failures) => {
        this.#through(waiting, { failures });
        this.wake();
      },
    });
  }

  get waiting(): number {
    return this.#box.waiting + this.#handled;
  }

  get inMemory(): number {
    return this.#box.lanes.size + this.#handled;
  }

  get windowEnd(): number {
    return this.#box.windowEnd;
  }

  get bytes(): number {
    return this.#box.bytes;
  }

  get isFull(): boolean {
    return this.#box.isFull;
  }

  get hasRoom(): boolean {
    return this.#box.hasRoom;
  }

  get storesArrivals(): boolean {
    return this.#box.storesArrivals;
  }

  add(waiting: Waiting): void {
    this.#box.add(waiting);
    this.wake();
  }

  storeOlder(newer: readonly Message[]): void {
    this.#box.storeOlder(newer);
  }

  found(count: number, bytes: number): void {
    this.#box.found(count, bytes);
    this.wake();
  }

  empty(): readonly Waiting[] {
    return this.#box.empty();
  }

  outbox(): OutboxState | undefined {
    return this.#box.state();
  }

  wake(): void {
    if (this.#isWoken || this.#isAborted || this.#box.waiting === 0) return;
    this.#isWoken = true;
    this.#options.scheduler.soon(() => {
      this.#isWoken = false;
      this.#startCalls();
    });
  }

  become(
    node: number,
    next: { readonly policy: WaitPolicy; readonly work: Work } | undefined,
    whenOver: () => void,
  ): void {
    this.node = node;
    if (next !== undefined) {
      this.policy = next.policy;
      this.#work = next.work;
      this.#box.become(next.policy);
    }
    this.#leavers.push({ calls: new Set(this.#calls.values()), whenOver });
    this.#callOver(undefined);
  }

  abort(): void {
    this.#isAborted = true;
    for (const stop of this.#stops) void stop();
    for (const { controller } of this.#calls.values()) controller.abort(new Error('The flow was stopped.'));
    this.#calls.clear();
    for (const { whenOver } of this.#leavers.splice(0)) whenOver();
  }

  #after(ms: number, run: () => void): void {
    const stop = this.#options.scheduler.after(ms, () => {
      this.#stops.delete(stop);
      run();
      this.wake();
    });
    this.#stops.add(stop);
  }

  #startCalls(): void {
    if (this.#isAborted) return;
    const before = this.#box.lanes.size;
    this.#box.tidy();
    while (!this.#isAborted && this.#calls.size < this.policy.concurrency && this.#options.mayStart()) {
      const taken = this.#box.take(this.#calls.size === 0);
      if (taken.length === 0) break;
      this.#call(taken);
    }
    if (this.#box.lanes.size < before) this.#options.started();
  }

  #call(taken: readonly Waiting[]): void {
    const call: Call = { controller: new AbortController(), taken };
    const { scheduler } = this.#options;
    const begun = this.#box.begin();
    const place = this.#calls.add(call);
    this.#handled += taken.length;
    const end = (result: CallResult) => {
      void stopClock();
      if (this.#calls.settle(place) === undefined || this.#isAborted) return;
      this.#handled -= taken.length;
      this.#ended(taken, result, begun);
      this.#callOver(call);
      this.wake();
    };
    const stopClock = scheduler.after(this.policy.timeoutMs, () => {
      const late = tooLate(this.policy);
      call.controller.abort(late);
      end(failedCall(taken, late));
    });
    void this.#work(taken, call.controller.signal).then(end);
  }

  #callOver(call: Call | undefined): void {
    if (this.#leavers.length === 0) return;
    for (const { calls } of this.#leavers) if (call !== undefined) calls.delete(call);
    const gone = this.#leavers.filter(({ calls }) => calls.size === 0);
    this.#leavers = this.#leavers.filter(({ calls }) => calls.size > 0);
    for (const { whenOver } of gone) whenOver();
  }

  #ended(taken: readonly Waiting[], { failures, later, ...entry }: CallResult, begun: number): void {
    const failed: Failure[] = [...failures];
    const again = this.#box.sort(taken, later, begun, failed);
    const through = again.size === 0 ? taken : taken.filter((waiting) => !again.has(waiting));
    if (through.length > 0) this.#through(through, { ...entry, failures: failed });
  }

  #through(waiting: readonly Waiting[], entry: Omit<PassEntry, 'node' | 'isCaught'>): void {
    this.#box.removed(waiting);
    this.#options.done(waiting, { ...entry, node: this.node, isCaught: waiting[0]?.isCaught ?? false });
  }
}

/** For a target that keeps an outbox a late answer is one that may come another time. */
function tooLate({ timeoutMs, outbox }: WaitPolicy): Error {
  const limit = formatMs(timeoutMs);
  const sentence = `There was no answer within ${limit}, so the call was given up.`;
  return outbox === undefined ? new Error(sentence) : new SluiceError('target-away', sentence);
}
