import { SluiceError } from '@sluice/shared/errors.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { keyOf } from '@sluice/shared/message/message.ts';
import type { Agenda, Life } from './agenda.ts';
import type { Random } from './random.ts';
import { nameOfMessage, readingOf } from './reading.ts';
import type { Trace } from './trace.ts';

/** What a target answers about one message of a call. */
type Verdict = 'taken' | 'later' | 'never';

/** What a target notices, for the witness. */
export interface TargetListener {
  /** It is given messages by the life that runs. */
  began(target: string, messages: readonly Message[]): void;
  /** That is over, however it went. */
  ended(target: string, messages: readonly Message[]): void;
  /** It has taken a message. `isLate`: for a life of the engine that is over. */
  taken(target: string, message: Message, isLate: boolean): void;
  /** It has taken a message, and the engine will not hear of it. */
  unheard(target: string, message: Message): void;
  /** It has not taken a message, or the engine did not wait for it. */
  refused(message: Message): void;
  /** Two calls at once have messages of one device (EN4). */
  outOfLine(target: string, message: Message): void;
}

/** Something outside that takes messages: a database, a mail server, another broker. */
export interface Target {
  readonly name: string;
  isAway: boolean;
  isSlow: boolean;
  /** Takes some, and asks for others to come later. */
  isMoody: boolean;
  /** The answer may be lost on its way, so that nobody knows that it has taken what it took. */
  losesAnswers: boolean;
  /** Rejects with `target-away`, or with the reason of the signal. The verdicts are in the order of the messages. */
  take(life: Life, messages: readonly Message[], signal: AbortSignal): Promise<readonly Verdict[]>;
}

/** All targets of a flow, by name. */
export function createTargets(
  names: readonly string[],
  create: (name: string) => Target,
): (name: string) => Target {
  const targets = new Map(names.map((name) => [name, create(name)]));
  return (name) => targets.get(name) ?? unknownTarget(name);
}

export function createTarget(
  name: string,
  agenda: Agenda,
  random: Random,
  trace: Trace,
  listener: TargetListener,
): Target {
  return new FakeTarget(name, agenda, random, trace, listener);
}

class FakeTarget implements Target {
  readonly name: string;
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #listener: TargetListener;
  /** How long it takes at most when it is not slow. */
  readonly #usualMs: number;
  /** Devices of the calls that are under way, by life. */
  readonly #busy = new Map<Life, Set<string>>();
  isAway = false;
  isSlow = false;
  isMoody = false;
  losesAnswers = false;

  constructor(name: string, agenda: Agenda, random: Random, trace: Trace, listener: TargetListener) {
    this.name = name;
    this.#agenda = agenda;
    this.#random = random;
    this.#trace = trace;
    this.#listener = listener;
    this.#usualMs = random.pick([3, 30, 300]);
  }

  async take(life: Life, messages: readonly Message[], signal: AbortSignal): Promise<readonly Verdict[]> {
    const free = this.#occupy(life, messages);
    if (!life.isOver) this.#listener.began(this.name, messages);
    try {
      await this.#travel(
        this.isSlow ? this.#random.whole(200, 20_000) : this.#random.whole(0, this.#usualMs),
        signal,
      );
      if (this.isAway) throw away(this.name);
      const verdicts = this.#judge(messages);
      if (life.isOver && this.#random.chance(0.5)) throw new Error('The process is gone.');
      const taken = messages.filter((_, index) => verdicts[index] === 'taken');
      for (const message of taken) this.#take(message, life.isOver);
      for (const message of messages) if (!taken.includes(message)) this.#listener.refused(message);
      await this.#answer(taken, signal);
      return verdicts;
    } catch (error) {
      this.#trace.say(`${this.name} ${signal.aborted ? 'was given up' : 'refuses'} ${listOf(messages)}`);
      for (const message of messages) this.#listener.refused(message);
      throw error;
    } finally {
      if (!life.isOver) this.#listener.ended(this.name, messages);
      free();
    }
  }

  #take(message: Message, isLate: boolean): void {
    this.#trace.say(`${this.name} takes ${nameOfMessage(message)}${isLate ? ' of a life before' : ''}`);
    this.#listener.taken(this.name, message, isLate);
  }

  /** What comes after one of the same device that has to wait waits too: a target keeps its order. */
  #judge(messages: readonly Message[]): readonly Verdict[] {
    const put = new Set<string>();
    return messages.map((message) => {
      if (this.isMoody && this.#random.chance(0.4)) put.add(keyOf(message));
      if (put.has(keyOf(message))) return 'later';
      return readingOf(message)?.flaw === 'unwanted' ? 'never' : 'taken';
    });
  }

  async #answer(taken: readonly Message[], signal: AbortSignal): Promise<void> {
    const isLost = this.losesAnswers && this.#random.chance(0.2);
    try {
      await this.#travel(this.#random.whole(0, 3), signal);
      if (isLost) throw away(this.name);
    } catch (error) {
      for (const message of taken) this.#listener.unheard(this.name, message);
      throw error;
    }
  }

  #travel(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(reasonOf(signal));
        return;
      }
      const cancel = this.#agenda.after(ms, this.name, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(reasonOf(signal));
      });
    });
  }

  #occupy(life: Life, messages: readonly Message[]): () => void {
    const busy = this.#busy.get(life) ?? new Set<string>();
    this.#busy.set(life, busy);
    const keys = new Set(messages.map(keyOf));
    const second = messages.find((message) => busy.has(keyOf(message)));
    if (second !== undefined && !life.isOver) this.#listener.outOfLine(this.name, second);
    for (const key of keys) busy.add(key);
    return () => {
      for (const key of keys) busy.delete(key);
    };
  }
}

function unknownTarget(name: string): never {
  throw new Error(`There is no target “${name}”.`);
}

function away(name: string): SluiceError {
  return new SluiceError('target-away', `${name} is away.`);
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}

function listOf(messages: readonly Message[]): string {
  return messages.map(nameOfMessage).join(' ');
}
