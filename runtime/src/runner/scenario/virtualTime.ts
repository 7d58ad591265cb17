import type { RunnerTime } from '../time.ts';

/**
 * Time for a scenario: it moves only when told to, and then it stops at every timer on the way. What is real and takes
 * real time (a call of the sandbox) is waited for before time moves on, so a slow machine gives the same result.
 */
export interface VirtualTime extends RunnerTime {
  /** Moves to a time; resolves when everything that is due until then has run and is through. */
  moveTo(time: number): Promise<void>;
  /** Time stands still until this is settled. */
  holdFor<T>(work: Promise<T>): Promise<T>;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export function createVirtualTime(start: number): VirtualTime {
  return new Virtual(start);
}

class Virtual implements VirtualTime {
  #now: number;
  #timers: Timer[] = [];
  #order = 0;
  /** What is under way in real time. */
  #busy = 0;
  #idle: (() => void)[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  soon(run: () => void): void {
    this.#busy += 1;
    setImmediate(() => {
      run();
      this.#done();
    });
  }

  after(ms: number, run: () => void): () => void {
    this.#order += 1;
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  async moveTo(time: number): Promise<void> {
    for (;;) {
      await this.#quiet();
      const next = this.#nextUntil(time);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = Math.max(this.#now, time);
  }

  async holdFor<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#done();
    }
  }

  #nextUntil(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
        next = timer;
    }
    return next;
  }

  /** Resolves when nothing is under way, also not after one more turn of the event loop. */
  async #quiet(): Promise<void> {
    do {
      if (this.#busy > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
      await new Promise(setImmediate);
    } while (this.#busy > 0);
  }

  #done(): void {
    this.#busy -= 1;
    if (this.#busy === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
