import { isJsonObject } from '@sluice/shared/message/message.ts';
import type { FailureReason, Outcome } from './sandbox.ts';

/** One call of `run`: gathers the outcomes of its messages, which may come in any order, and resolves with the last. */
export class Call {
  readonly result: Promise<readonly Outcome[]>;
  readonly #outcomes: Outcome[];
  readonly #resolve: (outcomes: readonly Outcome[]) => void;
  readonly #reject: (reason: unknown) => void;
  #left: number;

  constructor(size: number) {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Outcome[]>();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#outcomes = Array.from({ length: size });
    this.#left = size;
    if (size === 0) resolve([]);
  }

  /** Nobody waits for it any more: what is left of it need not run. */
  get isOver(): boolean {
    return this.#left === 0;
  }

  /** Sets the outcomes from a place on. */
  fill(from: number, outcomes: readonly Outcome[]): void {
    if (this.isOver) return;
    for (const [at, outcome] of outcomes.entries()) this.#outcomes[from + at] = outcome;
    this.#left -= outcomes.length;
    if (this.#left === 0) this.#resolve(this.#outcomes);
  }

  abort(reason: unknown): void {
    this.#left = 0;
    this.#reject(reason);
  }
}

export function failed(reason: FailureReason, sentence: string): Outcome & { ok: false } {
  return { ok: false, reason, sentence, logs: [] };
}

const NO_LOGS: readonly string[] = [];

/** Reads the body of a `result` frame; undefined when it is not one outcome for each of `count` messages. */
export function readOutcomes(body: string, count: number): Outcome[] | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!Array.isArray(raw) || raw.length !== count) return undefined;
  const outcomes: Outcome[] = [];
  for (const one of raw) {
    const outcome = readOutcome(one);
    if (outcome === undefined) return undefined;
    outcomes.push(outcome);
  }
  return outcomes;
}

/** One outcome as the harness inside the isolate writes it. By hand, as there are hundreds of thousands a second. */
function readOutcome(raw: unknown): Outcome | undefined {
  if (!isJsonObject(raw)) return undefined;
  const logs = Array.isArray(raw['logs']) && raw['logs'].length > 0 ? raw['logs'].map(String) : NO_LOGS;
  if (raw['ok'] === true) return { ok: true, value: raw['value'], logs };
  const reason = raw['reason'] === 'too-large' ? 'too-large' : 'error';
  const sentence = typeof raw['sentence'] === 'string' ? raw['sentence'] : '';
  const stack = typeof raw['stack'] === 'string' ? raw['stack'] : '';
  const place = /\bcode\.js:(\d+):(\d+)/.exec(stack);
  if (place === null) return { ok: false, reason, sentence, logs };
  const [line, column] = [Number(place[1]), Number(place[2])];
  const said = sentence.replace(/ \[code\.js:\d+:\d+\]$/, '');
  return { ok: false, reason, sentence: `Line ${line}: ${said}`, logs, line, column };
}
