import type { Clock } from '@sluice/shared/node/context.ts';
import type { Scheduler } from '../shell.ts';
import type { Random } from './random.ts';

/** One life of the engine's process, from a start to a stop or a crash. What it asks for after its end is not done. */
export interface Life {
  readonly number: number;
  isOver: boolean;
}

/** Something that is to happen. */
interface Appointment {
  /** ms since the beginning of the run. */
  readonly at: number;
  readonly name: string;
  readonly run: () => void;
}

/**
 * Time of a simulated world: it goes from one appointment to the next. `elapsed` only goes on; the clock that is handed
 * out is that and whatever it was set by, as on a machine whose clock somebody sets.
 */
export interface Agenda {
  readonly clock: Clock;
  readonly elapsed: number;
  /** How far the clock is ahead of true time, ms; may be negative. */
  aheadMs: number;
  /** Plans something outside of the engine. */
  after(ms: number, name: string, run: () => void): () => void;
  /** What a life of the engine plans; it is forgotten with it. */
  schedulerOf(life: Life): Scheduler;
  /** Goes on to the next appointment and hands it out; `undefined` when there is none until then. */
  next(until: number): Appointment | undefined;
  /** Appointments of a life that stand. */
  standing(life: Life): number;
}

interface Entry extends Appointment {
  readonly sequence: number;
  readonly life: Life | undefined;
  isCancelled: boolean;
}

export function createAgenda(start: number, random: Random): Agenda {
  return new HeapAgenda(start, random);
}

class HeapAgenda implements Agenda {
  readonly #start: number;
  readonly #random: Random;
  readonly #heap: Entry[] = [];
  #sequence = 0;
  elapsed = 0;
  aheadMs = 0;
  readonly clock: Clock = { now: () => this.#start + this.elapsed + this.aheadMs };

  constructor(start: number, random: Random) {
    this.#start = start;
    this.#random = random;
  }

  after(ms: number, name: string, run: () => void): () => void {
    return this.#plan(this.elapsed + ms, name, run, undefined);
  }

  /** Turns come in the order in which they were asked for; timers may be late, as those of a process are. */
  schedulerOf(life: Life): Scheduler {
    let lastTurn = 0;
    return {
      soon: (run) => {
        lastTurn = Math.max(lastTurn, this.elapsed) + (this.#random.chance(0.05) ? 1 : 0);
        this.#plan(lastTurn, 'turn', run, life);
      },
      after: (ms, run) => {
        const lateMs = this.#random.chance(0.1) ? this.#random.whole(1, 20) : 0;
        return this.#plan(this.elapsed + Math.max(0, ms) + lateMs, 'timer', run, life);
      },
    };
  }

  next(until: number): Appointment | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const isGone = first.isCancelled || first.life?.isOver === true;
      if (!isGone && first.at > until) break;
      this.#pop();
      if (isGone) continue;
      this.elapsed = Math.max(this.elapsed, first.at);
      return first;
    }
    this.elapsed = Math.max(this.elapsed, until);
    return undefined;
  }

  standing(life: Life): number {
    return this.#heap.filter((entry) => entry.life === life && !entry.isCancelled).length;
  }

  #plan(at: number, name: string, run: () => void, life: Life | undefined): () => void {
    if (life?.isOver === true) return () => undefined;
    this.#sequence += 1;
    const entry = { at, name, run, life, sequence: this.#sequence, isCancelled: false };
    this.#push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let at = 0; ; ) {
      const left = at * 2 + 1;
      const smaller = isBefore(this.#heap[left + 1], this.#heap[left]) ? left + 1 : left;
      if (!this.#swapIfBefore(smaller, at)) return;
      at = smaller;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const below = this.#heap[lower];
    const above = this.#heap[upper];
    if (below === undefined || above === undefined || !isBefore(below, above)) return false;
    this.#heap[lower] = above;
    this.#heap[upper] = below;
    return true;
  }
}

function isBefore(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence);
}

/** Promises that are resolved already run their course before a turn of the event loop is over. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
