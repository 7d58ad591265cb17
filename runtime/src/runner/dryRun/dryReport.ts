import type { Message } from '@sluice/shared/message/message.ts';
import type { DryEffect, DryRun } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import type { Notice } from '../../engine/shell.ts';
import { showMessage } from '@sluice/shared/protocol/showMessage.ts';
import type { Observer, Visit, VisitEnd } from '../scenario/recording.ts';

type DryStep = DryRun['steps'][number];

/** What a report lists at most; beyond it is counted only. */
export const MOST_STEPS = 2_000;
export const MOST_EFFECTS = 2_000;
/** Messages that one step shows at most: a node can make very many out of one. */
const MOST_OUT = 100;
/** What all messages of a report take together, characters of JSON. */
const MOST_CHARS = 10_000_000;

/** Writes down what happens in a dry run, as people see it and within bounds (EN14). */
export class DryReport implements Observer {
  readonly steps: DryStep[] = [];
  readonly effects: DryEffect[] = [];
  /** Failures that a step tells of already, by node and message. */
  readonly #told = new Set<string>();
  #chars = 0;
  isCut = false;

  visit({ node, port = '', at, message }: Visit): (end: VisitEnd) => void {
    if (this.steps.length >= MOST_STEPS || this.#chars > MOST_CHARS) {
      this.isCut = true;
      return () => undefined;
    }
    const began = message === undefined ? undefined : this.#show(message);
    const step: DryStep = { node, at, port, ...(began === undefined ? {} : { in: began }), out: [] };
    // Its place among the others is that of its beginning. A timer is worth a line only when something came of it.
    if (message !== undefined) this.steps.push(step);
    return (end) => {
      if (message === undefined && (end.out.length > 0 || end.error !== undefined)) this.steps.push(step);
      this.#end(step, end);
      if (end.error !== undefined) this.#told.add(failureKey(node, message));
    };
  }

  asked({ node, at, message }: Visit, what: string): { more(text: string): void } {
    if (message === undefined || this.effects.length >= MOST_EFFECTS || this.#chars > MOST_CHARS) {
      this.isCut = true;
      return { more: () => undefined };
    }
    const effect = { node, at, what, message: this.#show(message) };
    this.effects.push(effect);
    return { more: (text) => void (effect.what += text) };
  }

  /** Takes in failures that happened around a node and not in it, as a call that took too long. */
  notice(notice: Notice, at: number): void {
    if (notice.kind !== 'error') return;
    const { node, sentence: error, message } = notice;
    if (this.#told.has(failureKey(node, message))) return;
    if (this.steps.length >= MOST_STEPS) this.isCut = true;
    else {
      const shown = message === undefined ? {} : { in: this.#show(message) };
      this.steps.push({ node, at, port: '', ...shown, out: [], error });
    }
  }

  #end(step: DryStep, { out, error }: VisitEnd): void {
    for (const { port, message } of out) {
      if (step.out.length >= MOST_OUT || this.#chars > MOST_CHARS) {
        this.isCut = true;
        break;
      }
      step.out.push({ port, message: this.#show(message) });
    }
    if (error !== undefined) step.error = error;
  }

  #show(message: Message): ShownMessage {
    const shown = showMessage(message);
    this.#chars += JSON.stringify(shown).length;
    return shown;
  }
}

function failureKey(node: string, message: Message | undefined): string {
  return `${node} ${message?.id ?? ''}`;
}
