import type { Message } from '@sluice/shared/message/message.ts';
import type { Reading } from './reading.ts';
import { nameOf, readingOf } from './reading.ts';

export interface OrderingParts {
  readonly broken: (sentence: string) => void;
  /** Readings that the broker took, by device. */
  readonly sent: ReadonlyMap<string, readonly Reading[]>;
  /** What has lost its place by the rules, or may have. */
  isExcused(reading: Reading, target: string): boolean;
}

/** Holds what targets take to what was sent (EN6), and to its order by device (EN4). */
export class Ordering {
  readonly #parts: OrderingParts;
  /** By target and device: the greatest sequence that was taken. */
  readonly #greatest = new Map<string, number>();

  constructor(parts: OrderingParts) {
    this.#parts = parts;
  }

  mustBeSent(target: string, message: Message): void {
    const reading = readingOf(message);
    if (reading === undefined) return;
    const sent = this.#parts.sent.get(reading.device)?.[reading.sequence - 1];
    if (sent !== undefined && sent.value === reading.value && sent.time === reading.time) return;
    this.#parts.broken(`[EN6] ${target} got ${nameOf(reading)}, which nobody sent so`);
  }

  /** To be called for what is taken for the first time. */
  mustBeInOrder(target: string, message: Message): void {
    const reading = readingOf(message);
    if (reading === undefined || this.#parts.isExcused(reading, target)) return;
    const place = `${target} ${reading.device}`;
    const greatest = this.#greatest.get(place) ?? 0;
    if (reading.sequence < greatest)
      this.#parts.broken(`[EN4] ${target} got ${nameOf(reading)} after ${reading.device}#${greatest}`);
    this.#greatest.set(place, Math.max(greatest, reading.sequence));
  }
}
