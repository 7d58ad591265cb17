import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { FlowChanges, StateStore } from '../engine/shell.ts';
import { numberOf, textOf } from './database.ts';
import { openStateFile, transaction } from './stateStoreFile.ts';
import type { CheckedTable } from './stateStoreRows.ts';
import type { DamagedRow } from './stateStoreTables.ts';
import { openTables } from './stateStoreTables.ts';
import type { ChainEnd, Witness } from './stateStoreWitness.ts';
import { openWitness, setLogAside } from './stateStoreWitness.ts';

/** Dead letters kept of one flow where the workspace's limits do not say otherwise. */
const DEAD_LETTERS_PER_FLOW = 10_000;

/** State, timers, waiting messages and dead letters of a workspace's flows in one SQLite file (EN9). */
export interface FileStateStore extends StateStore {
  /** When opening has found that commits which were made are gone: a sentence for a person, else `undefined`. */
  readonly gap: string | undefined;
  /** May be called twice. */
  close(): void;
}

export interface StateStoreOptions {
  /** Called with a sentence for a person when a row is damaged and was set aside. Left out: a warning of the process. */
  readonly onDamage?: (sentence: string) => void;
  /** Dead letters kept of one flow; beyond them the oldest go and are counted. Left out: 10,000. */
  readonly deadLettersPerFlow?: number;
}

/** Opens the file and makes it where it is not there. Throws `future-format` or `disk-full`. */
export function openStateStore(file: string, options: StateStoreOptions = {}): FileStateStore {
  const keepLog = setLogAside(file);
  const database = openStateFile(file);
  const witness = openWitness(`${file}-chain`);
  const end = chainEnd(database);
  const noted = witness.read();
  const gap = gapBetween(end, noted, file);
  keepLog(gap === undefined ? undefined : `${file}-wal.damaged-${end.sequence}`);
  // Written at once where there is none, so that it has its place on the disk before the disk is full.
  if (gap !== undefined || noted === undefined) witness.note(end);
  return storeOf(database, witness, end, gap, options);
}

function chainEnd(database: DatabaseSync): ChainEnd {
  const row = database.prepare('SELECT sequence, hash FROM chain').get() ?? {};
  return { sequence: numberOf(row, 'sequence'), hash: textOf(row, 'hash') };
}

function gapBetween(end: ChainEnd, noted: ChainEnd | undefined, file: string): string | undefined {
  if (noted === undefined || noted.sequence < end.sequence) return undefined;
  const missing = noted.sequence - end.sequence;
  if (missing > 0) {
    return `The disk has lost the last ${missing} commits of state in ${file}: state and waiting messages of that time are gone. What was left of them is kept beside it as ${file}-wal.damaged-${end.sequence}. Check the disk.`;
  }
  if (noted.hash === end.hash) return undefined;
  return `The state in ${file} is not the one that was written last (commit ${end.sequence} differs). Check whether the file was exchanged or the disk is damaged.`;
}

function storeOf(
  database: DatabaseSync,
  witness: Witness,
  first: ChainEnd,
  gap: string | undefined,
  options: StateStoreOptions,
): FileStateStore {
  const {
    onDamage = (sentence) => process.emitWarning(sentence),
    deadLettersPerFlow = DEAD_LETTERS_PER_FLOW,
  } = options;
  const setAside = (damaged: readonly DamagedRow[]): void => {
    try {
      transaction(database, () => tables.setAside(damaged));
    } finally {
      onDamage(sentenceOf(damaged));
    }
  };
  const tables = openTables(database, setAside, deadLettersPerFlow);
  let end = first;
  let isOpen = true;
  return {
    gap,
    load: tables.load,
    readPending: tables.readPending,
    commit: (changes) => {
      const next = { sequence: end.sequence + 1, hash: hashOf(end.hash, changes) };
      transaction(database, () => {
        for (const change of changes) tables.write(change);
        tables.setChain(next.sequence, next.hash);
      });
      end = next;
      witness.note(end);
    },
    forget: (flow) => transaction(database, () => tables.forget(flow)),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      database.close();
      witness.close();
    },
  };
}

const WHAT: Readonly<Record<CheckedTable, string>> = {
  state: 'state',
  timers: 'timers',
  pending: 'waiting messages',
  dead_letters: 'dead letters',
};

function sentenceOf(damaged: readonly DamagedRow[]): string {
  const what = [...new Set(damaged.map(({ table }) => WHAT[table]))].join(', ');
  const nodes = [...new Set(damaged.map(({ row }) => `“${textOf(row, 'node')}”`))].slice(0, 5).join(', ');
  return `The disk has damaged ${damaged.length} rows of ${what} (node ${nodes}); they are lost for the flow and kept in the table set_aside of the state file. Check the disk.`;
}

/** The hash of a commit: over that of the one before and all of its rows. */
function hashOf(before: string, changes: readonly FlowChanges[]): string {
  const hash = createHash('sha256').update(before);
  for (const { flow, state, timers, pendingAdded, pendingDone, deadLetters } of changes) {
    const added = pendingAdded.map(({ sequence, message }) => [sequence, message.id]);
    hash.update(JSON.stringify([flow, state, timers, added, pendingDone, deadLetters.map(({ id }) => id)]));
  }
  return hash.digest('hex');
}
