import type { Message } from '@sluice/shared/message/message.ts';
import type { Outbox } from '@sluice/shared/protocol/running.ts';
import type { RunningFlow } from '../runningFlow.ts';
import type { Life } from './agenda.ts';
import type { Disk, Written } from './disk.ts';
import type { Reading } from './reading.ts';
import { nameOf, nameOfMessage, readingOf } from './reading.ts';
import type { Rig, Tuning } from './rig.ts';

/** Of a full outbox that gives way, so much of its cap is free again at least (EN8). */
const LEAST_KEPT = 0.95;
/** No message of a simulation takes more, bytes. */
const LARGEST = 600;

export interface GivenUpParts {
  readonly rig: Rig;
  readonly tuning: Tuning;
  readonly disk: Disk;
  readonly broken: (sentence: string) => void;
  isDelivered(name: string, target: string): boolean;
}

/** What was given up at one sink. */
interface Sink {
  /** Messages that have left the disk and went nowhere. */
  readonly vanished: Map<string, Message>;
  /** Names of these, and of those that were in memory only. */
  readonly names: Set<string>;
  /** Of those on disk: had to give way, nobody emptied the outbox. */
  droppedRows: number;
  /** Of those in memory only. */
  droppedUnwritten: number;
  /** Bytes that waited after the step before; `undefined` when nobody can tell. */
  bytesBefore: number | undefined;
  /** How many were said to have been dropped, in lives that are over and in this one. */
  droppedBefore: number;
  droppedNow: number;
  /** How many were said to have gone when a person emptied the outbox. */
  cleared: number;
  /** Messages on disk that a person has dropped. */
  readonly clearedRows: Set<string>;
  /** Names that may have been in memory only when a person emptied the outbox. */
  clearable: ReadonlySet<string>;
  /** The same, of all lives. */
  everClearable: ReadonlySet<string>;
  /** Taken, and nobody heard of it: an outbox may give these up as well. */
  unheard: number;
}

/**
 * What full outboxes and people have given up (EN8): no more than was said, the oldest first, and nothing that goes out
 * all the same. Messages are told apart by their id, which one that the broker sends again has anew.
 */
export class GivenUp {
  readonly #parts: GivenUpParts;
  readonly #sinks: ReadonlyMap<string, Sink>;
  /** Targets and messages that this life has tried. */
  readonly #tried = new Set<string>();
  readonly #underWay = new Set<string>();
  #hasDied = false;

  constructor(parts: GivenUpParts) {
    this.#parts = parts;
    this.#sinks = new Map(parts.rig.targets.map((target) => [target, emptySink()]));
  }

  /** Messages that were on disk and went nowhere, each once. */
  get messages(): readonly Message[] {
    return [...this.#sinks.values()].flatMap(({ vanished }) => [...vanished.values()]);
  }

  /** Whether one of this name was given up at one of these sinks. */
  has(name: string, sinks: readonly string[]): boolean {
    return sinks.some((sink) => this.#sinks.get(sink)?.names.has(name) === true);
  }

  /** The same, also where a process died before that was written: then it comes again, behind others. */
  mayHave(name: string, sink: string): boolean {
    const found = this.#sinks.get(sink);
    return (
      found !== undefined && (found.everClearable.has(name) || this.has(name, [sink]) || hasUnnamed(found))
    );
  }

  hasAnywhere(name: string): boolean {
    return this.#sinks.values().some(({ names }) => names.has(name));
  }

  /**
   * A reading is nowhere. It may have been given up before it was written, as far as a sink has told of so many; then it
   * counts as one of these.
   */
  accountFor(reading: Reading, sinks: readonly string[]): boolean {
    const name = nameOf(reading);
    const isDropping = this.#parts.tuning.sink.whenFull === 'drop-oldest';
    for (const node of sinks) {
      const sink = this.#sinks.get(node);
      if (sink === undefined || !hasUnnamed(sink)) continue;
      const isCleared = sink.clearable.has(name);
      if (!isCleared && !(isDropping && this.#wasOldest(node, reading))) continue;
      sink.names.add(name);
      if (!isCleared) sink.droppedUnwritten += 1;
      return true;
    }
    return false;
  }

  /** Whether sinks have told of more than anybody can name: of what nodes made, and was given up before it was written. */
  get hasUnnamed(): boolean {
    return this.#sinks.values().some(hasUnnamed);
  }

  began(target: string, messages: readonly Message[]): void {
    for (const message of messages) {
      this.#tried.add(idOf(target, message));
      this.#underWay.add(idOf(target, message));
    }
  }

  ended(target: string, messages: readonly Message[]): void {
    for (const message of messages) this.#underWay.delete(idOf(target, message));
  }

  taken(target: string, message: Message): void {
    if (this.#sinks.get(target)?.vanished.has(message.id) === true)
      this.#broken(`${nameOfMessage(message)} was given up and came to ${target} all the same`);
  }

  unheard(target: string): void {
    const sink = this.#sinks.get(target);
    if (sink !== undefined) sink.unheard += 1;
  }

  /** The disk has written something: what has left it and is nowhere else was given up. */
  written({ gone, isElsewhere, left }: Written): void {
    for (const [node, rows] of Map.groupBy(gone, (row) => row.node)) {
      const sink = this.#sinks.get(node);
      if (sink === undefined) continue;
      const nowhere = rows.filter(({ name }) => !isElsewhere(name) && !this.#parts.isDelivered(name, node));
      for (const { name, message } of nowhere) {
        sink.vanished.set(message.id, message);
        sink.names.add(name);
      }
      const dropped = nowhere.filter(({ message }) => !sink.clearedRows.has(message.id));
      sink.droppedRows += dropped.length;
      if (dropped.length > 0) this.#mustBeOldest(node, dropped, left(node));
    }
  }

  /** To be called after each step, and when a life is over. */
  look(flow: RunningFlow): void {
    if (this.#parts.tuning.sink.whenFull === 'drop-oldest') this.#lookAtDropped(flow);
    for (const [node, sink] of this.#sinks)
      if (sink.names.size > toldBy(sink))
        this.#broken(`${sink.names.size} messages were given up at ${node}, and it told of ${toldBy(sink)}`);
  }

  #lookAtDropped(flow: RunningFlow): void {
    const outboxes = new Map(flow.outboxes().map((outbox) => [outbox.node, outbox]));
    for (const [node, sink] of this.#sinks) {
      const outbox = outboxes.get(node);
      if (outbox !== undefined && outbox.dropped > sink.droppedNow) {
        this.#mustNeedRoom(sink, outbox);
        sink.droppedNow = outbox.dropped;
      }
      sink.bytesBefore = outbox?.bytes;
    }
  }

  /** A person empties the outbox of a sink. */
  clear(node: string, flow: RunningFlow, life: Life, owed: ReadonlySet<string>): void {
    const sink = this.#sinks.get(node);
    if (sink === undefined) return;
    const { disk } = this.#parts;
    const waiting = () =>
      disk.rowsOf(node).filter(({ name, message }) => {
        const isThrough = this.#parts.isDelivered(name, node);
        return !isThrough && !this.#underWay.has(idOf(node, message));
      });
    for (const { message } of waiting()) sink.clearedRows.add(message.id);
    sink.clearable = sink.clearable.union(owed);
    sink.everClearable = sink.everClearable.union(owed);
    const { cleared } = sink;
    // Until it says how many, any may be among them.
    sink.cleared = Number.POSITIVE_INFINITY;
    const told = flow.clearOutbox(node);
    sink.cleared = cleared + told;
    if (disk.isFull || life.isOver) return;
    const [first] = waiting();
    if (first !== undefined) this.#broken(`the outbox of ${node} was emptied and ${first.name} waits in it`);
  }

  /** What was in memory only is gone with the process; the broker sends it again. */
  lifeOver(): void {
    this.#hasDied = true;
    this.#tried.clear();
    this.#underWay.clear();
    for (const sink of this.#sinks.values()) {
      sink.droppedBefore += sink.droppedNow;
      sink.droppedNow = 0;
      sink.bytesBefore = undefined;
      sink.clearable = new Set();
      sink.clearedRows.clear();
    }
  }

  /** At the end of a run with one life in which nobody emptied anything: what sinks told of is what has gone. */
  overstated(): string | undefined {
    const sinks = [...this.#sinks.values()];
    if (this.#hasDied || sinks.some(({ everClearable }) => everClearable.size > 0)) return undefined;
    const told = sinks.reduce((sum, { droppedNow }) => sum + droppedNow, 0);
    const gone = sinks.reduce(
      (sum, sink) => sum + sink.droppedRows + sink.droppedUnwritten + sink.unheard,
      0,
    );
    return told > gone ? `[EN8] ${told} messages were said to have given way, and ${gone} did` : undefined;
  }

  /** The oldest give way. */
  #mustBeOldest(node: string, dropped: Written['gone'], left: Written['gone']): void {
    if (this.#parts.tuning.sink.whenFull === 'stop')
      this.#broken(`${dropped[0]?.name} was given up at ${node}, which stops when it is full`);
    const latest = Math.max(...dropped.map(({ sequence }) => sequence));
    const older = left.find(
      ({ sequence, message }) => sequence < latest && !this.#tried.has(idOf(node, message)),
    );
    if (older !== undefined)
      this.#broken(`newer messages than ${older.name} gave way at ${node}, which was never tried`);
  }

  /** Messages give way only where there is no room, and no more than needed. */
  #mustNeedRoom({ bytesBefore }: Sink, { node, bytes, maxBytes }: Outbox): void {
    if (bytesBefore !== undefined && bytesBefore <= maxBytes)
      this.#broken(`${node} gave up messages although it had room`);
    if (bytes + LARGEST < maxBytes * LEAST_KEPT) this.#broken(`${node} gave up more messages than it had to`);
  }

  /** Whether nothing older of its device waits on disk that was not tried. */
  #wasOldest(node: string, { device, sequence }: Reading): boolean {
    return !this.#parts.disk.rowsOf(node).some(({ message }) => {
      const other = readingOf(message);
      const isOlder = other?.device === device && other.sequence < sequence;
      return isOlder && !this.#tried.has(idOf(node, message));
    });
  }

  #broken(sentence: string): void {
    this.#parts.broken(`[EN8] ${sentence}`);
  }
}

function emptySink(): Sink {
  return {
    vanished: new Map(),
    names: new Set(),
    droppedRows: 0,
    droppedUnwritten: 0,
    bytesBefore: undefined,
    droppedBefore: 0,
    droppedNow: 0,
    cleared: 0,
    clearedRows: new Set(),
    clearable: new Set(),
    everClearable: new Set(),
    unheard: 0,
  };
}

function idOf(target: string, { id }: Message): string {
  return `${target} ${id}`;
}

function hasUnnamed(sink: Sink): boolean {
  return sink.names.size < toldBy(sink);
}

function toldBy({ cleared, droppedBefore, droppedNow }: Sink): number {
  return cleared + droppedBefore + droppedNow;
}
