import { SluiceError } from '@sluice/shared/errors.ts';
import type { RunnerTime } from '../../runner/time.ts';
import type { DeploymentStore, StoredDeployment } from '../../storage/deployments.ts';

/**
 * What is deployed, as people see it and as it is on disk. What a person wants has to be on disk before it is done; what
 * came of it is a fact whether or not the disk is full, so it is kept in memory then and written as soon as it can be.
 */
export interface DeploymentRecord {
  list(): StoredDeployment[];
  get(flow: string): StoredDeployment | undefined;
  /** Throws `disk-full`; then nothing changed. */
  want(deployment: StoredDeployment): void;
  learn(deployment: StoredDeployment): void;
  /** The flow is deleted: what is not on disk yet never will be. */
  forget(flow: string): void;
  /** No more tries to write; may be called twice. */
  stop(): void;
}

const RETRY_MS = 2_000;

export function createDeploymentRecord(
  workspace: string,
  store: DeploymentStore,
  time: RunnerTime,
): DeploymentRecord {
  const unwritten = new Map<string, StoredDeployment>();
  let stopRetry: (() => void) | undefined;

  function write(deployment: StoredDeployment): void {
    store.put(workspace, deployment);
    unwritten.delete(deployment.flow);
  }

  function learn(deployment: StoredDeployment): void {
    try {
      write(deployment);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'disk-full') throw error;
      unwritten.set(deployment.flow, deployment);
      stopRetry ??= time.after(RETRY_MS, retry);
    }
  }

  function retry(): void {
    stopRetry = undefined;
    for (const deployment of unwritten.values()) learn(deployment);
  }

  return {
    list: () => store.list(workspace).map((stored) => unwritten.get(stored.flow) ?? stored),
    get: (flow) => unwritten.get(flow) ?? store.get(workspace, flow),
    want: write,
    learn,
    forget: (flow) => void unwritten.delete(flow),
    stop() {
      stopRetry?.();
      stopRetry = undefined;
    },
  };
}
