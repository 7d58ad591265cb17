import type { DatabaseSync } from 'node:sqlite';
import { CHECKED, CHECKED_TABLES, checkOf } from './stateStoreRows.ts';

/** Grows with the tables below. */
export const FORMAT = 3;

/** `sum` is the check over the other columns (`stateStoreRows.ts`). */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS state (
    flow TEXT NOT NULL, node TEXT NOT NULL, key TEXT NOT NULL,
    type TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, set_at REAL NOT NULL, sum INTEGER NOT NULL,
    UNIQUE (flow, node, key)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS timers (
    flow TEXT NOT NULL, node TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, due_at REAL NOT NULL,
    sum INTEGER NOT NULL,
    UNIQUE (flow, node, key, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS pending (
    flow TEXT NOT NULL, sequence INTEGER NOT NULL, node TEXT NOT NULL, port TEXT NOT NULL,
    at REAL NOT NULL, bytes INTEGER NOT NULL, is_caught INTEGER NOT NULL, message TEXT NOT NULL, sum INTEGER NOT NULL,
    UNIQUE (flow, sequence)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS pending_of_node ON pending (flow, node, sequence, bytes);
  CREATE TABLE IF NOT EXISTS dead_letters (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, flow TEXT NOT NULL, node TEXT NOT NULL, port TEXT NOT NULL,
    at REAL NOT NULL, sentence TEXT NOT NULL, message TEXT NOT NULL, sum INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS dead_letters_of_flow ON dead_letters (flow, sequence);
  CREATE TABLE IF NOT EXISTS dead_letters_dropped (flow TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS chain (
    only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  INSERT OR IGNORE INTO chain VALUES (1, 0, '');
  CREATE TABLE IF NOT EXISTS set_aside (
    at REAL NOT NULL, origin TEXT NOT NULL, flow TEXT NOT NULL, row TEXT NOT NULL
  ) STRICT;
`;

/** Format 2 knows when a key was set last; what was there before counts from the day of the change. */
const FROM_FORMAT_1 = `
  ALTER TABLE state ADD COLUMN set_at REAL NOT NULL DEFAULT 0;
  UPDATE state SET set_at = unixepoch('subsec') * 1000;
`;

/** Format 3 gives waiting messages a sequence in place of an id, and every row a check. */
const SET_FORMAT_2_ASIDE = `
  DROP INDEX dead_letters_of_flow;
  ${CHECKED_TABLES.map((table) => `ALTER TABLE ${table} RENAME TO old_${table};`).join('\n  ')}
  ALTER TABLE old_pending ADD COLUMN sequence INTEGER;
  UPDATE old_pending SET sequence = ranked.rank
    FROM (SELECT rowid AS row, row_number() OVER (PARTITION BY flow ORDER BY rowid) AS rank FROM old_pending) AS ranked
    WHERE old_pending.rowid = ranked.row;
`;

/** What format 3 has for a column that format 2 has not. */
const NEW_COLUMNS: Readonly<Record<string, string>> = {
  at: `CASE WHEN json_valid(message) THEN coalesce(json_extract(message, '$.time'), unixepoch('subsec') * 1000)
    ELSE unixepoch('subsec') * 1000 END`,
  bytes: 'length(message)',
};

/** Brings the tables of an older format to the present one, within the transaction of the caller. */
export function migrateFrom(database: DatabaseSync, format: number): void {
  if (format === 1) database.exec(FROM_FORMAT_1);
  database.exec(`${SET_FORMAT_2_ASIDE} ${TABLES}`);
  database.function('check_of', { varargs: true }, (...columns) => checkOf(columns));
  for (const table of CHECKED_TABLES) {
    const columns = CHECKED[table].join(', ');
    const known = CHECKED[table].map((column) =>
      table === 'pending' ? `${NEW_COLUMNS[column] ?? column} AS ${column}` : column,
    );
    const kept = table === 'dead_letters' ? 'sequence' : 'rowid';
    database.exec(`
      INSERT INTO ${table} (${kept}, ${columns}, sum)
        SELECT row, ${columns}, check_of(${columns})
        FROM (SELECT rowid AS row, ${known.join(', ')} FROM old_${table}) ORDER BY row;
      DROP TABLE old_${table};
    `);
  }
}
