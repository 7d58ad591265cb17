import type { AlarmStore } from '../../storage/alarms.ts';
import { createAlarmStore } from '../../storage/alarms.ts';
import type { AuditLog } from '../../storage/audit.ts';
import { createAuditLog } from '../../storage/audit.ts';
import type { ConnectionStore } from '../../storage/connections.ts';
import { createConnectionStore } from '../../storage/connections.ts';
import type { Database } from '../../storage/database.ts';
import type { DeploymentStore } from '../../storage/deployments.ts';
import { createDeploymentStore } from '../../storage/deployments.ts';
import type { DeviceStore } from '../../storage/devices.ts';
import { createDeviceStore } from '../../storage/devices.ts';
import type { FlowStore } from '../../storage/flows.ts';
import { createFlowStore } from '../../storage/flows.ts';
import type { LimitStore } from '../../storage/limits.ts';
import { createLimitStore } from '../../storage/limits.ts';
import type { Keyring } from '../../storage/workspaceKeys.ts';

/** What is on disk for all workspaces; shared by them, so that an open one has no statements of its own. */
export interface Stores {
  readonly database: Database;
  readonly secrets: Keyring;
  readonly flows: FlowStore;
  readonly deployments: DeploymentStore;
  readonly connections: ConnectionStore;
  readonly alarms: AlarmStore;
  readonly devices: DeviceStore;
  readonly limits: LimitStore;
  readonly audit: AuditLog;
}

export function createStores(database: Database, secrets: Keyring): Stores {
  return {
    database,
    secrets,
    flows: createFlowStore(database),
    deployments: createDeploymentStore(database),
    connections: createConnectionStore(database, secrets),
    alarms: createAlarmStore(database),
    devices: createDeviceStore(database),
    limits: createLimitStore(database),
    audit: createAuditLog(database),
  };
}
