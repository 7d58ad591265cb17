import { SluiceError } from '@sluice/shared/errors.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { Deployment } from '@sluice/shared/protocol/http.ts';
import type { RunnerHost } from '../../runner/runnerHost.ts';
import type { RunnerTime } from '../../runner/time.ts';
import type { DeploymentStore, StoredDeployment } from '../../storage/deployments.ts';
import type { FlowStore } from '../../storage/flows.ts';
import { createDeploymentRecord } from './deploymentRecord.ts';

/** What runs in a workspace. All changes of one flow come one after the other. */
export interface Deployments {
  list(): Deployment[];
  get(flow: string): Deployment | undefined;
  /** The flows that run or are meant to. */
  wanted(): string[];
  /**
   * Runs a version in place of what runs; the nodes in `reset` begin anew. When it does not start, what ran goes on, and
   * the error says why (EN12).
   */
  run(flow: string, version: number, reset: readonly string[]): Promise<Deployment>;
  /** Throws `not-found` for a flow that was never deployed. */
  stop(flow: string): Promise<Deployment>;
  start(flow: string): Promise<Deployment>;
  /** Stops a flow that is about to be deleted and forgets its state, timers and dead letters. */
  forget(flow: string): Promise<void>;
  /** Runs again what ran when the server ended; a flow that does not start keeps no other from it. */
  resume(): Promise<void>;
  /** In place of `resume`, in safe mode: all that ran waits for somebody to start it. What is wanted stays as it was. */
  hold(): void;
  onChanged(listener: (deployment: Deployment) => void): () => void;
  /** Ends what it does by itself; may be called twice. */
  close(): void;
}

export interface DeploymentsOptions {
  readonly workspace: string;
  readonly store: DeploymentStore;
  readonly flows: FlowStore;
  readonly host: RunnerHost;
  readonly time: RunnerTime;
}

const SAFE_MODE = 'Started in safe mode; start it when you have looked at it.';

export function createDeployments(options: DeploymentsOptions): Deployments {
  const { host, time } = options;
  const record = createDeploymentRecord(options.workspace, options.store, time);
  const listeners = new Set<(deployment: Deployment) => void>();
  const oneAfterTheOther = createQueue();

  function tell(deployment: StoredDeployment): Deployment {
    const told = shown(deployment, host);
    for (const listener of listeners) listener(told);
    return told;
  }

  function learn(deployment: StoredDeployment): Deployment {
    record.learn(deployment);
    return tell(deployment);
  }

  function find(flow: string): StoredDeployment {
    const found = record.get(flow);
    if (found === undefined) {
      throw new SluiceError('not-found', `The flow “${flow}” was never deployed. Deploy it first.`);
    }
    return found;
  }

  /** `fallback` is what runs on when this version does not start. */
  async function runNow(
    flow: string,
    version: number,
    fallback: StoredDeployment | undefined,
    reset: readonly string[],
  ): Promise<Deployment> {
    const content = contentOf(options, flow, version);
    const before = record.get(flow);
    const since = time.now();
    const sentence = `Version ${version} is starting.`;
    const starting = { flow, version, isWanted: true, state: 'starting', sentence, since } as const;
    record.want(starting);
    tell(starting);
    const answer = await host.deploy(content, version, reset);
    const at = time.now();
    if (answer.ok) {
      return learn({
        flow,
        version,
        isWanted: true,
        state: 'running',
        sentence: `Version ${version} runs.`,
        since: at,
      });
    }
    const failed = { flow, version, state: 'failed', sentence: answer.sentence, since: at } as const;
    learn(fallback ?? { ...failed, isWanted: before?.isWanted ?? false });
    throw new SluiceError(answer.code, answer.sentence, { details: { problems: answer.problems } });
  }

  function runningNow(flow: string): StoredDeployment | undefined {
    const found = record.get(flow);
    return found?.state === 'running' ? found : undefined;
  }

  host.on('notices', ({ notices }) => {
    for (const notice of notices) {
      const before = notice.kind === 'flow' ? record.get(notice.flow) : undefined;
      if (notice.kind !== 'flow' || before === undefined || !before.isWanted) continue;
      learn({ ...before, state: notice.state, sentence: notice.sentence, since: time.now() });
    }
  });
  host.on('state', () => {
    for (const deployment of record.list()) {
      if (deployment.state !== 'running') continue;
      for (const listener of listeners) listener(shown(deployment, host));
    }
  });

  return {
    list: () => record.list().map((deployment) => shown(deployment, host)),
    get(flow) {
      const found = record.get(flow);
      return found === undefined ? undefined : shown(found, host);
    },
    wanted: () => record.list().flatMap(({ flow, isWanted }) => (isWanted ? [flow] : [])),
    run: (flow, version, reset) =>
      oneAfterTheOther(flow, () => runNow(flow, version, runningNow(flow), reset)),
    start: (flow) => oneAfterTheOther(flow, () => runNow(flow, find(flow).version, runningNow(flow), [])),
    stop: (flow) =>
      oneAfterTheOther(flow, async () => {
        const before = find(flow);
        await host.stop(flow, false);
        const since = time.now();
        return learn({ ...before, isWanted: false, state: 'stopped', sentence: 'Stopped by hand.', since });
      }),
    forget: (flow) =>
      oneAfterTheOther(flow, async () => {
        const before = record.get(flow);
        if (before === undefined) return;
        const answer = await host.stop(flow, true);
        const since = time.now();
        learn({ ...before, isWanted: false, state: 'stopped', sentence: 'Stopped to be deleted.', since });
        if (!answer.ok) throw new SluiceError(answer.code, answer.sentence);
        record.forget(flow);
      }),
    async resume() {
      const wanted = record.list().filter(({ isWanted }) => isWanted);
      // What failed is in the deployment's own state, where people look.
      await Promise.allSettled(
        wanted.map(({ flow, version }) => oneAfterTheOther(flow, () => runNow(flow, version, undefined, []))),
      );
    },
    hold() {
      const since = time.now();
      for (const deployment of record.list()) {
        if (deployment.isWanted) learn({ ...deployment, state: 'held', sentence: SAFE_MODE, since });
      }
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => record.stop(),
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
