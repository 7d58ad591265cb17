import type { Deployment } from '@sluice/shared/protocol/http.ts';
import { deploymentSchema } from '@sluice/shared/protocol/http.ts';
import type { Database, Row } from './database.ts';

/** `isWanted`: it shall run, and is started again with the server. */
export type StoredDeployment = Deployment & { readonly isWanted: boolean };

/** Which version of each flow runs, or ran last. */
export interface DeploymentStore {
  list(workspace: string): StoredDeployment[];
  get(workspace: string, flow: string): StoredDeployment | undefined;
  put(workspace: string, deployment: StoredDeployment): void;
}

export function createDeploymentStore(database: Database): DeploymentStore {
  const list = database.prepare('SELECT * FROM deployments WHERE workspace = ? ORDER BY flow');
  const get = database.prepare('SELECT * FROM deployments WHERE workspace = ? AND flow = ?');
  const put = database.prepare('INSERT OR REPLACE INTO deployments VALUES (?, ?, ?, ?, ?, ?, ?)');
  return {
    list: (workspace) => list.all(workspace).map(readDeployment),
    get(workspace, flow) {
      const row = get.get(workspace, flow);
      return row === undefined ? undefined : readDeployment(row);
    },
    put(workspace, deployment) {
      const { flow, version, isWanted, state, sentence, since } = deployment;
      put.run(workspace, flow, version, isWanted ? 1 : 0, state, sentence, since);
    },
  };
}

function readDeployment(row: Row): StoredDeployment {
  return { ...deploymentSchema.parse(row), isWanted: row.wanted === 1 };
}
