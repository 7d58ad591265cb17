import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from '@sluice/nodes/catalog.ts';
import { runners } from '@sluice/nodes/runners.ts';
import type { RunnerHttp } from '../connections/http.ts';
import type { StateStore } from '../engine/shell.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import { memoryStateStore } from '../storage/memoryStateStore.ts';
import { openStateStore } from '../storage/stateStore.ts';
import { devPool } from './devPool.ts';
import { RunnerDevices } from './deviceDirectory.ts';
import type { RunnerConnection, RunnerDevice, RunnerMessage } from './protocol.ts';
import { Runner } from './runner.ts';
import type { RunnerTime } from './time.ts';
import { newId } from './time.ts';

export interface OpenRunnerOptions {
  readonly workspace: string;
  /** Where state is kept; made when it is not there. Without it state is kept in memory only. */
  readonly folder: string | undefined;
  readonly connections: readonly RunnerConnection[];
  readonly devices: readonly RunnerDevice[];
  readonly telemetry: { readonly connection: string; readonly filter: string };
  readonly time: RunnerTime;
  readonly http: RunnerHttp;
  readonly noticesASecond?: number;
  send(message: RunnerMessage): void;
}

/** The file in a runner's folder that holds state, waiting messages and dead letters. */
export function stateFileIn(folder: string): string {
  return join(folder, 'state.db');
}

/** Puts a runner together out of the real things: all nodes, the sandbox, the connections, the store on disk. */
export function openRunner(options: OpenRunnerOptions): Runner {
  const { workspace, folder, connections, time, http, noticesASecond } = options;
  return new Runner({
    workspace,
    time,
    newId,
    catalog,
    implementations: runners,
    sandbox: createSandbox(),
    store: folder === undefined ? storeInMemory() : storeIn(folder),
    connections,
    pool: devPool(connections),
    devices: new RunnerDevices(options.devices, options.telemetry),
    http,
    noticesASecond,
    send: (message) => options.send(message),
  });
}

function storeIn(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openStateStore(stateFileIn(folder));
}

function storeInMemory(): StateStore & { close(): void } {
  return { ...memoryStateStore(), close: () => undefined };
}
