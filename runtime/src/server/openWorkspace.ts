import { join } from 'node:path';
import type { NodeCatalog } from '@sluice/shared/node/catalog.ts';
import { createDryRuns } from '../runner/dryRun/dryRuns.ts';
import { dryRunLauncher } from '../runner/dryRun/launchDryRun.ts';
import type { RunnerHost, RunnerHostOptions } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import { createAlarmStore } from '../storage/alarms.ts';
import { createAuditLog } from '../storage/audit.ts';
import type { StoredConnection } from '../storage/connections.ts';
import { createConnectionStore } from '../storage/connections.ts';
import { makeFolder } from '../storage/dataFolder.ts';
import type { Database } from '../storage/database.ts';
import { createDeploymentStore } from '../storage/deployments.ts';
import { createDeviceStore } from '../storage/devices.ts';
import { createFlowStore } from '../storage/flows.ts';
import { createLimitStore } from '../storage/limits.ts';
import type { SecretBox } from '../storage/secrets.ts';
import { usedBytes } from '../storage/usedBytes.ts';
import type { Note } from './actor.ts';
import { createNote, createNoteOfDone } from './actor.ts';
import type { Alarms } from './alarms.ts';
import { createAlarms } from './alarms.ts';
import { BROKER_CONNECTION, createConnections } from './connections.ts';
import { TELEMETRY_FILTER } from './devices/deviceRules.ts';
import type { Devices } from './devices/devices.ts';
import { createDevices } from './devices/devices.ts';
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
import { alarmTrouble } from './runnerTrouble.ts';
import { createTraces } from './traces.ts';
import type { Workspace } from './workspace.ts';

export interface WorkspaceOptions {
  readonly id: string;
  /** For the runner's state; made when it is not there. */
  readonly folder: string;
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly broker: StoredConnection;
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

/** The devices of a workspace; there before the rest, because the broker tells them what arrives. */
export function openDevices(options: Pick<WorkspaceOptions, 'id' | 'database' | 'time' | 'log'>): Devices {
  const { id: workspace, database, time, log } = options;
  return createDevices({ workspace, store: createDeviceStore(database), time, log });
}

/** Puts together all that belongs to one workspace, its runner included. */
export function openWorkspace(options: WorkspaceOptions, devices: Devices): OpenWorkspace {
  const { id, database, time, newId, log } = options;
  const clock = time;
  makeFolder(options.folder);
  const flowStore = createFlowStore(database);
  const deploymentStore = createDeploymentStore(database);
  const atomically = <T>(work: () => T): T => database.transaction(work);
  const note = createNote(createAuditLog(database), clock, id);
  const alarms = createAlarms({ workspace: id, store: createAlarmStore(database), database, newId });
  const connections = createConnections({
    workspace: id,
    store: createConnectionStore(database, options.secrets),
    builtIn: options.broker,
    flowsInUse: () => [
      ...flowStore.list(id).map(({ flow }) => flow),
      ...deploymentStore
        .list(id)
        .flatMap(({ flow, version }) => flowStore.version(id, flow, version)?.flow ?? []),
    ],
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
  host.updateLimits(limits.current());
  limits.onChanged((changed) => host.updateLimits(changed));
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
  const stopOutboxAlarms = alarmOutboxes({ host, alarms, time, log, nameOfFlow: names.ofFlow });
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
      traces: createTraces(running),
      dryRunning: createDryRunning({ flows, host, dryRuns }),
      figures,
      limits,
      host,
      note,
      noteOfDone,
      atomically,
    },
    async close(drainMs) {
      for (const stop of [figures.stop, stopLimits, failed.stopAlarms, stopOutboxAlarms]) stop();
      dryRuns.close();
      await host.close(drainMs);
      deployments.close();
      failed.close();
      devices.stop();
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
  { id, folder, database, time, log }: WorkspaceOptions,
  { deployments, alarms, note, atomically }: LimitParts,
): { readonly limits: WorkspaceLimits; stop(): void } {
  const storageBytes = (): number => usedBytes(folder);
  const limits = createLimits({
    workspace: id,
    store: createLimitStore(database),
    taken: { deployed: () => deployments.wanted(), storageBytes },
    note,
    atomically,
  });
  return { limits, stop: watchStorage({ limits, storageBytes, alarms, time, log }) };
}
