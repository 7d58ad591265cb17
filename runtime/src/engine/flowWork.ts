import type { Message } from '@sluice/shared/message/message.ts';
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
import type { FlowChanges, PendingMessage, PendingNode, Shell, StoredTimer } from './shell.ts';
import type { FlowState } from './flowState.ts';
import { sizeOf } from './roughSize.ts';
import type { FlowTimers } from './timers.ts';
import type { Tracer, TraceRun } from './trace.ts';

/** How many messages are read from the disk at once. */
const PAGE = 1_000;

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
  #circuit: Circuit;
  #pass: Pass;
  /** Of the last message that came to a node that ends a segment. */
  #sequence = 0;
  #isPassing = false;
  #isStopped = false;

  constructor(parts: FlowParts, circuit: Circuit, pass: Pass) {
    this.#parts = parts;
    this.#circuit = circuit;
    this.#pass = pass;
    this.ledger = createLedger(parts.shell.clock, parts.roomMade);
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
    const pendingDone: number[] = [];
    for (const waiting of taken) {
      if (waiting.ticket !== undefined) sequence = Math.min(sequence, waiting.ticket.sequence);
      if (waiting.storedBytes !== undefined) pendingDone.push(waiting.sequence);
    }
    const ticket = this.ledger.open(
      0,
      (outcome) => {
        if (outcome === 'done') this.#letGo(taken);
      },
      Number.isFinite(sequence) ? sequence : undefined,
    );
    const traced = taken.flatMap((waiting) => waiting.traced ?? []);
    const trace = traced[0]?.trace;
    trace?.resume(traced, this.#circuit.nodes[entry.node]);
    this.#run(entry, { ticket, pendingDone, isTimer: false }, trace);
    this.#parts.roomMade();
  }

  /** Puts on disk what is not there yet; when it is, nothing is held back by these any more (EN8). */
  store(node: number, waiting: readonly Waiting[]): void {
    const pendingAdded = waiting
      .filter(({ storedBytes }) => storedBytes === undefined)
      .map((one) => this.#row(idOf(this.#circuit, node), one));
    this.#parts.committer.add({ ...this.#noChanges(), pendingAdded });
    const held = waiting.flatMap(({ ticket }) => ticket ?? []);
    for (const one of waiting) one.ticket = undefined;
    this.#parts.committer.whenDurable(() => {
      for (const ticket of held) this.ledger.release(ticket);
    });
  }

  /** Gives messages on disk a ticket, so that a stop waits for them. */
  hold(waiting: readonly Waiting[]): void {
    const ticket = this.ledger.open(0);
    for (const one of waiting) {
      if (one.ticket !== undefined) continue;
      this.ledger.hold(ticket);
      one.ticket = ticket;
    }
    this.ledger.release(ticket);
  }

  /** Messages of a node that are on disk, after a sequence; `undefined` while the disk cannot be written. */
  read(node: number, after: number, most: number): readonly Waiting[] | undefined {
    const { committer, shell, flow } = this.#parts;
    // What was added a moment ago is there only after a commit.
    if (!committer.flush()) return undefined;
    return shell.store.readPending(flow, idOf(this.#circuit, node), after, most).map(waitingOf);
  }

  /** Drops all that waits for a node's target; how many messages that were. */
  empty(end: SegmentEnd): number {
    const { committer } = this.#parts;
    const inMemory = end.empty();
    const pendingDone = inMemory.flatMap(({ storedBytes, sequence }) =>
      storedBytes === undefined ? [] : sequence,
    );
    committer.add({ ...this.#noChanges(), pendingDone });
    committer.whenDurable(() => this.#letGo(inMemory));
    let dropped = inMemory.length;
    let last = inMemory.at(-1)?.sequence ?? 0;
    for (let page = this.read(end.node, last, PAGE); page !== undefined && page.length > 0; ) {
      dropped += page.length;
      committer.add({ ...this.#noChanges(), pendingDone: page.map(({ sequence }) => sequence) });
      last = page.at(-1)?.sequence ?? last;
      page = this.read(end.node, last, PAGE);
    }
    end.wake();
    return dropped;
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

  /** Puts back messages that were accepted before the last stop. */
  restore(pending: readonly PendingNode[]): void {
    for (const { lastSequence } of pending) this.#sequence = Math.max(this.#sequence, lastSequence);
    for (const { node, count, bytes } of pending) {
      const index = this.#parts.indexOf(node);
      const end = index === undefined ? undefined : this.#parts.ends.get(index);
      if (end !== undefined) end.found(count, bytes);
      else this.#handleStored(node, 0);
    }
  }

  #handleStored(node: string, after: number): void {
    const { store } = this.#parts.shell;
    let page = store.readPending(this.#parts.flow, node, after, PAGE);
    while (page.length > 0) {
      for (const pending of page) this.#handleOne(node, waitingOf(pending));
      page = store.readPending(this.#parts.flow, node, page.at(-1)?.sequence ?? 0, PAGE);
    }
  }

  #handleOne(node: string, waiting: Waiting): void {
    const index = this.#parts.indexOf(node);
    if (index === undefined || this.#circuit.nodes[index]?.step === undefined)
      return this.#bury(node, waiting);
    const { isCaught, port, message } = waiting;
    this.runCalled([waiting], { node: index, isCaught, arrivals: [{ port, messages: [message] }] });
  }

  /** Strikes out timers of nodes that are not in this version. */
  forgetTimers(orphans: readonly StoredTimer[]): void {
    if (orphans.length === 0) return;
    const timers = orphans.map((timer) => ({ ...timer, dueAt: undefined }));
    this.#parts.committer.add({ ...this.#noChanges(), timers });
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

  /**
   * Messages that waited in an end whose node has no queue any more: they go in at once, or where people see them. Those
   * that are being handled are left alone.
   */
  handleLeft(node: string, end: SegmentEnd): void {
    for (const waiting of end.empty()) this.#handleOne(node, waiting);
    // What was struck out a moment ago is there until a commit.
    if (this.#parts.committer.flush()) this.#handleStored(node, end.windowEnd);
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
        deadLetters: deadLetters.map((letter) => this.#letter(idOf(circuit, letter.node), letter)),
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
    for (const { node, port, messages, isCaught } of arrived) {
      const end = ends.get(node);
      if (isDurable) end?.storeOlder(messages);
      for (const message of messages) {
        if (end === undefined || end.inMemory >= MOST_WAITING) {
          const failed = failedMessage(message, OVERFULL, idOf(circuit, node));
          refused.push({ node, port, message: failed, sentence: OVERFULL });
          continue;
        }
        const waiting = this.#waitingFor(message, port, isCaught);
        const at = circuit.nodes[node];
        if (at !== undefined) waiting.traced = trace?.waitsAt(at, port, message);
        if (isDurable || end.storesArrivals) kept.push(this.#row(idOf(circuit, node), waiting));
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

  #waitingFor(message: Message, port: string, isCaught: boolean): Waiting {
    this.#sequence += 1;
    return {
      sequence: this.#sequence,
      port,
      message,
      isCaught,
      at: this.#parts.shell.clock.now(),
      ticket: undefined,
      storedBytes: undefined,
      tries: 0,
      triedAfter: -1,
      traced: undefined,
    };
  }

  /** The row by which a message is kept on disk; from now on it counts as being there. */
  #row(node: string, waiting: Waiting): PendingMessage {
    const { sequence, port, message, isCaught, at } = waiting;
    const bytes = sizeOf(message);
    waiting.storedBytes = bytes;
    return { sequence, node, port, message, isCaught, at, bytes };
  }

  #letGo(waiting: readonly Waiting[]): void {
    for (const { ticket } of waiting) if (ticket !== undefined) this.ledger.release(ticket);
  }

  #noChanges(): FlowChanges {
    const { flow } = this.#parts;
    return { flow, state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters: [] };
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

  #letter(node: string, failed: Pick<PendingMessage, 'port' | 'message'> & { sentence: string }) {
    const { newId, clock } = this.#parts.shell;
    const { port, message, sentence } = failed;
    return { id: newId(), node, port, at: clock.now(), sentence, message };
  }

  /** A message for a node that is not in this version goes where a person can see it (EN7). */
  #bury(node: string, waiting: Waiting): void {
    const { committer } = this.#parts;
    const { port, sequence, storedBytes } = waiting;
    const sentence = `The message waited at the node “${node}”, which this version of the flow does not have or cannot bring it to.`;
    const message = failedMessage(waiting.message, sentence, node);
    const deadLetters = [this.#letter(node, { port, message, sentence })];
    const pendingDone = storedBytes === undefined ? [] : [sequence];
    committer.add({ ...this.#noChanges(), pendingDone, deadLetters });
    committer.whenDurable(() => this.#letGo([waiting]));
  }
}

function plain(ticket: Ticket): Cause {
  return { ticket, pendingDone: [], isTimer: false };
}

/** A message as it comes from the disk. */
function waitingOf({ sequence, port, message, isCaught, at, bytes }: PendingMessage): Waiting {
  const kept = { sequence, port, message, isCaught, at, storedBytes: bytes };
  return { ...kept, ticket: undefined, tries: 0, triedAfter: -1, traced: undefined };
}

function idOf(circuit: Circuit, node: number): string {
  return circuit.nodes[node]?.planned.id ?? '';
}
