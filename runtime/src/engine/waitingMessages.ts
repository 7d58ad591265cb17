import type { Message } from '@sluice/shared/message/message.ts';
import type { Ledger } from './acknowledge.ts';
import type { Committer } from './commit.ts';
import type { Waiting } from './lanes.ts';
import type { TakenOut } from './flowNodes.ts';
import { failedMessage } from './pass.ts';
import type { PassEntry } from './pass.ts';
import { sizeOf } from './roughSize.ts';
import type { SegmentEnd } from './segment.ts';
import type { DeadLetterEntry, FlowChanges, PendingMessage, PendingNode, Shell } from './shell.ts';

/** How many messages are read from the disk at once. */
const PAGE = 1_000;

export interface WaitingMessagesOptions {
  readonly flow: string;
  readonly shell: Shell;
  readonly committer: Committer;
  readonly ledger: Ledger;
  /** The node at an index of the version that runs. */
  readonly idAt: (index: number) => string;
  readonly indexOf: (id: string) => number | undefined;
  /** The end of the segment at a node of the version that runs. */
  readonly endAt: (index: number) => SegmentEnd | undefined;
  /** Whether messages can go into the node at an index without waiting. */
  readonly isStep: (index: number) => boolean;
  readonly runCalled: (taken: readonly Waiting[], entry: PassEntry) => void;
}

/** Messages that wait at the nodes of a flow: how they are put on disk, read from there and held as under way. */
export class WaitingMessages {
  readonly #options: WaitingMessagesOptions;
  /** Of the last message that came to a node that ends a segment. */
  #sequence = 0;

  constructor(options: WaitingMessagesOptions) {
    this.#options = options;
  }

  /** A message that has come to a node now. */
  next(message: Message, port: string, isCaught: boolean, at: number): Waiting {
    this.#sequence += 1;
    return {
      sequence: this.#sequence,
      port,
      message,
      isCaught,
      at,
      ticket: undefined,
      storedBytes: undefined,
      tries: 0,
      triedAfter: -1,
      traced: undefined,
    };
  }

  /** The row by which a message is kept on disk; from now on it counts as being there. */
  row(node: number, waiting: Waiting): PendingMessage {
    const { sequence, port, message, isCaught, at } = waiting;
    const bytes = sizeOf(message);
    waiting.storedBytes = bytes;
    return { sequence, node: this.#options.idAt(node), port, message, isCaught, at, bytes };
  }

  /** Puts on disk what is not there yet; when it is, nothing is held back by these any more (EN8). */
  store(node: number, waiting: readonly Waiting[]): void {
    const { committer, ledger } = this.#options;
    const unstored = waiting.filter(({ storedBytes }) => storedBytes === undefined);
    if (unstored.length > 0) {
      committer.add({ ...this.noChanges(), pendingAdded: unstored.map((one) => this.row(node, one)) });
    }
    const held = waiting.flatMap(({ ticket }) => ticket ?? []);
    for (const one of waiting) one.ticket = undefined;
    committer.whenDurable(() => {
      for (const ticket of held) ledger.release(ticket);
    });
  }

  /** Gives messages on disk a ticket, so that a stop waits for them. */
  hold(waiting: readonly Waiting[]): void {
    const { ledger } = this.#options;
    const ticket = ledger.open(0);
    for (const one of waiting) {
      if (one.ticket !== undefined) continue;
      ledger.hold(ticket);
      one.ticket = ticket;
    }
    ledger.release(ticket);
  }

  /** Nothing is held back by these any more. */
  letGo(waiting: readonly Waiting[]): void {
    for (const { ticket } of waiting) if (ticket !== undefined) this.#options.ledger.release(ticket);
  }

  /** Messages of a node that are on disk, after a sequence; `undefined` while the disk cannot be written. */
  read(node: number, after: number, most: number): readonly Waiting[] | undefined {
    const { committer, shell, flow, idAt } = this.#options;
    // What was added a moment ago is there only after a commit.
    if (!committer.flush()) return undefined;
    return shell.store.readPending(flow, idAt(node), after, most).map(waitingOf);
  }

  /** Drops all that waits for a node's target, also on disk, if it can be written; how many messages that were. */
  empty(end: SegmentEnd): number {
    const inMemory = end.empty();
    this.#strikeOut(inMemory);
    let dropped = inMemory.length;
    for (let page = this.read(end.node, end.windowEnd, PAGE); page !== undefined && page.length > 0; ) {
      dropped += page.length;
      this.#strikeOut(page);
      page = this.read(end.node, page.at(-1)?.sequence ?? 0, PAGE);
    }
    return dropped;
  }

  /** Puts back messages that were accepted before the last stop. */
  restore(pending: readonly PendingNode[]): void {
    for (const { lastSequence } of pending) this.#sequence = Math.max(this.#sequence, lastSequence);
    const left: string[] = [];
    for (const { node, count, bytes } of pending) {
      const end = this.#options.endAt(this.#options.indexOf(node) ?? -1);
      if (end === undefined) left.push(node);
      else end.found(count, bytes);
    }
    // What comes of these goes behind what waits already.
    for (const node of left) this.#handleStored(node, 0);
  }

  /**
   * Messages that waited in an end whose node has no queue any more: they go in at once, or where people see them. Those
   * that are being handled are left alone.
   */
  handleLeft(node: string, end: SegmentEnd): void {
    for (const waiting of end.empty()) this.#handleOne(node, waiting);
    // What was struck out a moment ago is there until a commit.
    if (this.#options.committer.flush()) this.#handleStored(node, end.windowEnd);
  }

  /**
   * What came of messages whose node was taken out meanwhile: there is no way on any more, so it goes where people see
   * it (EN12).
   */
  buryOutcome(
    { node, wired }: TakenOut,
    taken: readonly Waiting[],
    { emitted = [], failures = [] }: Pick<PassEntry, 'emitted' | 'failures'>,
  ): void {
    const sentence = `The node “${node}” was taken out of the flow while it worked on this, so what it made of it went nowhere.`;
    const made = emitted
      .filter(({ port }) => wired.has(port))
      .flatMap(({ port, messages }) => messages.map((message) => ({ port, message, sentence })));
    const letters = [...made, ...failures].map((one) =>
      this.letter(node, { ...one, message: failedMessage(one.message, one.sentence, node) }),
    );
    this.#strikeOut(taken, letters);
  }

  /** Changes that change nothing, to be filled. */
  noChanges(): FlowChanges {
    const { flow } = this.#options;
    return { flow, state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters: [] };
  }

  /** The entry of a message that nobody could handle (EN7). */
  letter(node: string, failed: Pick<DeadLetterEntry, 'port' | 'message' | 'sentence'>): DeadLetterEntry {
    const { newId, clock } = this.#options.shell;
    const { port, message, sentence } = failed;
    return { id: newId(), node, port, at: clock.now(), sentence, message };
  }

  #handleStored(node: string, after: number): void {
    const { shell, flow } = this.#options;
    let page = shell.store.readPending(flow, node, after, PAGE);
    while (page.length > 0) {
      for (const pending of page) this.#handleOne(node, waitingOf(pending));
      page = shell.store.readPending(flow, node, page.at(-1)?.sequence ?? 0, PAGE);
    }
  }

  #handleOne(node: string, waiting: Waiting): void {
    const index = this.#options.indexOf(node);
    if (index === undefined || !this.#options.isStep(index)) return this.#bury(node, waiting);
    const { isCaught, port, message } = waiting;
    this.#options.runCalled([waiting], { node: index, isCaught, arrivals: [{ port, messages: [message] }] });
  }

  /** A message for a node that is not in this version goes where a person can see it (EN7). */
  #bury(node: string, waiting: Waiting): void {
    const { port } = waiting;
    const sentence = `The message waited at the node “${node}”, which this version of the flow does not have or cannot bring it to.`;
    const message = failedMessage(waiting.message, sentence, node);
    this.#strikeOut([waiting], [this.letter(node, { port, message, sentence })]);
  }

  #strikeOut(waiting: readonly Waiting[], deadLetters: readonly DeadLetterEntry[] = []): void {
    const { committer } = this.#options;
    committer.add({ ...this.noChanges(), pendingDone: storedAmong(waiting), deadLetters });
    committer.whenDurable(() => this.letGo(waiting));
  }
}

/** Sequences of those that are on disk. */
export function storedAmong(waiting: readonly Waiting[]): readonly number[] {
  return waiting.flatMap(({ storedBytes, sequence }) => (storedBytes === undefined ? [] : sequence));
}

/** A message as it comes from the disk. */
function waitingOf({ sequence, port, message, isCaught, at, bytes }: PendingMessage): Waiting {
  const kept = { sequence, port, message, isCaught, at, storedBytes: bytes };
  return { ...kept, ticket: undefined, tries: 0, triedAfter: -1, traced: undefined };
}
