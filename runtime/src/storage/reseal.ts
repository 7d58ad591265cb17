import * as z from 'zod';
import type { Database } from './database.ts';
import { textOf } from './database.ts';

/** How one sealed text becomes another. */
export interface Reseal {
  /** Of the form `2.…`; `undefined` where it is none, but looks like one. */
  sealed(text: string): string | undefined;
  /** Of the form `1.…`, which does not say for what it was sealed. */
  legacy(text: string, workspace: string, context: string): string;
}

const SEALED = /2\.[0-9a-f]{8}-[0-9a-f-]{27}\.[\w-]+\.[\w-]+/g;
/** What people write is there, in rows that are many or never change; no secret ever is. */
const WITHOUT_SECRETS = new Set(['flows', 'versions', 'audit', 'alarms', 'devices', 'workspace_keys']);

/**
 * Seals anew what is sealed, wherever in the database it is: a table that came later is not forgotten. Gives how many
 * texts there were. To be called within a transaction.
 */
export function resealed(database: Database, reseal: Reseal): number {
  let count = 0;
  database.function('sluice_reseal', (text) =>
    text.replaceAll(SEALED, (found) => {
      const next = reseal.sealed(found);
      if (next !== undefined) count += 1;
      return next ?? found;
    }),
  );
  for (const { table, column } of textColumns(database))
    database
      .prepare(
        `UPDATE "${table}" SET "${column}" = sluice_reseal("${column}") WHERE "${column}" GLOB '*2.*.*.*'`,
      )
      .run();
  return count + legacyResealed(database, reseal);
}

function textColumns(database: Database): { readonly table: string; readonly column: string }[] {
  return database
    .prepare(
      `SELECT t.name AS "table", c.name AS "column" FROM pragma_table_list t, pragma_table_info(t.name) c
       WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.type = 'TEXT'`,
    )
    .all()
    .map((row) => ({ table: textOf(row, 'table'), column: textOf(row, 'column') }))
    .filter(({ table }) => !WITHOUT_SECRETS.has(table));
}

const secretsSchema = z.record(z.string(), z.string());

/** Before there were keys of workspaces, connections were all that had secrets. */
function legacyResealed(database: Database, { legacy }: Reseal): number {
  const save = database.prepare('UPDATE connections SET secrets = ? WHERE workspace = ? AND id = ?');
  let count = 0;
  for (const row of database.prepare(`SELECT * FROM connections WHERE secrets LIKE '%:"1.%'`).all()) {
    const [workspace, id] = [textOf(row, 'workspace'), textOf(row, 'id')];
    const secrets = Object.entries(secretsSchema.parse(JSON.parse(textOf(row, 'secrets')))).map(
      ([name, text]) => {
        if (!text.startsWith('1.')) return [name, text];
        count += 1;
        return [name, legacy(text, workspace, JSON.stringify([workspace, id, name]))];
      },
    );
    save.run(JSON.stringify(Object.fromEntries(secrets)), workspace, id);
  }
  return count;
}
