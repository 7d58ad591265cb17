import type { Role } from '@sluice/shared/protocol/people.ts';
import type { Database } from '../../storage/database.ts';

/** What workspaces need of the accounts: who is in them. */
export interface Members {
  /** Gives somebody a role in a workspace. */
  add(workspace: string, user: string, role: Role, at: number): void;
  /** How many people are in a workspace. */
  count(workspace: string): number;
}

export function createMembers(database: Database): Members {
  return {
    add: (workspace, user, role, at) =>
      void database
        .prepare('INSERT INTO memberships (user, workspace, role, joined_at) VALUES (?, ?, ?, ?)')
        .run(user, workspace, role, at),
    count(workspace) {
      const row = database
        .prepare('SELECT count(*) AS count FROM memberships WHERE workspace = ?')
        .get(workspace);
      return Number(row?.count);
    },
  };
}
