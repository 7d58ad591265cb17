import type { Message } from '@sluice/shared/message/message.ts';
import type { Stop } from '@sluice/shared/node/context.ts';
import type { Intake, Settled } from '@sluice/shared/node/implementNode.ts';
import type { Failure } from './circuit.ts';
import type { PassEntry, PortMessages } from './pass.ts';
import type { Scheduler } from './shell.ts';

/** The greatest batch (EN2). */
const MOST_IN_BATCH = 512;

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

/** What a source handed in at once. */
interface Taken {
  readonly port: string;
  readonly messages: readonly Message[];
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
  #gathered = 0;
  #waiting: (() => number) | undefined;
  #isTold = false;
  #isClosed = false;

  constructor(options: SourceIntakeOptions) {
    this.#options = options;
  }

  get gathered(): number {
    return this.#gathered;
  }

  push(port: string, message: Message, settled?: (outcome: Settled) => void): boolean {
    return this.#take({ port, messages: [message], sentence: undefined, settled });
  }

  pushAll(port: string, messages: readonly Message[], settled?: (outcome: Settled) => void): boolean {
    if (messages.length <= MOST_IN_BATCH) return this.#take({ port, messages, sentence: undefined, settled });
    const parts = partsOf(messages);
    const each = settled === undefined ? undefined : countedDown(parts.length, settled);
    return parts.map((part) => this.pushAll(port, part, each)).every(Boolean);
  }

  fail(message: Message, sentence: string, settled?: (outcome: Settled) => void): boolean {
    return this.#take({ port: '', messages: [message], sentence, settled });
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
    this.#gathered = 0;
    let batch: Taken[] = [];
    let count = 0;
    for (const one of taken) {
      if (count + one.messages.length > MOST_IN_BATCH) {
        this.#run(batch, count);
        batch = [];
        count = 0;
      }
      batch.push(one);
      count += one.messages.length;
    }
    if (count > 0) this.#run(batch, count);
  }

  roomMade(): void {
    if (!this.#isTold || !this.#options.hasRoom()) return;
    this.#isTold = false;
    for (const listener of this.#listeners) this.#call(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#gathered = 0;
    for (const { settled } of this.#taken.splice(0)) this.#call(() => settled?.('refused'));
  }

  #take(taken: Taken): boolean {
    if (this.#isClosed) {
      taken.settled?.('refused');
      return false;
    }
    this.#taken.push(taken);
    this.#gathered += taken.messages.length;
    if (this.#taken.length === 1) this.#options.scheduler.soon(() => this.flush());
    if (!this.#options.isFull()) return true;
    this.#isTold = true;
    return false;
  }

  #run(batch: readonly Taken[], count: number): void {
    const ports = new Map<string, (readonly Message[])[]>();
    const failures: Failure[] = [];
    const waiting: ((outcome: Settled) => void)[] = [];
    for (const { port, messages, sentence, settled } of batch) {
      if (settled !== undefined) waiting.push(settled);
      if (sentence !== undefined) for (const message of messages) failures.push({ port, message, sentence });
      else addTo(ports, port, messages);
    }
    const emitted: PortMessages[] = [...ports].map(([port, parts]) => ({ port, messages: joined(parts) }));
    const entry = { node: this.#options.node(), isCaught: false, emitted, failures };
    const settled = (outcome: Settled) => {
      for (const one of waiting) this.#call(() => one(outcome));
    };
    this.#options.run(entry, count, waiting.length === 0 ? undefined : settled);
  }

  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.faulty(error);
    }
  }
}

function addTo(ports: Map<string, (readonly Message[])[]>, port: string, messages: readonly Message[]): void {
  const parts = ports.get(port);
  if (parts === undefined) ports.set(port, [messages]);
  else parts.push(messages);
}

/** As a rule what came together is all there is, so that nothing is copied. */
function joined(parts: readonly (readonly Message[])[]): readonly Message[] {
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : parts.flat();
}

function partsOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  const parts: (readonly Message[])[] = [];
  for (let at = 0; at < messages.length; at += MOST_IN_BATCH)
    parts.push(messages.slice(at, at + MOST_IN_BATCH));
  return parts;
}

/** Settles once: when the last of so many is done, or with the first that is refused. */
function countedDown(count: number, settled: (outcome: Settled) => void): (outcome: Settled) => void {
  let open = count;
  return (outcome) => {
    open = outcome === 'refused' ? 0 : open - 1;
    if (open === 0) settled(outcome);
  };
}
