import type { SQLOutputValue } from 'node:sqlite';
import type { DeadLetterEntry } from '../engine/shell.ts';
import { numberOf, textOf } from './database.ts';
import { openStateFile } from './stateStoreFile.ts';
import { decodeMessage } from './stateStoreMessages.ts';

/** A message that no node could handle (EN7), with the flow that it was in. */
export interface DeadLetter extends DeadLetterEntry {
  readonly flow: string;
}

/** The dead letters of a workspace, for people to look at; the runner that writes them may have the file open. */
export interface DeadLetters {
  /** Newest first, at most `limit` (100 by default); with `before`, those older than the letter of this id. */
  list(filter?: { readonly flow?: string; readonly before?: string; readonly limit?: number }): DeadLetter[];
  get(id: string): DeadLetter | undefined;
  /** False when it is not there any more. */
  remove(id: string): boolean;
  /** By flow: how many are kept, and how many older ones were dropped for want of room. */
  counts(): ReadonlyMap<string, { readonly kept: number; readonly dropped: number }>;
  /** May be called twice. */
  close(): void;
}

/** Opens the dead letters in the file of `openStateStore`. */
export function openDeadLetters(file: string): DeadLetters {
  const database = openStateFile(file);
  const list = database.prepare(`
    SELECT * FROM dead_letters
    WHERE (?1 IS NULL OR flow = ?1)
      AND (?2 IS NULL OR sequence < (SELECT sequence FROM dead_letters WHERE id = ?2))
    ORDER BY sequence DESC LIMIT ?3`);
  const get = database.prepare('SELECT * FROM dead_letters WHERE id = ?');
  const remove = database.prepare('DELETE FROM dead_letters WHERE id = ?');
  const kept = database.prepare('SELECT flow, count(*) AS count FROM dead_letters GROUP BY flow');
  const dropped = database.prepare('SELECT flow, count FROM dead_letters_dropped');
  let isOpen = true;
  return {
    list: ({ flow, before, limit = 100 } = {}) =>
      list.all(flow ?? null, before ?? null, limit).map((row) => letterOf(row)),
    get: (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : letterOf(row);
    },
    remove: (id) => Number(remove.run(id).changes) > 0,
    counts: () => {
      const counts = new Map<string, { kept: number; dropped: number }>();
      const of = (row: Record<string, SQLOutputValue>) =>
        counts.get(textOf(row, 'flow')) ?? { kept: 0, dropped: 0 };
      for (const row of kept.all())
        counts.set(textOf(row, 'flow'), { ...of(row), kept: numberOf(row, 'count') });
      for (const row of dropped.all())
        counts.set(textOf(row, 'flow'), { ...of(row), dropped: numberOf(row, 'count') });
      return counts;
    },
    close: () => {
      if (isOpen) database.close();
      isOpen = false;
    },
  };
}

function letterOf(row: Record<string, SQLOutputValue>): DeadLetter {
  return {
    id: textOf(row, 'id'),
    flow: textOf(row, 'flow'),
    node: textOf(row, 'node'),
    port: textOf(row, 'port'),
    at: numberOf(row, 'at'),
    sentence: textOf(row, 'sentence'),
    message: decodeMessage(textOf(row, 'message')),
  };
}
