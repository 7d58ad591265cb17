import { formatMs } from '@sluice/shared/message/duration.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { OutboxPolicy, WaitPolicy } from '@sluice/shared/node/defineNode.ts';
import type { Later } from './calls.ts';
import type { Failure } from './circuit.ts';
import type { Lanes, Waiting } from './lanes.ts';
import { createLanes } from './lanes.ts';
import type { Pace } from './pace.ts';
import { createPace } from './pace.ts';
import type { Reach } from './reach.ts';
import { backOffMs, createReach, MOST_TRIES } from './reach.ts';
import type { Stored } from './stored.ts';
import { createStored, WINDOW } from './stored.ts';

/** A full outbox gives way by so much of its cap at once. */
const GIVE_WAY = 0.05;
/** How often is looked for messages that have waited for too long. */
const CHECK_MS = 1_000;

/** What people see of an outbox that is in use. */
export interface OutboxState {
  readonly policy: OutboxPolicy;
  readonly away: Reach['away'];
  readonly waiting: number;
  readonly bytes: number;
  readonly oldestAt: number | undefined;
  readonly dropped: number;
}

/** What an outbox needs of the engine. */
export interface OutboxShell {
  readonly clock: Clock;
  readonly random: () => number;
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

export interface OutboxOptions {
  readonly policy: WaitPolicy;
  readonly shell: OutboxShell;
  /** Runs something later, and looks for calls to start after it. */
  readonly after: (ms: number, run: () => void) => void;
  /** Messages that are being handled. */
  readonly handled: () => Iterable<Waiting>;
  /** These wait no longer: they failed, or gave way. */
  readonly through: (waiting: readonly Waiting[], failures: readonly Failure[]) => void;
}

/**
 * What waits at a node that ends a segment: in memory as a rule, and on disk, in order, while the target of a node that
 * keeps an outbox is away (EN8). Then one message at a time is tried, less and less often, until the target takes it.
 */
export class Outbox {
  readonly lanes: Lanes = createLanes();
  readonly #options: OutboxOptions;
  readonly #shell: OutboxShell;
  readonly #stored: Stored = createStored();
  readonly #reach: Reach = createReach();
  #policy: WaitPolicy;
  #pace: Pace;
  #dropped = 0;
  #checkedAt = 0;
  /** What waited while the target was away is being sent on. */
  #isDraining = false;
  /** Between two tries. */
  #isResting = false;
  #isPaced = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#shell = options.shell;
    this.#policy = options.policy;
    this.#pace = paceOf(options.policy, options.shell.clock);
  }

  /** Waiting, on disk or not; without what is being handled. */
  get waiting(): number {
    return this.lanes.size + this.#stored.beyond;
  }

  get windowEnd(): number {
    return this.#stored.windowEnd;
  }

  get bytes(): number {
    return this.#stored.bytes;
  }

  get isFull(): boolean {
    const { outbox, queue } = this.#policy;
    if (outbox === undefined || !this.storesArrivals) return this.lanes.size >= queue;
    return outbox.whenFull === 'stop' && this.#stored.bytes >= outbox.maxBytes;
  }

  get hasRoom(): boolean {
    const { outbox, queue } = this.#policy;
    if (outbox === undefined || !this.storesArrivals) return this.lanes.size <= queue / 2;
    return outbox.whenFull !== 'stop' || this.#stored.bytes <= outbox.maxBytes * (1 - GIVE_WAY);
  }

  get isAway(): boolean {
    return this.#reach.away !== undefined;
  }

  get storesArrivals(): boolean {
    return this.isAway || this.#stored.beyond > 0;
  }

  /** Goes on by other settings. */
  become(policy: WaitPolicy): void {
    this.#policy = policy;
    this.#pace = paceOf(policy, this.#shell.clock);
    if (policy.outbox === undefined) this.#isDraining = false;
  }

  add(waiting: Waiting): void {
    const isStored = waiting.storedBytes !== undefined;
    if (this.#isDraining && !this.isAway) this.#pace.arrived();
    if (isStored && this.storesArrivals && (this.#stored.beyond > 0 || this.lanes.size >= WINDOW)) {
      this.#stored.addedBeyond(waiting);
      return;
    }
    if (isStored) this.#stored.added(waiting);
    else this.#stored.kept();
    this.#stored.passed(waiting.sequence);
    this.lanes.add(waiting);
  }

  storeOlder(newer: readonly Message[]): void {
    if (this.#stored.unstored === 0) return;
    const keys = new Set(newer.map(keyOf));
    const older = this.#inMemoryOnly().filter(({ message }) => keys.has(keyOf(message)));
    if (older.length === 0) return;
    this.#putOnDisk(older);
    this.#shell.hold(older);
  }

  found(count: number, bytes: number): void {
    this.#stored.found(count, bytes);
    this.#isDraining = this.#policy.outbox !== undefined && count > WINDOW;
  }

  empty(): readonly Waiting[] {
    const removed = this.lanes.remove(() => true);
    this.#stored.removed(removed);
    return removed;
  }

  state(): OutboxState | undefined {
    const { outbox } = this.#policy;
    if (outbox === undefined || !(this.storesArrivals || this.#isDraining)) return undefined;
    let oldestAt: number | undefined;
    for (const { at } of this.lanes.values()) oldestAt = Math.min(oldestAt ?? at, at);
    const { count, bytes } = this.#stored;
    const { away } = this.#reach;
    return { policy: outbox, away, waiting: count, bytes, oldestAt, dropped: this.#dropped };
  }

  /** Takes messages for a call; while the target is away one, to try it, if `isIdle`. */
  take(isIdle: boolean): readonly Waiting[] {
    const taken = this.lanes.take(this.#allowed(isIdle), this.isAway ? 'probe' : 'oldest');
    if (this.#isDraining) this.#pace.spent(taken.length);
    return taken;
  }

  /** To be given to `sort` by the call that begins now. */
  begin(): number {
    return this.#reach.begin();
  }

  /**
   * Which messages of a call are to be tried again; they are put back in front of what waits of their key. Of the others
   * those that never will be are added to `failed`.
   */
  sort(
    taken: readonly Waiting[],
    later: readonly Later[],
    begun: number,
    failed: Failure[],
  ): ReadonlySet<Waiting> {
    const again = this.#again(taken, later, begun, failed);
    this.lanes.free(taken, again);
    return new Set(again);
  }

  /** These are through. */
  removed(waiting: readonly Waiting[]): void {
    this.#stored.removed(waiting);
    if (!this.storesArrivals && this.lanes.size <= this.#policy.batch) this.#isDraining = false;
  }

  /** Keeps what waits within its age and its cap, and the window filled. */
  tidy(): void {
    const { outbox } = this.#policy;
    if (outbox !== undefined && this.#isDraining) {
      this.#failExpired(outbox);
      this.#giveWay(outbox);
    }
    this.#refill();
  }

  #allowed(isIdle: boolean): number {
    if (this.isAway) return this.#isResting || !isIdle ? 0 : 1;
    if (!this.#isDraining) return this.#policy.batch;
    const now = this.#shell.clock.now();
    const most = this.#pace.allowed(this.#policy.batch, now);
    if (most === 0 && !this.#isPaced) {
      this.#isPaced = true;
      this.#options.after(this.#pace.waitMs(now), () => (this.#isPaced = false));
    }
    return most;
  }

  #again(taken: readonly Waiting[], later: readonly Later[], begun: number, failed: Failure[]): Waiting[] {
    if (this.#policy.outbox === undefined) {
      for (const { waiting, sentence } of later) failed.push(failureOf(waiting, sentence));
      return [];
    }
    const wasAway = this.isAway;
    if (later.length < taken.length) this.#reach.succeeded(begun);
    if (wasAway && !this.isAway) this.#isBack();
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
    waiting.traced?.putOff(sentence);
    // Others get through meanwhile, so this one is at fault: it waits for itself.
    if (waiting.tries > 1) this.#blockFor(keyOf(waiting.message), waiting.tries);
    return [waiting];
  }

  #blockFor(key: string, tries: number): void {
    this.lanes.block(key);
    this.#options.after(backOffMs(tries, this.#shell.random()), () => this.lanes.unblock(key));
  }

  #putOff(again: readonly Waiting[], sentence: string, begun: number): void {
    const { clock, random, retried, reachChanged } = this.#shell;
    retried(again.length);
    const wasAway = this.isAway;
    if (this.#reach.failed(begun, sentence, clock.now())) {
      this.#isResting = true;
      const ms = backOffMs(this.#reach.away?.failures ?? 1, random());
      this.#options.after(ms, () => (this.#isResting = false));
    }
    if (!this.isAway) return;
    this.#isDraining = true;
    this.#putOnDisk(wasAway ? again : [...again, ...this.lanes.values(), ...this.#inMemoryOnly()]);
    if (!wasAway) reachChanged(sentence);
  }

  #inMemoryOnly(): readonly Waiting[] {
    const all = [...this.#options.handled(), ...this.lanes.values()];
    return all.filter(({ storedBytes }) => storedBytes === undefined);
  }

  #putOnDisk(waiting: readonly Waiting[]): void {
    const all = [...new Set(waiting)].toSorted(bySequence);
    const fresh = all.filter(({ storedBytes }) => storedBytes === undefined);
    this.#shell.store(all);
    for (const one of fresh) this.#stored.stored(one);
  }

  #isBack(): void {
    this.#isResting = false;
    this.#shell.hold([...this.lanes.values()]);
    this.#shell.reachChanged(undefined);
  }

  #failExpired({ keepMs }: OutboxPolicy): void {
    const now = this.#shell.clock.now();
    if (now - this.#checkedAt < CHECK_MS && now >= this.#checkedAt) return;
    this.#checkedAt = now;
    const before = now - keepMs;
    const sentence = `It waited for its target for longer than ${formatMs(keepMs)}. ${this.#reach.away?.sentence ?? ''}`;
    for (const isCaught of [false, true]) {
      const expired = this.lanes.remove((waiting) => waiting.at < before && waiting.isCaught === isCaught);
      const failures = expired.map((waiting) => failureOf(waiting, sentence.trimEnd()));
      if (expired.length > 0) this.#options.through(expired, failures);
    }
  }

  #giveWay({ maxBytes, whenFull }: OutboxPolicy): void {
    let excess = this.#stored.bytes - maxBytes;
    if (whenFull !== 'drop-oldest' || excess <= 0) return;
    excess += maxBytes * GIVE_WAY;
    const oldest = new Set<Waiting>();
    for (const waiting of [...this.lanes.values()].toSorted(bySequence)) {
      if (excess <= 0) break;
      oldest.add(waiting);
      excess -= waiting.storedBytes ?? 0;
    }
    const dropped = this.lanes.remove((waiting) => oldest.has(waiting));
    this.#dropped += dropped.length;
    if (dropped.length > 0) this.#options.through(dropped, []);
  }

  #refill(): void {
    if (this.#stored.beyond === 0 || this.lanes.size > WINDOW / 2) return;
    const read = this.#shell.read(this.#stored.windowEnd, WINDOW - this.lanes.size);
    if (read === undefined) return;
    this.#stored.read(read);
    for (const waiting of read) this.lanes.add(waiting);
    if (!this.isAway) this.#shell.hold(read);
  }
}

function paceOf({ outbox }: WaitPolicy, clock: Clock): Pace {
  return createPace(outbox?.perSecond ?? Number.MAX_SAFE_INTEGER, clock.now());
}

function bySequence(one: Waiting, other: Waiting): number {
  return one.sequence - other.sequence;
}

function failureOf({ port, message }: Waiting, sentence: string): Failure {
  return { port, message, sentence };
}
