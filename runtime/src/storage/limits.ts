import type { Limits } from '@sluice/shared/protocol/running.ts';
import { limitsSchema } from '@sluice/shared/protocol/running.ts';
import type { Database } from './database.ts';
import { textOf } from './database.ts';

/** What was stored before there was a limit has none of it. */
const storedSchema = limitsSchema.extend({
  devices: limitsSchema.shape.devices.default(10_000),
  messagesASecond: limitsSchema.shape.messagesASecond.default(2_000_000),
});

/** What workspaces may take, where somebody has changed it. */
export interface LimitStore {
  get(workspace: string): Limits | undefined;
  put(workspace: string, limits: Limits): void;
  /** How many flows there are. */
  flows(workspace: string): number;
}

export function createLimitStore(database: Database): LimitStore {
  const get = database.prepare('SELECT content FROM limits WHERE workspace = ?');
  const flows = database.prepare('SELECT count(*) AS count FROM flows WHERE workspace = ?');
  const put = database.prepare('INSERT OR REPLACE INTO limits VALUES (?, ?)');
  return {
    get(workspace) {
      const row = get.get(workspace);
      return row === undefined ? undefined : storedSchema.parse(JSON.parse(textOf(row, 'content')));
    },
    put: (workspace, limits) => void put.run(workspace, JSON.stringify(limits)),
    flows: (workspace) => Number(flows.get(workspace)?.count),
  };
}
