import type { Settled } from '@sluice/shared/node/implementNode.ts';
import type { Ledger, Ticket } from './acknowledge.ts';
import { createLedger } from './acknowledge.ts';
import type { Circuit } from './circuit.ts';
import type { Committer } from './commit.ts';
import type { Waiting } from './lanes.ts';
import type { FlowNotices } from './notices.ts';
import type { FailedMessage, Pass, PassEffects, PassEntry, PortMessages } from './pass.ts';
import { failedMessage } from './pass.ts';
import type { SegmentEnd } from './segment.ts';
import { MOST_WAITING } from './segment.ts';
import type { FlowChanges, PendingMessage, Shell, StoredTimer } from './shell.ts';
import type { FlowState } from './flowState.ts';
import type { FlowTimers } from './timers.ts';

const OVERFULL = `More than ${MOST_WAITING} messages wait at this node already, so this one was put aside. Make fewer messages out of one, or make the node faster.`;

/** What a pass came of, as far as acknowledging depends on it; see `acknowledge.ts`. */
interface Cause {
  readonly ticket: Ticket;
  readonly pendingDone: readonly string[];
  readonly isTimer: boolean;
}

export interface FlowParts {
  readonly flow: string;
  readonly shell: Shell;
  readonly circuit: Circuit;
  readonly pass: Pass;
  readonly committer: Committer;
  readonly state: FlowState;
  readonly timers: FlowTimers;
  readonly notices: FlowNotices;
  /** By index of the node; filled by `startFlow` before anything runs. */
  readonly ends: ReadonlyMap<number, SegmentEnd>;
  /** Called when messages are through, so that what waits for room may look again. */
  readonly roomMade: () => void;
  /** Called when the next due time may be another one. */
  readonly timersChanged: () => void;
}

/** Runs passes and performs their effects: the one place of a flow where calculation turns into deeds (EN15). */
export class FlowWork {
  readonly #parts: FlowParts;
  readonly ledger: Ledger;
  #isPassing = false;
  #isStopped = false;

  constructor(parts: FlowParts) {
    this.#parts = parts;
    this.ledger = createLedger(parts.roomMade);
  }

  /** False outside of passes: then a change of state has no pass that would commit it. */
  get isPassing(): boolean {
    return this.#isPassing;
  }

  /** A batch that a source has brought. */
  runBatch(entry: PassEntry, messages: number, settled: ((outcome: Settled) => void) | undefined): void {
    this.#run(entry, { ticket: this.ledger.open(messages, settled), pendingDone: [], isTimer: false });
  }

  /** A message that was put in by hand: nobody waits for it, and there is always room for it. */
  runByHand(entry: PassEntry): void {
    this.runBatch(entry, 0, undefined);
  }

  /** The same for a node that ends a segment: the message has to wait its turn. */
  queueByHand(end: SegmentEnd, arrivals: readonly PortMessages[]): void {
    const ticket = this.ledger.open(0);
    for (const { port, messages } of arrivals) {
      for (const message of messages) {
        this.ledger.hold(ticket);
        end.add({ port, message, isCaught: false, ticket, pendingId: undefined });
      }
    }
    this.ledger.release(ticket);
  }

  /** What came of a call of a node that ends a segment. */
  runCalled(taken: readonly Waiting[], entry: PassEntry): void {
    let sequence = Number.POSITIVE_INFINITY;
    const pendingDone: string[] = [];
    for (const waiting of taken) {
      sequence = Math.min(sequence, waiting.ticket.sequence);
      if (waiting.pendingId !== undefined) pendingDone.push(waiting.pendingId);
    }
    const ticket = this.ledger.open(
      0,
      (outcome) => {
        if (outcome === 'done') for (const waiting of taken) this.ledger.release(waiting.ticket);
      },
      sequence,
    );
    this.#run(entry, { ticket, pendingDone, isTimer: false });
    this.#parts.roomMade();
  }

  /**
   * Runs timers that are due at `now`, in due order, in at most `passes` passes. Those that are set meanwhile are left
   * for the next time, so a node that sets one for now cannot keep the flow here. `isFull` tells for a node that it has
   * to wait (EN5); then the answer is false.
   */
  runTimers(now: number, passes: number, isFull: (node: number) => boolean): boolean {
    const { timers } = this.#parts;
    const before = timers.mark();
    for (let pass = 0; pass < passes; pass++) {
      const node = timers.peek(now, before);
      if (node === undefined) return true;
      if (isFull(node)) return false;
      const due = timers.takeDue(node, now, before);
      this.#run(
        { node, isCaught: false, due },
        { ticket: this.ledger.open(0), pendingDone: [], isTimer: true },
      );
    }
    return true;
  }

  /** Puts back messages that were accepted before the last stop. */
  restore(pending: readonly PendingMessage[], indexOf: (id: string) => number | undefined): void {
    for (const { id, node, port, message, isCaught } of pending) {
      const index = indexOf(node);
      const end = index === undefined ? undefined : this.#parts.ends.get(index);
      const ticket = this.ledger.open(0);
      if (index === undefined || !this.#takesMessages(index))
        this.#buryOrphan({ id, node, port, message, isCaught }, ticket);
      else if (end !== undefined) end.add({ port, message, isCaught, ticket, pendingId: id });
      else {
        const entry = { node: index, isCaught, arrivals: [{ port, messages: [message] }] };
        this.#run(entry, { ticket, pendingDone: [id], isTimer: false });
      }
    }
  }

  /** Strikes out timers of nodes that are not in this version. */
  forgetTimers(orphans: readonly StoredTimer[]): void {
    if (orphans.length === 0) return;
    const timers = orphans.map((timer) => ({ ...timer, dueAt: undefined }));
    const { flow, committer } = this.#parts;
    committer.add({ flow, state: [], timers, pendingAdded: [], pendingDone: [], deadLetters: [] });
  }

  /** Commits what nodes have changed outside of a pass. */
  commitChanges(): void {
    const { state, timers } = this.#parts;
    if (this.#isStopped || !(state.hasChanges() || timers.hasChanges())) return;
    const effects = { arrived: [], deadLetters: [], errors: [] };
    this.#perform(effects, { ticket: this.ledger.open(0), pendingDone: [], isTimer: false });
  }

  /** From now on nothing is run or changed any more. */
  stop(): void {
    this.#isStopped = true;
    this.ledger.refuse();
  }

  #run(entry: PassEntry, cause: Cause): void {
    if (this.#isStopped) return;
    this.#isPassing = true;
    const effects = this.#parts.pass.run(entry);
    this.#isPassing = false;
    this.#perform(effects, cause);
  }

  #perform(effects: PassEffects, cause: Cause): void {
    const { flow, state, timers, committer, notices, circuit } = this.#parts;
    notices.show(effects.errors);
    const stateChanges = state.takeChanges();
    const timerChanges = timers.takeChanges();
    const isDurable =
      cause.isTimer || cause.pendingDone.length > 0 || stateChanges.length > 0 || timerChanges.length > 0;
    const refused: FailedMessage[] = [];
    const pendingAdded = this.#queue(effects, cause.ticket, isDurable, refused);
    if (refused.length > 0) this.#noteRefused(refused);
    const deadLetters = [...effects.deadLetters, ...refused];
    if (isDurable || deadLetters.length > 0) {
      const changes: FlowChanges = {
        flow,
        state: stateChanges,
        timers: timerChanges.map(({ node, ...timer }) => ({ ...timer, node: idOf(circuit, node) })),
        pendingAdded,
        pendingDone: cause.pendingDone,
        deadLetters: deadLetters.map((letter) => this.#letter(idOf(circuit, letter.node), letter)),
      };
      committer.add(changes);
    }
    if (timerChanges.length > 0) this.#parts.timersChanged();
    committer.whenDurable(() => this.ledger.release(cause.ticket));
  }

  /** Queues what has arrived at the ends of the segment; gives what has to be kept on disk of it. */
  #queue(
    { arrived }: PassEffects,
    cause: Ticket,
    isDurable: boolean,
    refused: FailedMessage[],
  ): readonly PendingMessage[] {
    if (arrived.length === 0) return [];
    const { shell, ends, circuit } = this.#parts;
    // Messages on disk hold no source back; a ticket of their own tells `settled` that they are under way.
    const ticket = isDurable ? this.ledger.open(0, undefined, cause.sequence) : cause;
    const kept: PendingMessage[] = [];
    for (const { node, port, messages, isCaught } of arrived) {
      const end = ends.get(node);
      for (const message of messages) {
        if (end === undefined || end.waiting >= MOST_WAITING) {
          const failed = failedMessage(message, OVERFULL, idOf(circuit, node));
          refused.push({ node, port, message: failed, sentence: OVERFULL });
          continue;
        }
        const pendingId = isDurable ? shell.newId() : undefined;
        this.ledger.hold(ticket);
        end.add({ port, message, isCaught, ticket, pendingId });
        if (pendingId !== undefined)
          kept.push({ id: pendingId, node: idOf(circuit, node), port, message, isCaught });
      }
    }
    if (isDurable) this.ledger.release(ticket);
    return kept;
  }

  #noteRefused(refused: readonly FailedMessage[]): void {
    const { circuit, notices } = this.#parts;
    notices.show(refused);
    for (const { node } of refused) {
      const counters = circuit.nodes[node]?.counters;
      if (counters === undefined) continue;
      counters.errors += 1;
      counters.deadLetters += 1;
    }
  }

  #letter(node: string, failed: Pick<PendingMessage, 'port' | 'message'> & { sentence: string }) {
    const { newId, clock } = this.#parts.shell;
    const { port, message, sentence } = failed;
    return { id: newId(), node, port, at: clock.now(), sentence, message };
  }

  #takesMessages(node: number): boolean {
    return this.#parts.ends.has(node) || this.#parts.circuit.nodes[node]?.step !== undefined;
  }

  /** A message for a node that is not in this version goes where a person can see it (EN7). */
  #buryOrphan({ id, node, port, message }: PendingMessage, ticket: Ticket): void {
    const sentence = `The message waited at the node “${node}”, which this version of the flow does not have or cannot bring it to.`;
    const { committer, flow } = this.#parts;
    const failed = failedMessage(message, sentence, node);
    const deadLetters = [this.#letter(node, { port, message: failed, sentence })];
    committer.add({ flow, state: [], timers: [], pendingAdded: [], pendingDone: [id], deadLetters });
    committer.whenDurable(() => this.ledger.release(ticket));
  }
}

function idOf(circuit: Circuit, node: number): string {
  return circuit.nodes[node]?.planned.id ?? '';
}
