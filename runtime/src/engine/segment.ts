import { SluiceError } from '@sluice/shared/errors.ts';
import { formatMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import type { Clock, Stop } from '@sluice/shared/node/context.ts';
import type { OutboxPolicy, WaitPolicy } from '@sluice/shared/node/defineNode.ts';
import type { CallResult, Later, Work } from './calls.ts';
import { failedCall } from './calls.ts';
import type { Failure } from './circuit.ts';
import type { Lanes, Waiting } from './lanes.ts';
import { createLanes } from './lanes.ts';
import type { Pace } from './pace.ts';
import { createPace } from './pace.ts';
import type { PassEntry } from './pass.ts';
import type { Reach } from './reach.ts';
import { backOffMs, createReach, MOST_TRIES } from './reach.ts';
import type { Scheduler } from './shell.ts';
import type { Stored } from './stored.ts';
import { createStored, WINDOW } from './stored.ts';

/**
 * More than this many messages never wait in memory at one node. What is upstream stops long before; only a node that
 * makes very many out of one comes here, or a loop that multiplies.
 */
export const MOST_WAITING = 100_000;
/** A full outbox gives way by so much of its cap at once. */
const GIVE_WAY = 0.05;
/** How often is looked for messages that have waited for too long. */
const CHECK_MS = 1_000;

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

/** What people see of an outbox that is in use. */
export interface OutboxState {
  readonly policy: OutboxPolicy;
  readonly away: Reach['away'];
  readonly waiting: number;
  readonly bytes: number;
  readonly oldestAt: number | undefined;
  readonly dropped: number;
}

export interface SegmentEndOptions {
  readonly node: number;
  readonly policy: WaitPolicy;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly work: Work;
  /** False while something downstream is full. */
  readonly mayStart: () => boolean;
  /** Called when messages have left the queue for calls, so that there may be room. */
  readonly started: () => void;
  /** Gets what came of messages that are through, in the order in which calls end. */
  readonly done: (taken: readonly Waiting[], entry: PassEntry) => void;
  /** Puts those on disk that are not there, and lets go of the tickets of all once they are. */
  readonly store: (waiting: readonly Waiting[]) => void;
  /** Gives tickets to messages on disk that are to be handled now. */
  readonly hold: (waiting: readonly Waiting[]) => void;
  /** Reads messages from the disk; `undefined` when that cannot be done now. */
  readonly read: (after: number, most: number) => readonly Waiting[] | undefined;
  /** So many messages will be tried again. */
  readonly retried: (messages: number) => void;
  /** The target went away, or is back. */
  readonly reachChanged: (sentence: string | undefined) => void;
}

export function createSegmentEnd(options: SegmentEndOptions): SegmentEnd {
  return new Queue(options);
}

class Queue implements SegmentEnd {
  node: number;
  policy: WaitPolicy;
  readonly #options: SegmentEndOptions;
  #work: Work;
  readonly #lanes: Lanes = createLanes();
  readonly #calls = new Map<AbortController, readonly Waiting[]>();
  #leavers: { readonly calls: Set<AbortController>; readonly whenOver: () => void }[] = [];
  readonly #stored: Stored = createStored();
  readonly #reach: Reach = createReach();
  #pace: Pace;
  readonly #stops = new Set<Stop>();
  #handled = 0;
  #dropped = 0;
  #checkedAt = 0;
  /** What waited while the target was away is being sent on. */
  #isDraining = false;
  /** Between two tries. */
  #isResting = false;
  #isPaced = false;
  #isWoken = false;
  #isAborted = false;

  constructor(options: SegmentEndOptions) {
    this.node = options.node;
    this.policy = options.policy;
    this.#options = options;
    this.#work = options.work;
    this.#pace = paceOf(options.policy, options.clock);
  }

  get waiting(): number {
    return this.inMemory + this.#stored.beyond;
  }

  get inMemory(): number {
    return this.#lanes.size + this.#handled;
  }

  get windowEnd(): number {
    return this.#stored.windowEnd;
  }

  get bytes(): number {
    return this.#stored.bytes;
  }

  get isFull(): boolean {
    const { outbox } = this.policy;
    if (outbox === undefined || !this.storesArrivals) return this.#lanes.size >= this.policy.queue;
    return outbox.whenFull === 'stop' && this.#stored.bytes >= outbox.maxBytes;
  }

  get hasRoom(): boolean {
    const { outbox } = this.policy;
    if (outbox === undefined || !this.storesArrivals) return this.#lanes.size <= this.policy.queue / 2;
    return outbox.whenFull !== 'stop' || this.#stored.bytes <= outbox.maxBytes * (1 - GIVE_WAY);
  }

  get storesArrivals(): boolean {
    return this.#reach.away !== undefined || this.#stored.beyond > 0;
  }

  add(waiting: Waiting): void {
    const isStored = waiting.storedBytes !== undefined;
    if (this.#isDraining && this.#reach.away === undefined) this.#pace.arrived();
    if (isStored && this.storesArrivals && (this.#stored.beyond > 0 || this.#lanes.size >= WINDOW)) {
      this.#stored.addedBeyond(waiting);
    } else {
      if (isStored) this.#stored.added(waiting);
      else this.#stored.kept();
      this.#stored.passed(waiting.sequence);
      this.#lanes.add(waiting);
    }
    this.wake();
  }

  storeOlder(newer: readonly Message[]): void {
    if (this.#stored.unstored === 0) return;
    const keys = new Set(newer.map(keyOf));
    const older = this.#inMemoryOnly().filter(({ message }) => keys.has(keyOf(message)));
    if (older.length === 0) return;
    this.#putOnDisk(older);
    this.#options.hold(older);
  }

  found(count: number, bytes: number): void {
    this.#stored.found(count, bytes);
    this.#isDraining = this.policy.outbox !== undefined && count > WINDOW;
    this.wake();
  }

  wake(): void {
    if (this.#isWoken || this.#isAborted || this.#lanes.size + this.#stored.beyond === 0) return;
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
      this.#pace = paceOf(next.policy, this.#options.clock);
      if (next.policy.outbox === undefined) this.#isDraining = false;
    }
    this.#leavers.push({ calls: new Set(this.#calls.keys()), whenOver });
    this.#callOver(undefined);
  }

  empty(): readonly Waiting[] {
    const removed = this.#lanes.remove(() => true);
    this.#stored.removed(removed);
    return removed;
  }

  outbox(): OutboxState | undefined {
    const { outbox } = this.policy;
    if (outbox === undefined || !(this.storesArrivals || this.#isDraining)) return undefined;
    let oldestAt: number | undefined;
    for (const { at } of this.#lanes.values()) oldestAt = Math.min(oldestAt ?? at, at);
    const { count, bytes } = this.#stored;
    const { away } = this.#reach;
    return { policy: outbox, away, waiting: count, bytes, oldestAt, dropped: this.#dropped };
  }

  abort(): void {
    this.#isAborted = true;
    for (const stop of this.#stops) void stop();
    for (const call of this.#calls.keys()) call.abort(new Error('The flow was stopped.'));
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
    const before = this.#lanes.size;
    this.#tidy();
    while (!this.#isAborted && this.#calls.size < this.policy.concurrency && this.#options.mayStart()) {
      const taken = this.#lanes.take(this.#allowed(), this.#reach.away === undefined ? 'oldest' : 'probe');
      if (taken.length === 0) break;
      this.#call(taken);
    }
    if (this.#lanes.size < before) this.#options.started();
  }

  /** How many messages the next call may take: while the target is away one, to try it. */
  #allowed(): number {
    if (this.#reach.away !== undefined) return this.#isResting || this.#calls.size > 0 ? 0 : 1;
    if (!this.#isDraining) return this.policy.batch;
    const now = this.#options.clock.now();
    const most = this.#pace.allowed(this.policy.batch, now);
    if (most === 0 && !this.#isPaced) {
      this.#isPaced = true;
      this.#after(this.#pace.waitMs(now), () => (this.#isPaced = false));
    }
    return most;
  }

  #call(taken: readonly Waiting[]): void {
    const controller = new AbortController();
    const { scheduler } = this.#options;
    const begun = this.#reach.begin();
    this.#calls.set(controller, taken);
    this.#handled += taken.length;
    if (this.#isDraining) this.#pace.spent(taken.length);
    const end = (result: CallResult) => {
      void stopClock();
      if (!this.#calls.delete(controller) || this.#isAborted) return;
      this.#handled -= taken.length;
      this.#ended(taken, result, begun);
      this.#callOver(controller);
      this.wake();
    };
    const stopClock = scheduler.after(this.policy.timeoutMs, () => {
      const late = tooLate(this.policy);
      controller.abort(late);
      end(failedCall(taken, late));
    });
    void this.#work(taken, controller.signal).then(end);
  }

  #callOver(call: AbortController | undefined): void {
    if (this.#leavers.length === 0) return;
    for (const { calls } of this.#leavers) if (call !== undefined) calls.delete(call);
    const gone = this.#leavers.filter(({ calls }) => calls.size === 0);
    this.#leavers = this.#leavers.filter(({ calls }) => calls.size > 0);
    for (const { whenOver } of gone) whenOver();
  }

  #ended(taken: readonly Waiting[], { failures, later, ...entry }: CallResult, begun: number): void {
    const failed: Failure[] = [...failures];
    const again = this.#again(taken, later, begun, failed);
    this.#lanes.free(taken, again);
    const through = again.length === 0 ? taken : taken.filter((waiting) => !again.includes(waiting));
    if (through.length > 0) this.#through(through, { ...entry, failures: failed });
  }

  #through(waiting: readonly Waiting[], entry: Omit<PassEntry, 'node' | 'isCaught'>): void {
    this.#stored.removed(waiting);
    if (!this.storesArrivals && this.#lanes.size <= this.policy.batch) this.#isDraining = false;
    this.#options.done(waiting, { ...entry, node: this.node, isCaught: waiting[0]?.isCaught ?? false });
  }

  /** Which messages of a call are to be tried again; of the others those that never will be are added to `failed`. */
  #again(taken: readonly Waiting[], later: readonly Later[], begun: number, failed: Failure[]): Waiting[] {
    if (this.policy.outbox === undefined) {
      for (const { waiting, sentence } of later) failed.push(failureOf(waiting, sentence));
      return [];
    }
    const wasAway = this.#reach.away !== undefined;
    if (later.length < taken.length) this.#reach.succeeded(begun);
    if (wasAway && this.#reach.away === undefined) this.#isBack();
    const again = later.flatMap((one) => this.#triedAgain(one, failed));
    if (again.length > 0) this.#putOff(again, later[0]?.sentence ?? '', begun);
    return again;
  }

  #triedAgain({ waiting, sentence }: Later, failed: Failure[]): readonly Waiting[] {
    const { successes } = this.#reach;
    if (waiting.triedAfter !== successes) waiting.tries += 1;
    waiting.triedAfter = successes;
    if (waiting.tries >= MOST_TRIES) {
      const sentences = `${sentence} It was tried ${waiting.tries} times, while others got through.`;
      failed.push(failureOf(waiting, sentences));
      return [];
    }
    // Others get through meanwhile, so this one is at fault: it waits for itself.
    waiting.traced?.putOff(sentence);
    if (waiting.tries > 1) this.#blockFor(keyOf(waiting.message), waiting.tries);
    return [waiting];
  }

  #blockFor(key: string, tries: number): void {
    this.#lanes.block(key);
    this.#after(backOffMs(tries, this.#options.random()), () => this.#lanes.unblock(key));
  }

  #putOff(again: readonly Waiting[], sentence: string, begun: number): void {
    const { clock, random, retried, reachChanged } = this.#options;
    retried(again.length);
    const wasAway = this.#reach.away !== undefined;
    if (this.#reach.failed(begun, sentence, clock.now())) {
      this.#isResting = true;
      this.#after(backOffMs(this.#reach.away?.failures ?? 1, random()), () => (this.#isResting = false));
    }
    if (this.#reach.away === undefined) return;
    this.#isDraining = true;
    this.#putOnDisk(wasAway ? again : [...again, ...this.#lanes.values(), ...this.#inMemoryOnly()]);
    if (!wasAway) reachChanged(sentence);
  }

  #inMemoryOnly(): readonly Waiting[] {
    const all = [...[...this.#calls.values()].flat(), ...this.#lanes.values()];
    return all.filter(({ storedBytes }) => storedBytes === undefined);
  }

  #putOnDisk(waiting: readonly Waiting[]): void {
    const all = [...new Set(waiting)].toSorted((one, other) => one.sequence - other.sequence);
    const fresh = all.filter(({ storedBytes }) => storedBytes === undefined);
    this.#options.store(all);
    for (const one of fresh) this.#stored.stored(one);
  }

  #isBack(): void {
    this.#isResting = false;
    this.#options.hold([...this.#lanes.values()]);
    this.#options.reachChanged(undefined);
  }

  /** Keeps what waits within its age and its cap, and the window filled. */
  #tidy(): void {
    const { outbox } = this.policy;
    if (outbox !== undefined && this.#isDraining) {
      this.#failExpired(outbox);
      this.#giveWay(outbox);
    }
    this.#refill();
  }

  #failExpired({ keepMs }: OutboxPolicy): void {
    const now = this.#options.clock.now();
    if (now - this.#checkedAt < CHECK_MS && now >= this.#checkedAt) return;
    this.#checkedAt = now;
    const before = now - keepMs;
    const sentence = `It waited for its target for longer than ${formatMs(keepMs)}. ${this.#reach.away?.sentence ?? ''}`;
    for (const isCaught of [false, true]) {
      const expired = this.#lanes.remove((waiting) => waiting.at < before && waiting.isCaught === isCaught);
      if (expired.length === 0) continue;
      const failures = expired.map((waiting) => failureOf(waiting, sentence.trimEnd()));
      this.#through(expired, { failures });
      this.wake();
    }
  }

  #giveWay({ maxBytes, whenFull }: OutboxPolicy): void {
    let excess = this.#stored.bytes - maxBytes;
    if (whenFull !== 'drop-oldest' || excess <= 0) return;
    excess += maxBytes * GIVE_WAY;
    const oldest = new Set<Waiting>();
    for (const waiting of [...this.#lanes.values()].toSorted((one, other) => one.sequence - other.sequence)) {
      if (excess <= 0) break;
      oldest.add(waiting);
      excess -= waiting.storedBytes ?? 0;
    }
    const dropped = this.#lanes.remove((waiting) => oldest.has(waiting));
    this.#dropped += dropped.length;
    if (dropped.length > 0) this.#through(dropped, {});
    this.wake();
  }

  #refill(): void {
    if (this.#stored.beyond === 0 || this.#lanes.size > WINDOW / 2) return;
    const read = this.#options.read(this.#stored.windowEnd, WINDOW - this.#lanes.size);
    if (read === undefined) return;
    this.#stored.read(read);
    for (const waiting of read) this.#lanes.add(waiting);
    if (this.#reach.away === undefined) this.#options.hold(read);
  }
}

function paceOf({ outbox }: WaitPolicy, clock: Clock): Pace {
  return createPace(outbox?.perSecond ?? Number.MAX_SAFE_INTEGER, clock.now());
}

function failureOf({ port, message }: Waiting, sentence: string): Failure {
  return { port, message, sentence };
}

/** For a target that keeps an outbox a late answer is one that may come another time. */
function tooLate({ timeoutMs, outbox }: WaitPolicy): Error {
  const limit = formatMs(timeoutMs);
  const sentence = `There was no answer within ${limit}, so the call was given up.`;
  return outbox === undefined ? new Error(sentence) : new SluiceError('target-away', sentence);
}
