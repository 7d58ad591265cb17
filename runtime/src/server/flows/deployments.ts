import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Deployment } from '@sluice/shared/protocol/http.ts';
import type { RunnerHost } from '../../runner/runnerHost.ts';
import type { DeploymentStore, StoredDeployment } from '../../storage/deployments.ts';
import type { FlowStore } from '../../storage/flows.ts';

/** What runs in a workspace. All changes of one flow come one after the other. */
export interface Deployments {
  list(): Deployment[];
  get(flow: string): Deployment | undefined;
  /** Runs a version in place of what runs. When it does not start, what ran goes on, and the error says why (EN12). */
  run(flow: string, version: number): Promise<Deployment>;
  /** Throws `not-found` for a flow that was never deployed. */
  stop(flow: string): Promise<Deployment>;
  start(flow: string): Promise<Deployment>;
  /** Stops a flow and forgets its state, timers and dead letters. */
  forget(flow: string): Promise<void>;
  /** Runs again what ran when the server ended; a flow that does not start keeps no other from it. */
  resume(): Promise<void>;
  onChanged(listener: (deployment: Deployment) => void): () => void;
}

export interface DeploymentsOptions {
  readonly workspace: string;
  readonly store: DeploymentStore;
  readonly flows: FlowStore;
  readonly host: RunnerHost;
  readonly clock: Clock;
}

export function createDeployments(options: DeploymentsOptions): Deployments {
  const { workspace, store, host } = options;
  const listeners = new Set<(deployment: Deployment) => void>();
  const oneAfterTheOther = createQueue();

  function put(deployment: StoredDeployment): Deployment {
    store.put(workspace, deployment);
    const told = shown(deployment, host);
    for (const listener of listeners) listener(told);
    return told;
  }

  function find(flow: string): StoredDeployment {
    const found = store.get(workspace, flow);
    if (found === undefined) {
      throw new SluiceError('not-found', `The flow “${flow}” was never deployed. Deploy it first.`);
    }
    return found;
  }

  async function runNow(flow: string, version: number): Promise<Deployment> {
    const content = contentOf(options, flow, version);
    const before = store.get(workspace, flow);
    const since = options.clock.now();
    put({
      flow,
      version,
      isWanted: true,
      state: 'starting',
      sentence: `Version ${version} is starting.`,
      since,
    });
    const answer = await host.deploy(content, version);
    const at = options.clock.now();
    if (answer.ok) {
      return put({
        flow,
        version,
        isWanted: true,
        state: 'running',
        sentence: `Version ${version} runs.`,
        since: at,
      });
    }
    const failed = { flow, version, state: 'failed', sentence: answer.sentence, since: at } as const;
    if (before?.state === 'running' && before.version !== version) put(before);
    else put({ ...failed, isWanted: before?.isWanted ?? false });
    throw new SluiceError(answer.code, answer.sentence, { details: { problems: answer.problems } });
  }

  host.on('notices', ({ notices }) => {
    for (const notice of notices) {
      const before = notice.kind === 'flow' ? store.get(workspace, notice.flow) : undefined;
      if (notice.kind !== 'flow' || before === undefined || !before.isWanted) continue;
      put({ ...before, state: notice.state, sentence: notice.sentence, since: options.clock.now() });
    }
  });
  host.on('state', () => {
    for (const deployment of store.list(workspace)) {
      if (deployment.state !== 'running') continue;
      for (const listener of listeners) listener(shown(deployment, host));
    }
  });

  return {
    list: () => store.list(workspace).map((deployment) => shown(deployment, host)),
    get(flow) {
      const found = store.get(workspace, flow);
      return found === undefined ? undefined : shown(found, host);
    },
    run: (flow, version) => oneAfterTheOther(flow, () => runNow(flow, version)),
    start: (flow) => oneAfterTheOther(flow, () => runNow(flow, find(flow).version)),
    stop: (flow) =>
      oneAfterTheOther(flow, async () => {
        const before = find(flow);
        await host.stop(flow, false);
        const since = options.clock.now();
        return put({ ...before, isWanted: false, state: 'stopped', sentence: 'Stopped by hand.', since });
      }),
    forget: (flow) =>
      oneAfterTheOther(flow, async () => {
        if (store.get(workspace, flow) !== undefined) await host.stop(flow, true);
      }),
    async resume() {
      const wanted = store.list(workspace).filter(({ isWanted }) => isWanted);
      // What failed is in the deployment's own state, where people look.
      await Promise.allSettled(
        wanted.map(({ flow, version }) => oneAfterTheOther(flow, () => runNow(flow, version))),
      );
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function contentOf({ workspace, flows }: DeploymentsOptions, flow: string, version: number): Flow {
  const found = flows.version(workspace, flow, version);
  if (found === undefined) {
    throw new SluiceError('not-found', `The flow “${flow}” has no version ${version}.`);
  }
  return found.flow;
}

/** A deployment as people see it: while the runner is on its way back, so is what runs in it. */
function shown(stored: StoredDeployment, host: RunnerHost): Deployment {
  const { isWanted: _, ...deployment } = stored;
  if (deployment.state !== 'running' || host.state() !== 'restarting') return deployment;
  return {
    ...deployment,
    state: 'starting',
    sentence: 'The runner ended unexpectedly and is starting again.',
  };
}

/** Runs work of one key one after the other, whatever becomes of it. */
function createQueue() {
  const last = new Map<string, Promise<unknown>>();

  return async function enqueue<T>(key: string, work: () => Promise<T>): Promise<T> {
    const next = afterwards(last.get(key), work);
    const settled = Promise.allSettled([next]);
    last.set(key, settled);
    try {
      return await next;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}

async function afterwards<T>(before: Promise<unknown> | undefined, work: () => Promise<T>): Promise<T> {
  await before;
  return work();
}
