import type { Clock } from '@sluice/shared/node/context.ts';
import type { Scheduler } from './shell.ts';

/** A step more than this without time moving on is a loop that never ends. */
const MOST_STEPS = 1_000_000;

/**
 * Time that moves only when told to (EN11): for tests, for the scenarios of a flow and for runs on history. The same
 * inputs at the same times give the same trace.
 */
export interface VirtualTime {
  readonly clock: Clock;
  readonly scheduler: VirtualScheduler;
  /**
   * Tells of work outside of this time, as a call to the sandbox process: time stands still until it is over. Gives the
   * promise back.
   */
  track<T>(work: Promise<T>): Promise<T>;
  /** Runs everything that can be done now, without moving the clock. */
  settle(): Promise<void>;
  /** Moves the clock to a time (ms since the epoch), stopping at everything that is due on the way. Never back. */
  runUntil(time: number): Promise<void>;
  /**
   * The same at once, where nothing is to be done on the way; false, and the clock stands as it was, where something is.
   * For runs on very many messages, most of which set nothing off.
   */
  skipTo(time: number): boolean;
  /** How many timers stand. */
  readonly standing: number;
}

interface VirtualScheduler extends Scheduler {
  after(ms: number, run: () => void): () => void;
}

export function createVirtualTime(start: number): VirtualTime {
  return new SteppedTime(start);
}

interface Appointment {
  readonly dueAt: number;
  readonly sequence: number;
  readonly run: () => void;
}

class SteppedTime implements VirtualTime {
  #now: number;
  #soon: (() => void)[] = [];
  readonly #appointments = new Set<Appointment>();
  readonly #outside = new Set<Promise<unknown>>();
  #sequence = 0;
  #steps = 0;
  readonly clock: Clock = { now: () => this.#now };
  readonly scheduler: VirtualScheduler = {
    soon: (run: () => void) => void this.#soon.push(run),
    after: (ms: number, run: () => void) => this.#after(ms, run),
  };

  constructor(start: number) {
    this.#now = start;
  }

  get standing(): number {
    return this.#appointments.size;
  }

  track<T>(work: Promise<T>): Promise<T> {
    const over = work.then(
      () => void this.#outside.delete(over),
      () => void this.#outside.delete(over),
    );
    this.#outside.add(over);
    return work;
  }

  async settle(): Promise<void> {
    this.#steps = 0;
    await this.#drain();
  }

  async #drain(): Promise<void> {
    for (;;) {
      await microtasks();
      const turn = this.#soon;
      this.#soon = [];
      for (const run of turn) run();
      this.#count(turn.length);
      if (turn.length > 0) continue;
      if (this.#outside.size === 0) return;
      await Promise.race(this.#outside);
    }
  }

  async runUntil(time: number): Promise<void> {
    await this.settle();
    for (let next = this.#next(); next !== undefined && next.dueAt <= time; next = this.#next()) {
      if (next.dueAt > this.#now) this.#steps = 0;
      this.#now = Math.max(this.#now, next.dueAt);
      this.#appointments.delete(next);
      this.#count(1);
      next.run();
      await this.#drain();
    }
    this.#now = Math.max(this.#now, time);
  }

  skipTo(time: number): boolean {
    if (this.#soon.length > 0 || this.#outside.size > 0) return false;
    const next = this.#next();
    if (next !== undefined && next.dueAt <= time) return false;
    this.#now = Math.max(this.#now, time);
    return true;
  }

  #after(ms: number, run: () => void): () => void {
    this.#sequence += 1;
    const appointment = { dueAt: this.#now + Math.max(0, ms), sequence: this.#sequence, run };
    this.#appointments.add(appointment);
    return () => void this.#appointments.delete(appointment);
  }

  #next(): Appointment | undefined {
    let first: Appointment | undefined;
    for (const one of this.#appointments) {
      if (first === undefined || one.dueAt < first.dueAt) first = one;
    }
    return first;
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MOST_STEPS) {
      throw new Error(
        `Something is due again and again at the same time (${new Date(this.#now).toISOString()}), so time cannot go on.`,
      );
    }
  }
}

/**
 * Promises that are resolved already run their course, with all that comes of them, before a tick is taken (Node.js,
 * `process.nextTick`). A turn of the event loop would do as well and takes ten times as long.
 */
function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
