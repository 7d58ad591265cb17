import { SluiceError } from '@sluice/shared/errors.ts';
import type { Json, Message } from '@sluice/shared/message/message.ts';
import type { StoredMessage } from '@sluice/shared/message/stored.ts';
import { fromStored, toStored } from '@sluice/shared/message/stored.ts';
import type {
  FlowChanges,
  PendingMessage,
  PendingNode,
  StateStore,
  StoredFlow,
  StoredState,
  StoredTimer,
} from '../shell.ts';
import type { Agenda, Life } from './agenda.ts';
import type { Random } from './random.ts';
import { nameOfMessage } from './reading.ts';
import type { Trace } from './trace.ts';

/** A dead letter as the disk has it. */
export interface KeptLetter {
  readonly name: string;
  readonly node: string;
  readonly sentence: string;
  readonly message: Message;
}

/** A message that waits on disk. */
interface WaitingRow {
  readonly node: string;
  readonly sequence: number;
  readonly name: string;
  readonly message: Message;
  readonly bytes: number;
}

/** What one write has taken off the disk. */
export interface Written {
  readonly gone: readonly WaitingRow[];
  /** Whether one of this name was put on disk elsewhere by the same write. */
  isElsewhere(name: string): boolean;
  /** What waits at a node now. */
  left(node: string): readonly WaitingRow[];
}

/**
 * A disk that keeps what was committed and nothing else. A commit is there as a whole or not at all: one that throws
 * has written nothing, one during which the process dies may have been written or not.
 */
export interface Disk {
  /** The store as one life of the process sees it; after its end nothing of it is written any more. */
  storeFor(life: Life): StateStore;
  isFull: boolean;
  /** Asked at each commit: whether the process dies in it. */
  isDeadly: () => boolean;
  /** When something was written last, ms since the beginning of the run. */
  readonly writtenAt: number;
  /** What it makes of what it has to write; as a rule nothing else. */
  spoil: (changes: FlowChanges) => FlowChanges;
  /** Told of each write that takes waiting messages off the disk. */
  written: (written: Written) => void;
  /** Damages a waiting message: it cannot be read any more. */
  damage(): void;
  /** Damaged messages that a reader was told of. */
  readonly setAside: readonly PendingMessage[];
  readonly letters: readonly KeptLetter[];
  /** Whether something of this name (`nameOfMessage`) waits at one of these nodes. */
  isWaiting(name: string, nodes: readonly string[]): boolean;
  /** Messages that wait, damaged or not. */
  readonly waiting: number;
  /** Names of all that waits. */
  waitingNames(): ReadonlySet<string>;
  /** What waits at a node. */
  rowsOf(node: string): readonly WaitingRow[];
  timers(): readonly StoredTimer[];
  /** Names of the messages that a node keeps in its state, under keys that fit. */
  namesHeld(node: string, fits: (key: string) => boolean): ReadonlySet<string>;
  /** Whether a node keeps a message of this name in its state. */
  isHeld(name: string, node: string): boolean;
  /** State of one node by key. */
  state(node: string): ReadonlyMap<string, Json>;
}

interface PendingRow extends Omit<PendingMessage, 'message'> {
  readonly message: string;
  readonly name: string;
  isDamaged: boolean;
}

interface StateRow extends Omit<StoredState, 'state'> {
  readonly state: string;
  /** Of the message that it is, once somebody has asked. */
  name: string | undefined;
}

export function createDisk(
  agenda: Agenda,
  random: Random,
  trace: Trace,
  broken: (sentence: string) => void,
): Disk {
  return new FakeDisk(agenda, random, trace, broken);
}

class FakeDisk implements Disk {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #broken: (sentence: string) => void;
  readonly #state = new Map<string, StateRow>();
  readonly #timers = new Map<string, StoredTimer>();
  readonly #pending = new Map<number, PendingRow>();
  readonly letters: KeptLetter[] = [];
  readonly setAside: PendingMessage[] = [];
  isFull = false;
  writtenAt = 0;
  isDeadly: () => boolean = () => false;
  spoil = (changes: FlowChanges): FlowChanges => changes;
  written: (written: Written) => void = () => undefined;

  constructor(agenda: Agenda, random: Random, trace: Trace, broken: (sentence: string) => void) {
    this.#agenda = agenda;
    this.#random = random;
    this.#trace = trace;
    this.#broken = broken;
  }

  storeFor(life: Life): StateStore {
    return {
      load: () => this.#load(),
      readPending: (_flow, node, after, most) => this.#readPending(node, after, most),
      commit: (changes) => this.#commit(life, changes),
      forget: () => {
        throw new Error('Nobody forgets a flow in a simulation.');
      },
    };
  }

  damage(): void {
    const [first, ...others] = [...this.#pending.values()].filter(({ isDamaged }) => !isDamaged);
    if (first === undefined) return;
    const row = this.#random.pick([first, ...others]);
    row.isDamaged = true;
    this.#trace.say(`disk damages waiting message ${row.sequence} of ${row.node}`);
  }

  get waiting(): number {
    return this.#pending.size;
  }

  isWaiting(name: string, nodes: readonly string[]): boolean {
    return this.#pending.values().some((row) => row.name === name && nodes.includes(row.node));
  }

  waitingNames(): ReadonlySet<string> {
    return new Set(this.#pending.values().map(({ name }) => name));
  }

  timers(): readonly StoredTimer[] {
    return [...this.#timers.values()];
  }

  isHeld(name: string, node: string): boolean {
    return this.#state.values().some((row) => row.node === node && nameHeldBy(row) === name);
  }

  namesHeld(node: string, fits: (key: string) => boolean): ReadonlySet<string> {
    const rows = this.#state.values().filter((row) => row.node === node && fits(row.key));
    return new Set(rows.map(nameHeldBy));
  }

  rowsOf(node: string): readonly WaitingRow[] {
    return [...this.#pending.values()].filter((row) => row.node === node).map(waitingRowOf);
  }

  state(node: string): ReadonlyMap<string, Json> {
    const rows = [...this.#state.values()].filter((row) => row.node === node);
    return new Map(rows.map(({ key, state }) => [key, parsed(state)]));
  }

  #load(): StoredFlow {
    const nodes = Map.groupBy(this.#pending.values(), ({ node }) => node);
    return {
      state: [...this.#state.values()].map(({ name: _name, ...row }) => ({
        ...row,
        state: parsed(row.state),
      })),
      timers: this.timers(),
      pending: [...nodes].map(([node, rows]): PendingNode => {
        const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
        const lastSequence = Math.max(...rows.map(({ sequence }) => sequence));
        return { node, count: rows.length, bytes, lastSequence };
      }),
    };
  }

  #readPending(node: string, after: number, most: number): readonly PendingMessage[] {
    const rows = [...this.#pending.values()]
      .filter((row) => row.node === node && row.sequence > after)
      .sort((one, other) => one.sequence - other.sequence)
      .slice(0, most);
    for (const row of rows) {
      if (!row.isDamaged) continue;
      this.#trace.say(`disk sets waiting message ${row.sequence} of ${node} aside`);
      this.setAside.push(messageOf(row));
      this.#pending.delete(row.sequence);
    }
    return rows.filter(({ isDamaged }) => !isDamaged).map(messageOf);
  }

  #commit(life: Life, changes: readonly FlowChanges[]): void {
    if (life.isOver) throw new Error('The process is gone.');
    if (this.isFull) {
      this.#trace.say('disk is full');
      throw new SluiceError('disk-full', 'The disk is full.');
    }
    const isDeadly = this.isDeadly();
    const isWritten = !isDeadly || this.#random.chance(0.5);
    if (isWritten) for (const change of changes) this.#write(this.spoil(change));
    if (!isDeadly) return;
    life.isOver = true;
    this.#trace.say(`process dies in a commit that is ${isWritten ? 'written' : 'not written'}`);
    throw new Error('The process is gone.');
  }

  #write(changes: FlowChanges): void {
    this.#trace.say(`disk writes ${summary(changes)}`);
    this.writtenAt = this.#agenda.elapsed;
    for (const row of changes.state) {
      const key = JSON.stringify([row.node, row.key]);
      if (row.state === undefined) this.#state.delete(key);
      else this.#state.set(key, { ...row, state: JSON.stringify(row.state), name: undefined });
    }
    for (const row of changes.timers) {
      const key = JSON.stringify([row.node, row.key, row.name]);
      if (row.dueAt === undefined) this.#timers.delete(key);
      else this.#timers.set(key, { ...row, dueAt: row.dueAt });
    }
    for (const row of changes.pendingAdded) {
      if (this.#pending.has(row.sequence)) this.#broken(`[EN8] two messages wait as ${row.sequence}`);
      const message = JSON.stringify(toStored(row.message));
      this.#pending.set(row.sequence, {
        ...row,
        message,
        name: nameOfMessage(row.message),
        isDamaged: false,
      });
    }
    const gone = changes.pendingDone.flatMap((sequence) => this.#pending.get(sequence) ?? []);
    for (const { sequence } of gone) this.#pending.delete(sequence);
    for (const { node, sentence, message } of changes.deadLetters) {
      this.letters.push({ name: nameOfMessage(message), node, sentence, message });
    }
    if (gone.length > 0) this.#tell(gone, changes);
  }

  #tell(gone: readonly PendingRow[], { pendingAdded, deadLetters }: FlowChanges): void {
    const elsewhere = new Set([...pendingAdded, ...deadLetters].map(({ message }) => nameOfMessage(message)));
    this.written({
      gone: gone.map(waitingRowOf),
      isElsewhere: (name) => elsewhere.has(name),
      left: (node) => this.rowsOf(node),
    });
  }
}

function summary({ state, timers, pendingAdded, pendingDone, deadLetters }: FlowChanges): string {
  const parts = [
    ...state.map(({ node, key, state: value }) => `${node}[${key}]${value === undefined ? ' gone' : ''}`),
    ...timers.map(({ node, key, dueAt }) => `timer ${node}[${key}]${dueAt === undefined ? ' gone' : ''}`),
    ...pendingAdded.map(({ sequence, node }) => `+${sequence}@${node}`),
    ...pendingDone.map((sequence) => `-${sequence}`),
    ...deadLetters.map(({ node }) => `letter of ${node}`),
  ];
  return parts.join(' ');
}

function waitingRowOf(row: PendingRow): WaitingRow {
  const { node, sequence, name, bytes } = row;
  return { node, sequence, name, bytes, message: messageOf(row).message };
}

function nameHeldBy(row: StateRow): string {
  row.name ??= nameOfMessage(fromStored(parsed(row.state) as StoredMessage));
  return row.name;
}

function messageOf({ isDamaged: _isDamaged, name: _name, message, ...row }: PendingRow): PendingMessage {
  return { ...row, message: fromStored(parsed(message) as StoredMessage) };
}

/** What this disk wrote itself. */
function parsed(text: string): Json {
  return JSON.parse(text) as Json;
}
