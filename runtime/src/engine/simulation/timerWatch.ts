import type { DueTimer, Timers } from '@sluice/shared/node/context.ts';
import type { NodeImplementation, Running, Step } from '@sluice/shared/node/implementNode.ts';
import type { StoredTimer } from '../shell.ts';
import type { Agenda } from './agenda.ts';

/** A timer that fires later than this after it was due, with nothing in its way, is forgotten. */
const MOST_LATE_MS = 2_000;
/** The same after the clock was set: the engine looks at the clock every half minute. */
const MOST_LATE_AFTER_SET_MS = 32_000;

/** Holds the timers of one life of a running flow to EN10. */
export interface TimerWatch {
  of(node: string, timers: Timers): Timers;
  fired(node: string, due: readonly DueTimer[]): void;
  /** Messages have come to a node. */
  received(node: string): void;
  /** A node begins anew: its timers do not stand any more. Gives their keys, and how to put them back. */
  forget(node: string): { readonly keys: ReadonlySet<string>; readonly undo: () => void };
  /** To be called after each step. `calmSince`: since when nothing is in the way of timers, ms since the beginning. */
  look(calmSince: number, wasClockSet: boolean): void;
}

interface Standing {
  readonly node: string;
  readonly key: string;
  readonly name: string;
  readonly dueAt: number;
  /** It was on disk and overdue when the life began. */
  readonly isOverdue: boolean;
  /** Since when the clock says that it is due, ms since the beginning. */
  dueSince: number | undefined;
}

/** A life begins with what is on disk. */
export function createTimerWatch(
  agenda: Agenda,
  stored: readonly StoredTimer[],
  broken: (sentence: string) => void,
): TimerWatch {
  return new ShadowTimers(agenda, stored, broken);
}

class ShadowTimers implements TimerWatch {
  readonly #agenda: Agenda;
  readonly #broken: (sentence: string) => void;
  readonly #standing = new Map<string, Standing>();

  constructor(agenda: Agenda, stored: readonly StoredTimer[], broken: (sentence: string) => void) {
    this.#agenda = agenda;
    this.#broken = broken;
    const now = agenda.clock.now();
    for (const { node, key, name, dueAt } of stored) this.#put({ node, key, name, dueAt }, dueAt <= now);
  }

  of(node: string, timers: Timers): Timers {
    return {
      set: (key, name, dueAt) => {
        this.#put({ node, key, name, dueAt }, false);
        timers.set(key, name, dueAt);
      },
      clear: (key, name) => {
        this.#standing.delete(idOf(node, key, name));
        timers.clear(key, name);
      },
    };
  }

  fired(node: string, due: readonly DueTimer[]): void {
    for (const timer of due) this.#fire(node, timer);
  }

  forget(node: string): { readonly keys: ReadonlySet<string>; readonly undo: () => void } {
    const forgotten = [...this.#standing].filter(([, timer]) => timer.node === node);
    for (const [id] of forgotten) this.#standing.delete(id);
    return {
      keys: new Set(forgotten.map(([, { key }]) => key)),
      undo: () => {
        for (const [id, timer] of forgotten) this.#standing.set(id, timer);
      },
    };
  }

  received(node: string): void {
    const overdue = this.#standing.values().find(({ isOverdue }) => isOverdue);
    if (overdue !== undefined) {
      this.#broken(`[EN10] ${node} got messages before the overdue timer ${words(overdue)} has fired`);
    }
  }

  look(calmSince: number, wasClockSet: boolean): void {
    const now = this.#agenda.clock.now();
    const { elapsed } = this.#agenda;
    const most = wasClockSet ? MOST_LATE_AFTER_SET_MS : MOST_LATE_MS;
    for (const timer of this.#standing.values()) {
      if (timer.dueAt > now) timer.dueSince = undefined;
      else timer.dueSince ??= elapsed;
      const lateMs = elapsed - Math.max(timer.dueSince ?? elapsed, calmSince);
      if (lateMs > most) this.#broken(`[EN10] the timer ${words(timer)} is ${lateMs} ms late`);
    }
  }

  #put(timer: Pick<Standing, 'node' | 'key' | 'name' | 'dueAt'>, isOverdue: boolean): void {
    const id = idOf(timer.node, timer.key, timer.name);
    this.#standing.set(id, { ...timer, isOverdue, dueSince: undefined });
  }

  #fire(node: string, { key, name, dueAt }: DueTimer): void {
    const id = idOf(node, key, name);
    const timer = this.#standing.get(id);
    const what = words({ node, key, name, dueAt });
    if (timer?.dueAt !== dueAt) {
      this.#broken(`[EN10] the timer ${what} has fired and does not stand: it fired before, or was moved`);
      return;
    }
    this.#standing.delete(id);
    if (dueAt > this.#agenda.clock.now()) this.#broken(`[EN10] the timer ${what} has fired too early`);
    const earlier = this.#standing.values().find((other) => other.dueAt < dueAt);
    if (earlier !== undefined) {
      this.#broken(`[EN10] the timer ${what} has fired before ${words(earlier)}, which was due earlier`);
    }
  }
}

function idOf(node: string, key: string, name: string): string {
  return JSON.stringify([node, key, name]);
}

function words({ node, key, name, dueAt }: StoredTimer): string {
  return `${name} of ${node}[${key}] due at ${new Date(dueAt).toISOString()}`;
}

/** The same implementation; what its steps do with timers and messages is seen. */
export function watched(
  implementation: NodeImplementation,
  watch: TimerWatch,
  onMade: (node: string, keys: number) => void,
): NodeImplementation {
  return {
    type: implementation.type,
    create: (config, context) => {
      const { id } = context.node;
      onMade(id, context.state.size);
      const made = implementation.create(config, { ...context, timers: watch.of(id, context.timers) });
      return isStep(made) ? watchedStep(made, id, watch) : made;
    },
  };
}

function watchedStep(step: Step<string, string>, node: string, watch: TimerWatch): Step<string, string> {
  return {
    receive: (messages, emit, port) => {
      watch.received(node);
      step.receive(messages, emit, port);
    },
    timersDue: (due, emit) => {
      watch.fired(node, due);
      step.timersDue?.(due, emit);
    },
    close: () => step.close?.(),
  };
}

function isStep(made: Running<string, string>): made is Step<string, string> {
  return 'receive' in made;
}
