import type { Disk } from './disk.ts';
import type { Passed } from './nodeTypes.ts';
import type { Reading } from './reading.ts';
import { nameOf } from './reading.ts';
import type { Rig } from './rig.ts';
import type { TimerWatch } from './timerWatch.ts';

/** A node that began anew. */
interface Cut {
  readonly node: string;
  /** By device: the last sequence that had come to it. */
  readonly last: ReadonlyMap<string, number>;
  /** By device: the last one of these that had been written. */
  readonly written: ReadonlyMap<string, number>;
  /** Names of what it held, as far as that had been written. */
  readonly held: ReadonlySet<string>;
  /** `maybe`: the process died in between, so that it may be as it was. */
  state: 'under way' | 'maybe' | 'done';
  /** Puts its timers back. */
  readonly undo: () => void;
}

export interface ResetsParts {
  readonly rig: Rig;
  readonly disk: Disk;
  readonly broken: (sentence: string) => void;
  /** Readings that the broker took, by device. */
  readonly sent: ReadonlyMap<string, readonly Reading[]>;
}

/** Nodes that a swap told to begin anew (EN12): they do, with no state and no timer, and nothing else is lost. */
export class Resets {
  readonly #parts: ResetsParts;
  #cuts: Cut[] = [];
  /** Those of the swap under way that are still to be made. */
  #named = new Set<string>();
  /** The last sequence of a device that came through `once`, in memory. */
  lastOf: (device: string) => number = () => 0;

  constructor(parts: ResetsParts) {
    this.#parts = parts;
  }

  /** A swap begins. */
  begin(nodes: readonly string[]): void {
    this.#named = new Set(nodes);
  }

  /** A node of the next version is made, with so many keys of state. */
  made(node: string, keys: number, timers: TimerWatch): void {
    if (!this.#named.delete(node)) return;
    const { broken, disk, sent } = this.#parts;
    if (keys > 0) broken(`[EN12] ${node} was to begin anew and has ${keys} keys`);
    const { keys: standing, undo } = timers.forget(node);
    const last = new Map([...sent.keys()].map((device) => [device, this.lastOf(device)]));
    const written = new Map([...sent.keys()].map((device) => [device, lastPassed(disk, device)]));
    const held = disk.namesHeld(node, (key) => standing.has(key));
    this.#cuts.push({ node, last, written, held, state: 'under way', undo });
  }

  /** A swap has ended. `isWritten`: what it did is on disk. */
  end(isDone: boolean, isWritten: boolean): void {
    this.#named = new Set();
    const ended = this.#cuts.filter(({ state }) => state === 'under way');
    for (const cut of ended) {
      if (isDone) cut.state = isWritten ? 'done' : 'maybe';
      else cut.undo();
    }
    if (!isDone) this.#cuts = this.#cuts.filter((cut) => !ended.includes(cut));
  }

  lifeOver(): void {
    this.#named = new Set();
    for (const cut of this.#cuts) if (cut.state === 'under way') cut.state = 'maybe';
  }

  /** Whether a reading may have been forgotten at a node that held it. */
  mayHaveForgotten(reading: Reading, node: string): boolean {
    const { device, sequence } = reading;
    return this.#cuts.some(({ node: cutNode, held, last, written }) => {
      const isUnwritten = sequence > (written.get(device) ?? 0) && sequence <= (last.get(device) ?? 0);
      return cutNode === node && (isUnwritten || held.has(nameOf(reading)));
    });
  }

  /** A reading has come to a target: not through a node that has forgotten it. */
  taken(target: string, reading: Reading): void {
    const { rig, broken } = this.#parts;
    const name = nameOf(reading);
    for (const { targets, heldAt } of rig.debts(reading)) {
      const isForgotten = this.#cuts.some(
        ({ node, state, held }) => node === heldAt && state === 'done' && held.has(name),
      );
      if (isForgotten && targets.includes(target))
        broken(`[EN12] ${name} came to ${target}, and ${heldAt} held it when it began anew`);
    }
  }

  /** See `View.cuts`. */
  cuts(node: string, device: string): readonly (readonly number[])[] {
    let all: readonly (readonly number[])[] = [[]];
    for (const cut of this.#cuts) {
      if (cut.node !== node) continue;
      const last = cut.last.get(device) ?? 0;
      const after = all.map((cuts) => [...cuts, last]);
      all = cut.state === 'done' ? after : [...all, ...after];
    }
    return all;
  }
}

/** The last sequence of a device that has come through `once`, as it is on disk. */
export function lastPassed(disk: Disk, device: string): number {
  const passed = disk.state('once').get(device) as Passed | undefined;
  return passed?.last ?? 0;
}
