import type { Clock } from '@sluice/shared/node/context.ts';
import type { Settled } from '@sluice/shared/node/implementNode.ts';
import { createGivenList } from './givenList.ts';

/**
 * Acknowledge last (EN6). A ticket stands for what came of one batch. It is held by
 *
 * 1. the pass that works on the batch,
 * 2. every message of it that waits in memory at a node that ends a segment, and what comes of it in turn,
 * 3. the commit of what the pass changed. A pass that changed nothing waits for commits that are outstanding too, as it
 *    may have read what they write.
 *
 * When nothing holds it, everything that came of the batch was accepted by its sinks, filtered, dead-lettered or
 * absorbed into state that is on disk, and the source is told `done`.
 *
 * The second rule alone would lose messages. A pass that changes state (`raised`) and hands the alert to a sink
 * commits the state; after a crash before the sink took the alert the source sends the batch again, the state says
 * that there is no transition any more, and the alert is gone. So a pass is **durable** when it changed state or
 * timers, came from a timer, or came of a message that is itself kept on disk; a durable pass writes the messages that
 * it hands to nodes that end the segment in the same commit (`pendingAdded`), and its ticket is free after that commit.
 * They are loaded and handled again after a crash, and struck out (`pendingDone`) in the commit of the pass that came
 * of handling them. The row of a timer goes in the commit of the pass that it started.
 *
 * Messages may be handled before the commit that keeps them is on disk: after a crash in between they are made again
 * from the batch that was not acknowledged. That is a duplicate, never a loss.
 */
export interface Ticket {
  readonly sequence: number;
  readonly messages: number;
  /** When it was opened, ms since the epoch. */
  readonly at: number;
  holds: number;
  /** Among those that are open. */
  place: number;
  /** `undefined` when it is done: a ticket that still lies in memory keeps no messages there. */
  finish: ((outcome: Settled) => void) | undefined;
}

export interface Ledger {
  /**
   * Opens a ticket with one hold. `messages` is what counts as under way. `sequence` is that of the ticket it came of,
   * where it came of one.
   */
  open(messages: number, finish?: (outcome: Settled) => void, sequence?: number): Ticket;
  hold(ticket: Ticket): void;
  release(ticket: Ticket): void;
  /** Messages taken in and not yet settled. */
  readonly underWay: number;
  /** When the oldest of them was taken in, ms since the epoch. */
  readonly oldestAt: number | undefined;
  /** Resolves when every ticket that is open now, and all that comes of them, is done. */
  settled(): Promise<void>;
  /** Refuses all that is open: its source must not acknowledge it. */
  refuse(): void;
}

/** `onDone` is called after each ticket that is done. */
export function createLedger(clock: Clock, onDone: () => void): Ledger {
  return new OpenTickets(clock, onDone);
}

class OpenTickets implements Ledger {
  readonly #clock: Clock;
  readonly #onDone: () => void;
  readonly #open = createGivenList<Ticket>();
  #waiters: { readonly until: number; readonly resolve: () => void }[] = [];
  #sequence = 0;
  underWay = 0;

  constructor(clock: Clock, onDone: () => void) {
    this.#clock = clock;
    this.#onDone = onDone;
  }

  get oldestAt(): number | undefined {
    return this.#open.values().find(({ messages }) => messages > 0)?.at;
  }

  open(messages: number, finish?: (outcome: Settled) => void, sequence?: number): Ticket {
    this.#sequence += 1;
    const at = messages > 0 ? this.#clock.now() : 0;
    const ticket: Ticket = {
      sequence: sequence ?? this.#sequence,
      messages,
      at,
      holds: 1,
      place: -1,
      finish,
    };
    ticket.place = this.#open.add(ticket);
    this.underWay += messages;
    return ticket;
  }

  hold(ticket: Ticket): void {
    ticket.holds += 1;
  }

  release(ticket: Ticket): void {
    ticket.holds -= 1;
    if (ticket.holds > 0 || this.#open.settle(ticket.place) === undefined) return;
    this.underWay -= ticket.messages;
    const { finish } = ticket;
    ticket.finish = undefined;
    finish?.('done');
    if (this.#waiters.length > 0) this.#wakeWaiters();
    this.#onDone();
  }

  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ until: this.#sequence, resolve });
      this.#wakeWaiters();
    });
  }

  refuse(): void {
    const refused = this.#open.values();
    this.#open.clear();
    this.underWay = 0;
    for (const ticket of refused) ticket.finish?.('refused');
    this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { sequence } of this.#open.values()) oldest = Math.min(oldest, sequence);
    const woken = this.#waiters.filter(({ until }) => until < oldest);
    this.#waiters = this.#waiters.filter(({ until }) => until >= oldest);
    for (const { resolve } of woken) resolve();
  }
}
