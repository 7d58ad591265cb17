import { join } from 'node:path';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { createDryRuns } from '../runner/dryRun/dryRuns.ts';
import { dryRunLauncher } from '../runner/dryRun/launchDryRun.ts';
import type { RunnerHost, RunnerHostOptions } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import type { StoredConnection } from '../storage/connections.ts';
import { makeFolder } from '../storage/dataFolder.ts';
import { createRetentionStore } from '../storage/retention.ts';
import { usedBytes } from '../storage/usedBytes.ts';
import type { Note } from './actor.ts';
import { createNote, createNoteOfDone } from './actor.ts';
import type { Alarms } from './alarms.ts';
import { createAlarms } from './alarms.ts';
import { createWorkspaceAudit } from './audit.ts';
import { BROKER_CONNECTION, createConnections } from './connections.ts';
import { TELEMETRY_FILTER } from './devices/deviceRules.ts';
import type { Devices } from './devices/devices.ts';
import { createDryRunning } from './dryRunning.ts';
import { openFailedMessages } from './failedMessages.ts';
import { createFigures } from './figures/figures.ts';
import type { Deployments } from './flows/deployments.ts';
import { createDeployments } from './flows/deployments.ts';
import { createFlows } from './flows/flows.ts';
import type { Log } from './http/problem.ts';
import { createNodeStates } from './nodeState.ts';
import { alarmOutboxes } from './outboxAlarms.ts';
import { createOutboxes } from './outboxes.ts';
import type { WorkspaceLimits } from './limits.ts';
import { createLimits } from './limits.ts';
import { watchStorage } from './limitsAlarm.ts';
import { createNames } from './names.ts';
import { keepQuotas } from './quotaAlarms.ts';
import { alarmTrouble } from './runnerTrouble.ts';
import { createRetention } from './retention.ts';
import { createTraces } from './traces.ts';
import { createHub } from './live/hub.ts';
import type { Stores } from './workspaces/stores.ts';
import type { Workspace } from './workspace.ts';

export interface WorkspaceOptions {
  readonly id: string;
  /** For the runner's state; made when it is not there. */
  readonly folder: string;
  readonly stores: Stores;
  readonly devices: Devices;
  /** Its connection to the broker of the server, where it has one. */
  readonly broker: StoredConnection | undefined;
  /** The environment of the runner process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly catalog: NodeCatalog;
  readonly time: RunnerTime;
  newId(): string;
  readonly log: Log;
  createHost(options: RunnerHostOptions): RunnerHost;
}

const TELEMETRY = { connection: BROKER_CONNECTION, filter: TELEMETRY_FILTER };

export interface OpenWorkspace {
  readonly workspace: Workspace;
  /** Drains the runner for at most `drainMs` and writes what is left; may be called twice. */
  close(drainMs: number): Promise<void>;
}

/** Puts together all that belongs to one workspace, its runner included. */
export function openWorkspace(options: WorkspaceOptions): OpenWorkspace {
  const { id, stores, devices, time, newId, log } = options;
  const { flows: flowStore, deployments: deploymentStore, database } = stores;
  const clock = time;
  makeFolder(options.folder);
  const atomically = <T>(work: () => T): T => database.transaction(work);
  const note = createNote(stores.audit, clock, id);
  const alarms = createAlarms({ workspace: id, store: stores.alarms, database, newId });
  const connections = createConnections({
    workspace: id,
    store: stores.connections,
    builtIn: options.broker,
    flowsInUse: () => [
      ...flowStore.list(id).map(({ flow }) => flow),
      ...deploymentStore
        .list(id)
        .flatMap(({ flow, version }) => flowStore.version(id, flow, version)?.flow ?? []),
    ],
    clock,
    newId,
    note,
    atomically,
  });
  const host = options.createHost({
    workspace: id,
    folder: options.folder,
    connections: connections.forRunner(),
    devices: devices.directory(),
    telemetry: TELEMETRY,
    clock: time,
    newId,
    log,
    environment: options.environment,
    storeAlarms: async (flow, node, reports) => alarms.store(flow, node, reports),
  });
  alarmTrouble(host, alarms, clock, log);
  connections.onChanged(() => host.updateConnections(connections.forRunner()));
  devices.onDirectory(() => host.updateDevices(devices.directory()));
  const deployments = createDeployments({
    workspace: id,
    store: deploymentStore,
    flows: flowStore,
    host,
    time,
  });
  const { limits, stop: stopLimits } = openLimits(options, { deployments, alarms, note, atomically });
  const stopQuotas = keepQuotas({ limits, devices, host, alarms, time, log });
  const figures = createFigures({
    host,
    deployments,
    version: (flow, version) => flowStore.version(id, flow, version)?.flow,
    catalog: options.catalog,
    time,
  });
  const flows = createFlows({
    workspace: id,
    store: flowStore,
    deployments,
    host,
    catalog: options.catalog,
    environment: () => ({ connections: connections.types() }),
    clock,
    newId,
    note,
    limits,
    atomically,
  });
  const dryRuns = createDryRuns({
    time,
    launch: dryRunLauncher(options.environment),
    devices: () => ({ devices: devices.directory(), telemetry: TELEMETRY }),
  });
  const noteOfDone = createNoteOfDone(note, log);
  const running = { host, flows, deployments, noteOfDone };
  const names = createNames({ workspace: id, flows: flowStore, deployments, catalog: options.catalog });
  const failed = openFailedMessages({
    file: join(options.folder, 'state.db'),
    host,
    alarms,
    deployments,
    limits,
    names,
    time,
    log,
    note,
    noteOfDone,
  });
  const hub = createHub({ host, deployments, alarms, devices }, time, newId);
  const stopOutboxAlarms = alarmOutboxes({ host, alarms, time, log, nameOfFlow: names.ofFlow });
  const traces = createTraces(running);
  const retention = createRetention({
    workspace: id,
    store: createRetentionStore(database),
    audit: stores.audit,
    deadLetters: failed.deadLetters,
    traces,
    time,
    note,
    log,
    atomically,
  });
  return {
    workspace: {
      id,
      flows,
      deployments,
      devices,
      connections,
      alarms,
      deadLetters: failed.deadLetters,
      nodeStates: createNodeStates(running),
      outboxes: createOutboxes(running),
      traces,
      dryRunning: createDryRunning({ flows, host, dryRuns }),
      figures,
      limits,
      audit: createWorkspaceAudit({ workspace: id, audit: stores.audit, time }),
      retention,
      host,
      hub,
      note,
      noteOfDone,
      atomically,
    },
    async close(drainMs) {
      // What it knows of its devices is on disk before anything is waited for: it may be opened again meanwhile.
      devices.stop();
      for (const stop of [
        hub.stop,
        figures.stop,
        stopLimits,
        stopQuotas,
        retention.stop,
        failed.stopAlarms,
        stopOutboxAlarms,
      ])
        stop();
      dryRuns.close();
      await host.close(drainMs);
      deployments.close();
      failed.close();
    },
  };
}

interface LimitParts {
  readonly deployments: Deployments;
  readonly alarms: Alarms;
  readonly note: Note;
  atomically<T>(work: () => T): T;
}

/** The limits of the workspace, and the watch over the one that is reached without any deploy. */
function openLimits(
  { id, folder, stores, time, log }: WorkspaceOptions,
  { deployments, alarms, note, atomically }: LimitParts,
): { readonly limits: WorkspaceLimits; stop(): void } {
  const storageBytes = (): number => usedBytes(folder);
  const limits = createLimits({
    workspace: id,
    store: stores.limits,
    taken: { deployed: () => deployments.wanted(), storageBytes },
    note,
    atomically,
  });
  return { limits, stop: watchStorage({ limits, storageBytes, alarms, time, log }) };
}
