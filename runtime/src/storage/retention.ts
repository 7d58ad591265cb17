import type { Retention } from '@sluice/shared/protocol/audit.ts';
import { retentionSchema } from '@sluice/shared/protocol/audit.ts';
import type { Database } from './database.ts';
import { textOf } from './database.ts';

/** How long workspaces keep things, where somebody has changed it. */
export interface RetentionStore {
  get(workspace: string): Retention | undefined;
  put(workspace: string, retention: Retention): void;
}

export function createRetentionStore(database: Database): RetentionStore {
  const get = database.prepare('SELECT content FROM retention WHERE workspace = ?');
  const put = database.prepare('INSERT OR REPLACE INTO retention VALUES (?, ?)');
  return {
    get(workspace) {
      const row = get.get(workspace);
      return row === undefined ? undefined : retentionSchema.parse(JSON.parse(textOf(row, 'content')));
    },
    put: (workspace, retention) => void put.run(workspace, JSON.stringify(retention)),
  };
}
