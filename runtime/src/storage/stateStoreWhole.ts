import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { withBallast } from './stateStoreBallast.ts';
import { checkWhole, isDamage } from './stateStoreDamage.ts';
import { hasCheckpoint, openStateFile, transaction, withinLog } from './stateStoreFile.ts';
import { replaceDamaged } from './stateStoreSalvage.ts';
import { damagedSentence, salvagedSentence } from './stateStoreSentences.ts';
import type { DamagedRow, StateTables } from './stateStoreTables.ts';
import { openTables } from './stateStoreTables.ts';
import type { ChainEnd } from './stateStoreWitness.ts';

/**
 * Opens the state file after looking through all of it. A damaged one is kept aside and a new one has what can be read of
 * it: `mended` says so to a person. Throws `future-format` or `disk-full`.
 */
export function openWhole(
  file: string,
  end: ChainEnd,
): { readonly database: DatabaseSync; readonly mended: string | undefined } {
  let database: DatabaseSync | undefined;
  try {
    database = openStateFile(file);
    checkWhole(database);
    return { database, mended: undefined };
  } catch (error) {
    if (database?.isOpen === true) database.close();
    if (!isDamage(file, error)) throw error;
    return { mended: mend(file, end, error), database: openStateFile(file) };
  }
}

function mend(file: string, end: ChainEnd, cause: unknown): string {
  const salvaged = withBallast(dirname(file), () => replaceDamaged(file, end));
  return salvagedSentence(file, salvaged, cause);
}

export interface WholeOptions {
  readonly file: string;
  /** The open file. */
  readonly database: DatabaseSync;
  readonly deadLettersPerFlow: () => number;
  readonly lastCommit: () => ChainEnd;
  readonly onDamage: (sentence: string) => void;
}

/** The tables of an open file. Where the file turns out to be damaged, it is mended, and the work done on the new one. */
export interface WholeFile {
  read<T>(work: (tables: StateTables) => T): T;
  /** All of the work in one transaction, or nothing of it. Throws `disk-full`. */
  write(work: (tables: StateTables) => void): void;
  /** Puts the log into the file, as far as there is room and nobody reads it. */
  checkpoint(): void;
  close(): void;
}

interface Open {
  readonly database: DatabaseSync;
  readonly tables: StateTables;
}

export function keepWhole(options: WholeOptions): WholeFile {
  const { file, lastCommit, onDamage } = options;
  // Not there while a damaged file waits for room on the disk to be mended.
  let open: Open | undefined = openOf(options.database, options);
  const use = (): Open => (open ??= openOf(openStateFile(file), options));
  const onWhole = <T>(work: (open: Open) => T): T => {
    try {
      return work(use());
    } catch (error) {
      if (!isDamage(file, error)) throw error;
      open?.database.close();
      open = undefined;
      onDamage(mend(file, lastCommit(), error));
      return work(use());
    }
  };
  return {
    read: (work) => onWhole(({ tables }) => work(tables)),
    write: (work) =>
      onWhole(({ database, tables }) => withinLog(database, () => transaction(database, () => work(tables)))),
    checkpoint: () => void hasCheckpoint(use().database),
    close: () => open?.database.close(),
  };
}

function openOf(database: DatabaseSync, { file, deadLettersPerFlow, onDamage }: WholeOptions): Open {
  const setAside = (damaged: readonly DamagedRow[]): void => {
    try {
      withBallast(dirname(file), () => transaction(database, () => tables.setAside(damaged)));
    } finally {
      onDamage(damagedSentence(damaged));
    }
  };
  const tables = openTables(database, setAside, deadLettersPerFlow);
  return { database, tables };
}
