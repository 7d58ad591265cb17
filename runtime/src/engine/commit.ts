import { sentenceOf } from './pass.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { FlowChanges, Scheduler, StateStore } from './shell.ts';

/** After a commit the next one gathers for this long, so that many batches share one write to the disk. */
const GATHER_MS = 3;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * Group commit (EN9). One for each runner: what all flows change goes to the store in common transactions. When the
 * store cannot be written nothing is lost and nothing is said to be done; the committer tries again by itself.
 */
export interface Committer {
  /** Takes changes; of several of one key the last counts. */
  add(changes: FlowChanges): void;
  /** Calls when all that was added until now is on disk: at once where nothing is outstanding. */
  whenDurable(then: () => void): void;
  /** Writes now what is outstanding. False when it cannot be written. */
  flush(): boolean;
  /** The sentence while the store cannot be written. */
  readonly trouble: string | undefined;
  /** Called when trouble begins, with its sentence, and when it is over, without. */
  onTrouble(listener: (sentence: string | undefined) => void): Stop;
  /** Tries a last time and then no more. May be called twice. */
  stop(): void;
}

export function createCommitter(store: StateStore, scheduler: Scheduler): Committer {
  return new GroupCommitter(store, scheduler);
}

class GroupCommitter implements Committer {
  readonly #store: StateStore;
  readonly #scheduler: Scheduler;
  readonly #flows = new Map<string, Gathered>();
  readonly #listeners = new Set<(sentence: string | undefined) => void>();
  #waiters: (() => void)[] = [];
  /** A commit is to come; adding needs no other one. */
  #isPlanned = false;
  /** The last commit is so short ago that the next one gathers first. */
  #isGathering = false;
  #retryMs = FIRST_RETRY_MS;
  #cancel: Stop = () => undefined;
  #isStopped = false;
  trouble: string | undefined;

  constructor(store: StateStore, scheduler: Scheduler) {
    this.#store = store;
    this.#scheduler = scheduler;
  }

  add(changes: FlowChanges): void {
    let gathered = this.#flows.get(changes.flow);
    if (gathered === undefined) {
      gathered = new Gathered(changes.flow);
      this.#flows.set(changes.flow, gathered);
    }
    gathered.merge(changes);
    this.#plan();
  }

  whenDurable(then: () => void): void {
    if (this.#flows.size === 0) then();
    else this.#waiters.push(then);
  }

  flush(): boolean {
    if (this.#flows.size === 0) return true;
    try {
      this.#store.commit([...this.#flows.values()].map((gathered) => gathered.changes()));
    } catch (error) {
      this.#setTrouble(sentenceOf(error));
      return false;
    }
    this.#flows.clear();
    this.#retryMs = FIRST_RETRY_MS;
    this.#setTrouble(undefined);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
    return true;
  }

  onTrouble(listener: (sentence: string | undefined) => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.flush();
    this.#isStopped = true;
    void this.#cancel();
  }

  #plan(): void {
    if (this.#isPlanned || this.#isGathering) return;
    this.#isPlanned = true;
    this.#scheduler.soon(() => this.#commit());
  }

  #commit(): void {
    if (this.#isStopped) return;
    this.#isPlanned = false;
    this.#isGathering = true;
    if (!this.flush()) {
      this.#isGathering = false;
      this.#isPlanned = true;
      this.#cancel = this.#scheduler.after(this.#retryMs, () => this.#commit());
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      return;
    }
    this.#cancel = this.#scheduler.after(GATHER_MS, () => {
      this.#isGathering = false;
      // After what is due in this turn: what a sink has taken by then needs no row.
      if (this.#flows.size > 0) this.#plan();
    });
  }

  #setTrouble(sentence: string | undefined): void {
    if (sentence === this.trouble) return;
    this.trouble = sentence;
    for (const listener of this.#listeners) listener(sentence);
  }
}

type Row<Part extends keyof FlowChanges> = FlowChanges[Part] extends readonly (infer R)[] ? R : never;

/** The changes of one flow since the last commit, merged. */
class Gathered {
  readonly #flow: string;
  readonly #state = new Map<string, Map<string, Row<'state'>>>();
  readonly #timers = new Map<string, Row<'timers'>>();
  readonly #pendingAdded = new Map<number, Row<'pendingAdded'>>();
  readonly #pendingDone = new Set<number>();
  readonly #deadLetters: Row<'deadLetters'>[] = [];

  constructor(flow: string) {
    this.#flow = flow;
  }

  merge(changes: FlowChanges): void {
    for (const row of changes.state) {
      const rows = this.#state.get(row.node) ?? new Map<string, Row<'state'>>();
      this.#state.set(row.node, rows.set(row.key, row));
    }
    for (const row of changes.timers) this.#timers.set(JSON.stringify([row.node, row.key, row.name]), row);
    for (const row of changes.pendingAdded) this.#pendingAdded.set(row.sequence, row);
    // A message that was handled before it was ever written needs no row at all.
    for (const sequence of changes.pendingDone)
      if (!this.#pendingAdded.delete(sequence)) this.#pendingDone.add(sequence);
    for (const row of changes.deadLetters) this.#deadLetters.push(row);
  }

  changes(): FlowChanges {
    return {
      flow: this.#flow,
      state: [...this.#state.values()].flatMap((rows) => [...rows.values()]),
      timers: [...this.#timers.values()],
      pendingAdded: [...this.#pendingAdded.values()],
      pendingDone: [...this.#pendingDone],
      deadLetters: this.#deadLetters,
    };
  }
}
