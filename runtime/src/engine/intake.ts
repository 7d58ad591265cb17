import type { Message } from '@sluice/shared/message/message.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { Intake, Settled } from '@sluice/shared/node/implementNode.ts';
import type { Failure } from './circuit.ts';
import type { PassEntry, PortMessages } from './pass.ts';
import type { Scheduler } from './shell.ts';

/** The greatest batch (EN2). */
const MOST_IN_BATCH = 512;

/** Whether there is room is looked at for one in so many messages that come together: it costs as much as taking them. */
const LOOK_EVERY = 16;

/**
 * While messages keep coming, a batch of fewer than this waits for so many turns more: a turn takes well below a
 * millisecond, and what a batch costs by itself is shared by more messages.
 */
const ENOUGH = 128;
const MOST_TURNS = 2;

/** Where one source hands in messages: they gather until the turn ends and go on in batches. */
export interface SourceIntake extends Intake<string> {
  /** Taken and not yet on their way. */
  readonly gathered: number;
  /** Messages that the source has waiting outside, where it tells. */
  readonly lag: number | undefined;
  /** Sends on what has gathered. */
  flush(): void;
  /** Calls those that were told to wait, if there is room now. */
  roomMade(): void;
  /** From now on everything is refused. */
  close(): void;
}

export interface SourceIntakeOptions {
  /** The index of the source in the version that runs. */
  readonly node: () => number;
  readonly scheduler: Scheduler;
  readonly isFull: () => boolean;
  readonly hasRoom: () => boolean;
  /** What comes gathers and does not go on for now. */
  readonly isHeld: () => boolean;
  /** A callback of the source has thrown; the others are called all the same. */
  readonly faulty: (error: unknown) => void;
  /** Runs a batch; `settled` are the callbacks of its messages. */
  readonly run: (
    entry: PassEntry,
    messages: number,
    settled: ((outcome: Settled) => void) | undefined,
  ) => void;
}

interface Taken {
  readonly port: string;
  readonly message: Message;
  /** Set for what cannot be passed on. */
  readonly sentence: string | undefined;
  readonly settled: ((outcome: Settled) => void) | undefined;
}

export function createSourceIntake(options: SourceIntakeOptions): SourceIntake {
  return new Gatherer(options);
}

class Gatherer implements SourceIntake {
  readonly #options: SourceIntakeOptions;
  readonly #listeners = new Set<() => void>();
  #taken: Taken[] = [];
  #waiting: (() => number) | undefined;
  #isTold = false;
  #isClosed = false;

  constructor(options: SourceIntakeOptions) {
    this.#options = options;
  }

  get gathered(): number {
    return this.#taken.length;
  }

  push(port: string, message: Message, settled?: (outcome: Settled) => void): boolean {
    return this.#take({ port, message, sentence: undefined, settled });
  }

  fail(message: Message, sentence: string, settled?: (outcome: Settled) => void): boolean {
    return this.#take({ port: '', message, sentence, settled });
  }

  get lag(): number | undefined {
    return this.#waiting?.();
  }

  tellsLag(waiting: () => number): void {
    this.#waiting = waiting;
  }

  onRoom(listener: () => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  flush(): void {
    if (this.#options.isHeld()) return;
    const taken = this.#taken;
    this.#taken = [];
    for (let at = 0; at < taken.length; at += MOST_IN_BATCH) this.#run(taken.slice(at, at + MOST_IN_BATCH));
  }

  /** Waits for the next turn while more comes in each: what comes together goes on together. One by itself goes at once. */
  #gather(before: number, turns: number): void {
    const gathered = this.#taken.length;
    if (gathered > before && gathered < ENOUGH && turns < MOST_TURNS)
      this.#options.scheduler.soon(() => this.#gather(gathered, turns + 1));
    else this.flush();
  }

  roomMade(): void {
    if (!this.#isTold || !this.#options.hasRoom()) return;
    this.#isTold = false;
    for (const listener of this.#listeners) this.#call(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    for (const { settled } of this.#taken.splice(0)) this.#call(() => settled?.('refused'));
  }

  #take(taken: Taken): boolean {
    if (this.#isClosed) {
      taken.settled?.('refused');
      return false;
    }
    const gathered = this.#taken.push(taken);
    if (gathered === 1) this.#options.scheduler.soon(() => this.#gather(1, 0));
    if (gathered % LOOK_EVERY !== 1 && !this.#isTold) return true;
    if (!this.#options.isFull()) return true;
    this.#isTold = true;
    return false;
  }

  #run(batch: readonly Taken[]): void {
    const ports = new Map<string, Message[]>();
    const failures: Failure[] = [];
    const waiting: ((outcome: Settled) => void)[] = [];
    for (const { port, message, sentence, settled } of batch) {
      if (settled !== undefined) waiting.push(settled);
      if (sentence !== undefined) failures.push({ port, message, sentence });
      else addTo(ports, port, message);
    }
    const emitted: PortMessages[] = [...ports].map(([port, messages]) => ({ port, messages }));
    const entry = { node: this.#options.node(), isCaught: false, emitted, failures };
    const settled = (outcome: Settled) => {
      for (const one of waiting) {
        try {
          one(outcome);
        } catch (error) {
          this.#options.faulty(error);
        }
      }
    };
    this.#options.run(entry, batch.length, waiting.length === 0 ? undefined : settled);
  }

  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.faulty(error);
    }
  }
}

function addTo(ports: Map<string, Message[]>, port: string, message: Message): void {
  const messages = ports.get(port);
  if (messages === undefined) ports.set(port, [message]);
  else messages.push(message);
}
