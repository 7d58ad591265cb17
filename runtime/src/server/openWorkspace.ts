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
import { notOpened } from '../storage/database.ts';
import { createDeploymentStore } from '../storage/deployments.ts';
import { createDeviceStore } from '../storage/devices.ts';
import { createFlowStore } from '../storage/flows.ts';
import type { SecretBox } from '../storage/secrets.ts';
import type { DeadLetters as LetterStore } from '../storage/stateStoreDeadLetters.ts';
import { openDeadLetters } from '../storage/stateStoreDeadLetters.ts';
import { createNote, createNoteOfDone } from './actor.ts';
import { createAlarms } from './alarms.ts';
import { BROKER_CONNECTION, createConnections } from './connections.ts';
import { createDeadLetters } from './deadLetters.ts';
import { TELEMETRY_FILTER } from './devices/deviceRules.ts';
import type { Devices } from './devices/devices.ts';
import { createDevices } from './devices/devices.ts';
import { createDryRunning } from './dryRunning.ts';
import { createDeployments } from './flows/deployments.ts';
import { createFlows } from './flows/flows.ts';
import type { Log } from './http/problem.ts';
import { createNodeStates } from './nodeState.ts';
import { createOutboxes } from './outboxes.ts';
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
    atomically,
  });
  const dryRuns = createDryRuns({
    time,
    launch: dryRunLauncher(options.environment),
    devices: () => ({ devices: devices.directory(), telemetry: TELEMETRY }),
  });
  const noteOfDone = createNoteOfDone(note, log);
  const running = { host, flows, deployments, noteOfDone };
  const letters = openLetters(join(options.folder, 'state.db'));
  const deadLetters = createDeadLetters(letters, host, note);
  return {
    workspace: {
      id,
      flows,
      deployments,
      devices,
      connections,
      alarms,
      deadLetters,
      nodeStates: createNodeStates(running),
      outboxes: createOutboxes(running),
      traces: createTraces(running),
      dryRunning: createDryRunning({ flows, host, dryRuns }),
      host,
      note,
      noteOfDone,
      atomically,
    },
    async close(drainMs) {
      dryRuns.close();
      await host.close(drainMs);
      deployments.close();
      letters.close();
      devices.stop();
    },
  };
}

function openLetters(file: string): LetterStore {
  try {
    return openDeadLetters(file);
  } catch (error) {
    throw notOpened(file, error);
  }
}
