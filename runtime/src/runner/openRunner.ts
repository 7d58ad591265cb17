import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from '@sluice/nodes/catalog.ts';
import { runners } from '@sluice/nodes/runners.ts';
import { SluiceError } from '@sluice/shared/errors.ts';
import { createConnections } from '../connections/connections.ts';
import { createIntakeQuota } from '../engine/intakeQuota.ts';
import type { RunnerHttp } from '../connections/http.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import { makeFolder, openDataFolder } from '../storage/dataFolder.ts';
import { notOpened } from '../storage/database.ts';
import { memoryStateStore } from '../storage/memoryStateStore.ts';
import type { FileStateStore, StateStoreOptions } from '../storage/stateStore.ts';
import { DEAD_LETTERS_PER_FLOW, openStateStore } from '../storage/stateStore.ts';
import { RunnerDevices } from './deviceDirectory.ts';
import type { RunnerConnection, RunnerDevice, RunnerMessage } from './protocol.ts';
import { Runner } from './runner.ts';
import type { RunnerTime } from './time.ts';
import { createIds, newId } from './time.ts';

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
  /** Dead letters kept of one flow; left out: as many as the store keeps by itself. */
  readonly deadLettersPerFlow?: number | undefined;
  /** Messages that all flows may take in together; left out: as many as come. */
  readonly messagesASecond?: number | undefined;
  send(message: RunnerMessage): void;
}

/** How long a runner waits for the one before it in the same folder to end. */
const PREDECESSOR_MS = 10_000;

/** The file in a runner's folder that holds state, waiting messages and dead letters. */
function stateFileIn(folder: string): string {
  return join(folder, 'state.db');
}

/** Puts a runner together out of the real things: all nodes, the sandbox, the connections, the store on disk. */
export function openRunner(options: OpenRunnerOptions): Runner {
  const { workspace, folder, connections, time, http, noticesASecond } = options;
  if (folder !== undefined) makeStateFolder(folder);
  const trouble = (sentence: string): void => options.send({ kind: 'trouble', sentence });
  const instance = folder === undefined ? newId() : instanceIn(folder);
  let mostLetters = options.deadLettersPerFlow ?? DEAD_LETTERS_PER_FLOW;
  const store =
    folder === undefined
      ? storeInMemory()
      : storeIn(folder, { onDamage: trouble, deadLettersPerFlow: () => mostLetters });
  if (store.gap !== undefined) trouble(store.gap);
  const quota = createIntakeQuota(time, time);
  quota.setMost(options.messagesASecond);
  return new Runner({
    workspace,
    time,
    newId: createIds(),
    catalog,
    implementations: runners,
    sandbox: createSandbox(),
    store,
    quota,
    connections,
    pool: createConnections({ list: connections, instance, scheduler: time }),
    devices: new RunnerDevices(options.devices, options.telemetry),
    http,
    noticesASecond,
    keepDeadLetters: (mostOfFlow) => {
      mostLetters = mostOfFlow;
    },
    send: (message) => options.send(message),
  });
}

/**
 * What this runner is called at brokers, which keep its sessions by it: the same after a restart, and another one than
 * that of every other runner, so it goes with the folder of its state.
 */
function instanceIn(folder: string): string {
  const file = join(folder, 'instance');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const instance = newId();
    writeFileSync(file, instance, { mode: 0o600 });
    return instance;
  }
}

function makeStateFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError(
      'folder-not-writable',
      `The folder ${folder}, which is to hold the state of flows, cannot be made (${reason}). Take another one.`,
      { cause },
    );
  }
}

/**
 * Takes the folder for this process alone: a runner whose host died may still be at work in it for a moment. Throws with a
 * sentence for a file that cannot be opened.
 */
function storeIn(folder: string, options: StateStoreOptions): FileStateStore {
  const held = openDataFolder(folder, PREDECESSOR_MS);
  const file = stateFileIn(folder);
  try {
    const store = openStateStore(file, options);
    return {
      ...store,
      close: () => {
        store.close();
        held.release();
      },
    };
  } catch (error) {
    held.release();
    throw notOpened(file, error);
  }
}

function storeInMemory(): FileStateStore {
  return { ...memoryStateStore(), gap: undefined, close: () => undefined };
}
