import { textOf } from './database.ts';
import type { CheckedTable } from './stateStoreRows.ts';
import type { Salvaged } from './stateStoreSalvage.ts';
import type { DamagedRow } from './stateStoreTables.ts';
import type { ChainEnd } from './stateStoreWitness.ts';

const WHAT: Readonly<Record<CheckedTable, string>> = {
  state: 'of state',
  timers: 'of timers',
  pending: 'of waiting messages',
  dead_letters: 'of dead letters',
};

/** Rows whose check does not fit were found and set aside. */
export function damagedSentence(damaged: readonly DamagedRow[]): string {
  const what = [...new Set(damaged.map(({ table }) => WHAT[table]))].join(' and ');
  const nodes = [...new Set(damaged.map(({ row }) => `“${textOf(row, 'node')}”`))].slice(0, 5).join(', ');
  return `The disk has damaged ${rows(damaged.length)} ${what} (node ${nodes}); the flow goes on without, and they are kept in the table set_aside of its state file. Check the disk.`;
}

/** A file was damaged and a new one has what could be read of it. */
export function salvagedSentence(file: string, salvaged: Salvaged, cause: unknown): string {
  const { saved, damaged, hasGaps, keptAs } = salvaged;
  const counts = `${rows(saved.state)} of state, ${rows(saved.timers)} of timers, ${rows(saved.pending)} of waiting messages and ${rows(saved.dead_letters)} of dead letters`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return [
    `The file ${file} is damaged (${reason.slice(0, 200)}).`,
    `Saved out of it: ${counts}.`,
    `Lost: ${lossOf(damaged, hasGaps)}.`,
    `The damaged file is kept as ${keptAs}. Check the disk.`,
  ].join(' ');
}

function lossOf(damaged: number, hasGaps: boolean): string {
  const known =
    damaged === 0 ? '' : `${rows(damaged)} that ${damaged === 1 ? 'is' : 'are'} not what was written`;
  if (!hasGaps) return known === '' ? 'nothing that is known of' : known;
  return `${known === '' ? '' : `${known}, and `}all that was in places which cannot be read`;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

/** What the file lacks of what was written last, where it lacks something. */
export function lostCommits(file: string, end: ChainEnd, noted: ChainEnd | undefined): string | undefined {
  if (noted === undefined || noted.sequence < end.sequence) return undefined;
  const missing = noted.sequence - end.sequence;
  if (missing > 0) {
    return `The disk has lost the last ${missing} commits of state in ${file}: state and waiting messages of that time are gone. What was left of them is kept beside it as ${file}-wal.damaged-${end.sequence}. Check the disk.`;
  }
  if (noted.hash === end.hash) return undefined;
  return `The state in ${file} is not the one that was written last (commit ${end.sequence} differs). Check whether the file was exchanged or the disk is damaged.`;
}

/** Bits of the log were wrong, and are right again. */
export function mendedLog(file: string, bits: number, keptAs = ''): string {
  const what = bits === 1 ? 'One bit of the log' : `${bits} bits of the log`;
  const was = bits === 1 ? 'was wrong and has' : 'were wrong and have';
  return `${what} of ${file} ${was} been put right by its checksum, so nothing is lost by that. The log as it was is kept as ${keptAs}. Check the disk.`;
}
