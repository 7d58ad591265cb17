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
import type { Tracer, TraceRun } from './trace.ts';
import { storedAmong, WaitingMessages } from './waitingMessages.ts';

const OVERFULL = `More than ${MOST_WAITING} messages wait at this node already, so this one was put aside. Make fewer messages out of one, or make the node faster.`;

/** What a pass came of, as far as acknowledging depends on it; see `acknowledge.ts`. */
interface Cause {
  readonly ticket: Ticket;
  readonly pendingDone: readonly number[];
  readonly isTimer: boolean;
}

interface Queued {
  readonly effects: PassEffects;
  readonly cause: Ticket;
  readonly isDurable: boolean;
  /** What finds no room is added to these. */
  readonly refused: FailedMessage[];
  readonly trace: TraceRun | undefined;
}

export interface FlowParts {
  readonly flow: string;
  readonly shell: Shell;
  readonly committer: Committer;
  readonly state: FlowState;
  readonly timers: FlowTimers;
  readonly notices: FlowNotices;
  readonly tracer: Tracer;
  /** By index of the node; filled by `startFlow` before anything runs. */
  readonly ends: ReadonlyMap<number, SegmentEnd>;
  /** Called when messages are through, so that what waits for room may look again. */
  readonly roomMade: () => void;
  /** Timers know nodes by a number that stays the same over versions. */
  readonly idOfSlot: (slot: number) => string;
  readonly indexOf: (id: string) => number | undefined;
  /** Called when the next due time may be another one. */
  readonly timersChanged: () => void;
}

/** Runs passes and performs their effects: the one place of a flow where calculation turns into deeds (EN15). */
export class FlowWork {
  readonly #parts: FlowParts;
  readonly ledger: Ledger;
  readonly waiting: WaitingMessages;
  #circuit: Circuit;
  #pass: Pass;
  #isPassing = false;
  #isStopped = false;

  constructor(parts: FlowParts, circuit: Circuit, pass: Pass) {
    this.#parts = parts;
    this.#circuit = circuit;
    this.#pass = pass;
    this.ledger = createLedger(parts.shell.clock, parts.roomMade);
    this.waiting = new WaitingMessages({
      flow: parts.flow,
      shell: parts.shell,
      committer: parts.committer,
      ledger: this.ledger,
      idAt: (index) => idOf(this.#circuit, index),
      indexOf: parts.indexOf,
      endAt: (index) => parts.ends.get(index),
      isStep: (index) => this.#circuit.nodes[index]?.step !== undefined,
      runCalled: (taken, entry) => this.runCalled(taken, entry),
    });
  }

  /** False outside of passes: then a change of state has no pass that would commit it. */
  get isPassing(): boolean {
    return this.#isPassing;
  }

  /** A batch that a source has brought. */
  runBatch(entry: PassEntry, messages: number, settled: ((outcome: Settled) => void) | undefined): void {
    const ticket = this.ledger.open(messages, settled);
    const parts = this.#parts.tracer.split(entry);
    if (parts === undefined) return this.#run(entry, plain(ticket));
    for (const part of parts) {
      this.ledger.hold(ticket);
      this.#run(part.entry, plain(ticket), part.trace);
    }
    this.ledger.release(ticket);
  }

  /** A message that was put in by hand: nobody waits for it, and there is always room for it. */
  runByHand(entry: PassEntry): void {
    this.runBatch(entry, 0, undefined);
  }

  /** The same for a node that ends a segment: the message has to wait its turn. */
  queueByHand(node: number, arrivals: readonly PortMessages[]): void {
    const arrived = arrivals.map((arrival) => ({ ...arrival, node, isCaught: false }));
    this.#perform({ arrived, deadLetters: [], errors: [] }, plain(this.ledger.open(0)));
  }

  /** What came of messages that are through a node that ends a segment. */
  runCalled(taken: readonly Waiting[], entry: PassEntry): void {
    let sequence = Number.POSITIVE_INFINITY;
    for (const { ticket } of taken) if (ticket !== undefined) sequence = Math.min(sequence, ticket.sequence);
    const ticket = this.ledger.open(
      0,
      (outcome) => {
        if (outcome === 'done') this.waiting.letGo(taken);
      },
      Number.isFinite(sequence) ? sequence : undefined,
    );
    const traced = taken.flatMap((waiting) => waiting.traced ?? []);
    const trace = traced[0]?.trace;
    trace?.resume(traced, this.#circuit.nodes[entry.node]);
    this.#run(entry, { ticket, pendingDone: storedAmong(taken), isTimer: false }, trace);
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
      const slot = timers.peek(now, before);
      if (slot === undefined) return true;
      const node = this.#parts.indexOf(this.#parts.idOfSlot(slot)) ?? -1;
      if (isFull(node)) return false;
      const due = timers.takeDue(slot, now, before);
      this.#run(
        { node, isCaught: false, due },
        { ticket: this.ledger.open(0), pendingDone: [], isTimer: true },
      );
    }
    return true;
  }

  /** Strikes out timers of nodes that are not in this version. */
  forgetTimers(orphans: readonly StoredTimer[]): void {
    if (orphans.length === 0) return;
    const timers = orphans.map((timer) => ({ ...timer, dueAt: undefined }));
    this.#parts.committer.add({ ...this.waiting.noChanges(), timers });
  }

  /** Commits what nodes have changed outside of a pass. */
  commitChanges(): void {
    const { state, timers } = this.#parts;
    if (this.#isStopped || !(state.hasChanges() || timers.hasChanges())) return;
    const effects = { arrived: [], deadLetters: [], errors: [] };
    this.#perform(effects, plain(this.ledger.open(0)));
  }

  /** Goes on with another version of the flow (EN12). */
  replan(circuit: Circuit, pass: Pass): void {
    this.#circuit = circuit;
    this.#pass = pass;
  }

  /** From now on nothing is run or changed any more. */
  stop(): void {
    this.#isStopped = true;
    this.ledger.refuse();
  }

  #run(entry: PassEntry, cause: Cause, trace?: TraceRun): void {
    if (this.#isStopped) return;
    this.#isPassing = true;
    const effects = this.#pass.run(entry, trace);
    this.#isPassing = false;
    this.#perform(effects, cause, trace);
    trace?.tell();
  }

  #perform(effects: PassEffects, cause: Cause, trace?: TraceRun): void {
    const { flow, state, timers, committer, notices, idOfSlot } = this.#parts;
    const circuit = this.#circuit;
    notices.show(effects.errors);
    const stateChanges = state.takeChanges();
    const timerChanges = timers.takeChanges();
    const isDurable =
      cause.isTimer || cause.pendingDone.length > 0 || stateChanges.length > 0 || timerChanges.length > 0;
    const refused: FailedMessage[] = [];
    const pendingAdded = this.#queue({ effects, cause: cause.ticket, isDurable, refused, trace });
    if (refused.length > 0) this.#noteRefused(refused);
    const deadLetters = [...effects.deadLetters, ...refused];
    if (isDurable || deadLetters.length > 0 || pendingAdded.length > 0) {
      const changes: FlowChanges = {
        flow,
        state: stateChanges,
        timers: timerChanges.map(({ node, ...timer }) => ({ ...timer, node: idOfSlot(node) })),
        pendingAdded,
        pendingDone: cause.pendingDone,
        deadLetters: deadLetters.map((letter) => this.waiting.letter(idOf(circuit, letter.node), letter)),
      };
      committer.add(changes);
    }
    if (timerChanges.length > 0) this.#parts.timersChanged();
    committer.whenDurable(() => this.ledger.release(cause.ticket));
  }

  /** Queues what has arrived at the ends of the segment; gives what has to be put on disk of it. */
  #queue({ effects: { arrived }, cause, isDurable, refused, trace }: Queued): readonly PendingMessage[] {
    if (arrived.length === 0) return [];
    const { ends } = this.#parts;
    const circuit = this.#circuit;
    // Messages on disk hold no source back; a ticket of their own tells `settled` that they are under way.
    const ticket = isDurable ? this.ledger.open(0, undefined, cause.sequence) : cause;
    const kept: PendingMessage[] = [];
    const now = this.#parts.shell.clock.now();
    for (const { node, port, messages, isCaught } of arrived) {
      const end = ends.get(node);
      if (isDurable) end?.storeOlder(messages);
      for (const message of messages) {
        if (end === undefined || end.inMemory >= MOST_WAITING) {
          const failed = failedMessage(message, OVERFULL, idOf(circuit, node));
          refused.push({ node, port, message: failed, sentence: OVERFULL });
          continue;
        }
        const waiting = this.waiting.next(message, port, isCaught, now);
        const at = circuit.nodes[node];
        if (at !== undefined) waiting.traced = trace?.waitsAt(at, port, message);
        if (isDurable || end.storesArrivals) kept.push(this.waiting.row(node, waiting));
        if (!end.storesArrivals) {
          this.ledger.hold(ticket);
          waiting.ticket = ticket;
        }
        end.add(waiting);
      }
    }
    if (isDurable) this.ledger.release(ticket);
    return kept;
  }

  #noteRefused(refused: readonly FailedMessage[]): void {
    const { notices } = this.#parts;
    notices.show(refused);
    for (const { node } of refused) {
      const counters = this.#circuit.nodes[node]?.counters;
      if (counters === undefined) continue;
      counters.errors += 1;
      counters.deadLetters += 1;
    }
  }
}

function plain(ticket: Ticket): Cause {
  return { ticket, pendingDone: [], isTimer: false };
}

function idOf(circuit: Circuit, node: number): string {
  return circuit.nodes[node]?.planned.id ?? '';
}
