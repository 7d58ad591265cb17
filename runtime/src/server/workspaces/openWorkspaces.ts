import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from '@sluice/nodes/catalog.ts';
import { compileCacheFolder } from '../../runner/compileCache.ts';
import { createRunnerHost } from '../../runner/host.ts';
import type { RunnerHost, RunnerHostOptions } from '../../runner/runnerHost.ts';
import type { RunnerTime } from '../../runner/time.ts';
import { newId } from '../../runner/time.ts';
import { createWorkspaceStore } from '../../storage/workspaces.ts';
import { FIRST_WORKSPACE } from '../accounts/accounts.ts';
import type { DeviceSource } from '../deviceSource.ts';
import type { AllDevices } from '../devices/allDevices.ts';
import type { Log } from '../http/problem.ts';
import type { OpenWorkspace } from '../openWorkspace.ts';
import { openWorkspace } from '../openWorkspace.ts';
import type { Members } from './members.ts';
import type { Stores } from './stores.ts';
import type { WorkspaceRegister } from './workspaceRegister.ts';
import { createWorkspaceRegister } from './workspaceRegister.ts';
import type { WorkspaceSet } from './workspaceSet.ts';
import { createWorkspaceSet } from './workspaceSet.ts';

export interface OpenWorkspacesOptions {
  /** The data folder. */
  readonly data: string;
  readonly stores: Stores;
  readonly members: Members;
  readonly devices: AllDevices;
  readonly source: Pick<DeviceSource, 'brokerConnection' | 'forgetWorkspace'>;
  readonly time: RunnerTime;
  readonly log: Log;
  readonly createHost: ((options: RunnerHostOptions) => RunnerHost) | undefined;
}

export interface OpenWorkspaces {
  readonly set: WorkspaceSet;
  readonly register: WorkspaceRegister;
  /** Those with flows that run or are meant to. */
  atWork(): string[];
}

/** The workspaces of the server, none of which is open yet, and what makes and deletes them. */
export function openWorkspaces(options: OpenWorkspacesOptions): OpenWorkspaces {
  const { stores, members, devices, time, log } = options;
  const store = createWorkspaceStore(stores.database);
  const set = createWorkspaceSet({
    has: (id) => store.has(id),
    open: (id) => openOne(id, options),
    always: FIRST_WORKSPACE,
    time,
    log,
  });
  const register = createWorkspaceRegister({
    store,
    members,
    clock: time,
    newId,
    log,
    note: (workspace, { who, address }, what, subject, details) =>
      stores.audit.append({ workspace, at: time.now(), who, address, what, subject, details }),
    close: (id) => set.close(id),
    deleteFiles: (id) => rmSync(folderOf(id, options), { recursive: true, force: true }),
    forgetDevices(id) {
      options.source.forgetWorkspace(id);
      devices.close(id);
    },
    atomically: (work) => stores.database.transaction(work),
  });
  return { set, register, atWork: () => store.atWork() };
}

function folderOf(id: string, { data }: OpenWorkspacesOptions): string {
  return join(data, 'runner', id);
}

function openOne(id: string, options: OpenWorkspacesOptions): OpenWorkspace {
  const { data, stores, devices, source, time, log, createHost = createRunnerHost } = options;
  const { workspace, close } = openWorkspace({
    id,
    folder: folderOf(id, options),
    stores,
    devices: devices.of(id),
    broker: source.brokerConnection(id),
    // Compiled code is kept, so that a runner starts in a fraction of the time and without the compiler of TypeScript.
    environment: { NODE_COMPILE_CACHE: compileCacheFolder() ?? join(data, 'cache') },
    catalog,
    time,
    newId,
    log: (level, sentence) => log(level, id === FIRST_WORKSPACE ? sentence : `Workspace ${id}: ${sentence}`),
    createHost,
  });
  return {
    workspace,
    close(drainMs) {
      devices.close(id);
      return close(drainMs);
    },
  };
}
