import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './database.ts';

/** What a list of workspaces tells of each, but for the people, of whom the accounts know. */
export type CountedWorkspace = Omit<WorkspaceSummary, 'people'>;

/** The workspaces of a server. One that is being deleted is none any more, whatever is left of it. */
export interface WorkspaceStore {
  /** In order of their names. */
  list(): CountedWorkspace[];
  get(id: string): CountedWorkspace | undefined;
  has(id: string): boolean;
  /** No workspace has or ever had this id. */
  isFree(id: string): boolean;
  add(workspace: { readonly id: string; readonly name: string; readonly createdAt: number }): void;
  rename(id: string, name: string): void;
  /** Those with flows that run or are meant to. */
  atWork(): string[];
  /** From now on it is none any more. */
  beginDeletion(id: string, at: number): void;
  /** Those whose deletion was begun and is not done. */
  beingDeleted(): string[];
  /** Deletes the rows that it has in any table, but for the audit log, which loses nothing. */
  finishDeletion(id: string): void;
}

const COLUMNS = `
  SELECT id, name, created_at,
    (SELECT count(*) FROM flows WHERE workspace = workspaces.id) AS flows,
    (SELECT count(*) FROM deployments WHERE workspace = workspaces.id AND wanted = 1 AND state = 'running') AS running
  FROM workspaces WHERE id NOT IN (SELECT id FROM workspace_deletions)`;

export function createWorkspaceStore(database: Database): WorkspaceStore {
  const list = database.prepare(`${COLUMNS} ORDER BY name COLLATE NOCASE, id`);
  const get = database.prepare(`${COLUMNS} AND id = ?`);
  const has = database.prepare(
    'SELECT 1 FROM workspaces WHERE id = ? AND id NOT IN (SELECT id FROM workspace_deletions)',
  );
  const isKnown = database.prepare(
    'SELECT 1 FROM workspaces WHERE id = ?1 UNION SELECT 1 FROM audit WHERE workspace = ?1 LIMIT 1',
  );
  const add = database.prepare('INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, ?)');
  const rename = database.prepare('UPDATE workspaces SET name = ? WHERE id = ?');
  const atWork = database.prepare(
    `SELECT DISTINCT workspace FROM deployments
     WHERE wanted = 1 AND workspace NOT IN (SELECT id FROM workspace_deletions) ORDER BY workspace`,
  );
  return {
    list: () => list.all().map(readWorkspace),
    get(id) {
      const row = get.get(id);
      return row === undefined ? undefined : readWorkspace(row);
    },
    has: (id) => has.get(id) !== undefined,
    isFree: (id) => isKnown.get(id) === undefined,
    add: ({ id, name, createdAt }) => void add.run(id, name, createdAt),
    rename: (id, name) => void rename.run(name, id),
    atWork: () => atWork.all().map((row) => textOf(row, 'workspace')),
    ...deletionStatements(database),
  };
}

function deletionStatements(database: Database) {
  const begin = database.prepare('INSERT OR IGNORE INTO workspace_deletions VALUES (?, ?)');
  const begun = database.prepare('SELECT id FROM workspace_deletions ORDER BY id');
  const done = database.prepare('DELETE FROM workspace_deletions WHERE id = ?');
  const remove = database.prepare('DELETE FROM workspaces WHERE id = ?');
  return {
    beginDeletion: (id: string, at: number) => void begin.run(id, at),
    beingDeleted: () => begun.all().map((row) => textOf(row, 'id')),
    finishDeletion(id: string) {
      database.transaction(() => {
        // Tables refer to each other; what counts is that nothing refers to what is gone at the end.
        database.prepare('PRAGMA defer_foreign_keys = ON').run();
        for (const table of tablesOf(database)) {
          database.prepare(`DELETE FROM "${table}" WHERE workspace = ?`).run(id);
        }
        remove.run(id);
        done.run(id);
      });
    },
  };
}

/**
 * All tables with rows of workspaces, whoever made them: one that is added later is not forgotten. Accounts outlive a
 * workspace, and the audit log keeps what was done in it.
 */
function tablesOf(database: Database): string[] {
  const found = database
    .prepare(
      `SELECT tables.name FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' AND columns.name = 'workspace'
         AND tables.name NOT IN ('audit', 'audit_chains', 'users')
       ORDER BY tables.name`,
    )
    .all();
  return found.map((row) => textOf(row, 'name'));
}

function readWorkspace(row: Row): CountedWorkspace {
  return {
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    createdAt: numberOf(row, 'created_at'),
    flows: numberOf(row, 'flows'),
    running: numberOf(row, 'running'),
  };
}
