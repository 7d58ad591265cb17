import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { FlowChanges, StateStore } from '../engine/shell.ts';
import { keepBallast, withBallast } from './stateStoreBallast.ts';
import { mendLog } from './stateStoreLog.ts';
import { chainEnd, unusedName } from './stateStoreSalvage.ts';
import { lostCommits, mendedLog } from './stateStoreSentences.ts';
import { keepWhole, openWhole } from './stateStoreWhole.ts';
import type { ChainEnd, Witness } from './stateStoreWitness.ts';
import { openWitness, setLogAside } from './stateStoreWitness.ts';

/** Dead letters kept of one flow where the workspace's limits do not say otherwise. */
export const DEAD_LETTERS_PER_FLOW = 10_000;

/** Where the ballast is smaller than it should be, so many commits go by until there may be room for it. */
const BALLAST_COMMITS = 64;

/** State, timers, waiting messages and dead letters of a workspace's flows in one SQLite file (EN9). */
export interface FileStateStore extends StateStore {
  /** When opening has found that commits are gone or the file is damaged: a sentence for a person, else `undefined`. */
  readonly gap: string | undefined;
  /** May be called twice. */
  close(): void;
}

export interface StateStoreOptions {
  /** Called with a sentence for a person when rows or the file are found damaged after opening, and were set aside. Left out: a warning of the process. */
  readonly onDamage?: (sentence: string) => void;
  /** Dead letters kept of one flow; beyond them the oldest go and are counted. Left out: 10,000. */
  readonly deadLettersPerFlow?: () => number;
}

/**
 * Opens the file and makes it where it is not there. A file that is damaged is kept aside, and what can be read of it goes
 * into a new one. Throws `future-format` or `disk-full`.
 */
export function openStateStore(file: string, options: StateStoreOptions = {}): FileStateStore {
  const folder = dirname(file);
  const keepLog = withBallast(folder, () => setLogAside(file));
  const witness = openWitness(`${file}-chain`);
  try {
    const noted = witness.read();
    const bits = mendLog(file);
    const { database, mended } = withBallast(folder, () => openWhole(file, noted ?? NO_COMMIT));
    const end = chainEnd(database) ?? noted ?? NO_COMMIT;
    const lost = lostCommits(file, end, noted);
    const isDamaged = mended !== undefined || lost !== undefined || bits > 0;
    const keptLog = isDamaged ? unusedName(`${file}-wal.damaged-${end.sequence}`) : undefined;
    keepLog(keptLog);
    const log = bits > 0 ? mendedLog(file, bits, keptLog) : undefined;
    // Written at once where there is none, so that it has its place on the disk before the disk is full.
    if (isDamaged || noted === undefined) witness.note(end);
    const gap = isDamaged ? [log, mended, lost].filter((part) => part !== undefined).join(' ') : undefined;
    return storeOf({ file, database, witness, end, gap }, options);
  } catch (error) {
    witness.close();
    throw error;
  }
}

const NO_COMMIT: ChainEnd = { sequence: 0, hash: '' };

interface OpenStore {
  readonly file: string;
  readonly database: DatabaseSync;
  readonly witness: Witness;
  readonly end: ChainEnd;
  readonly gap: string | undefined;
}

function storeOf(
  { file, database, witness, gap, ...first }: OpenStore,
  options: StateStoreOptions,
): FileStateStore {
  const { onDamage = (sentence) => process.emitWarning(sentence) } = options;
  const { deadLettersPerFlow = () => DEAD_LETTERS_PER_FLOW } = options;
  const folder = dirname(file);
  let { end } = first;
  let hasBallast = keepBallast(folder);
  let isOpen = true;
  const whole = keepWhole({ file, database, deadLettersPerFlow, onDamage, lastCommit: () => end });
  return {
    gap,
    load: (flow) => whole.read((tables) => tables.load(flow)),
    readPending: (flow, node, after, most) =>
      whole.read((tables) => tables.readPending(flow, node, after, most)),
    commit: (changes) => {
      let next = end;
      const write = (): void =>
        whole.write((tables) => {
          next = following(end, changes.map(tables.write));
          tables.setChain(next.sequence, next.hash);
        });
      if (changes.every(onlyRemoves)) withBallast(folder, write, whole.checkpoint);
      else write();
      end = next;
      witness.note(end);
      if (!hasBallast && end.sequence % BALLAST_COMMITS === 0) hasBallast = keepBallast(folder);
    },
    forget: (flow) =>
      withBallast(folder, () => whole.write((tables) => tables.forget(flow)), whole.checkpoint),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      whole.close();
      witness.close();
    },
  };
}

function onlyRemoves({ state, timers, pendingAdded, deadLetters }: FlowChanges): boolean {
  return (
    pendingAdded.length === 0 &&
    deadLetters.length === 0 &&
    state.every((row) => row.state === undefined) &&
    timers.every((row) => row.dueAt === undefined)
  );
}

/** The end of the chain with one more commit: its hash is over that of the one before and all that was written. */
function following(before: ChainEnd, written: readonly string[]): ChainEnd {
  const hash = createHash('sha256').update(before.hash);
  for (const part of written) hash.update(part);
  return { sequence: before.sequence + 1, hash: hash.digest('hex') };
}
