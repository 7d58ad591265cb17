import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { catalog } from '@sluice/nodes/catalog.ts';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { FlowResource } from '@sluice/shared/protocol/http.ts';
import type { Broker } from '../broker/broker.ts';
import { startBroker } from '../broker/broker.ts';
import { nodeHttp } from '../nodeHttp.ts';
import { compileCacheFolder } from '../runner/compileCache.ts';
import { createRunnerHost } from '../runner/host.ts';
import type { RunnerHost, RunnerHostOptions } from '../runner/runnerHost.ts';
import { isRunnerClient } from '../connections/clientId.ts';
import type { RunnerTime } from '../runner/time.ts';
import { newId, systemTime } from '../runner/time.ts';
import type { Settings } from '../settings.ts';
import { createAccountStore } from '../storage/accounts.ts';
import type { Database } from '../storage/database.ts';
import { openDatabase } from '../storage/database.ts';
import { notStarted, openDataFolder } from '../storage/dataFolder.ts';
import { createSecretBox, readMasterKey } from '../storage/secrets.ts';
import type { Accounts } from './accounts/accounts.ts';
import { createAccounts, FIRST_WORKSPACE } from './accounts/accounts.ts';
import { SLUICE_ITSELF } from './actor.ts';
import { builtInConnection } from './connections.ts';
import type { Devices } from './devices/devices.ts';
import { observeOutside } from './devices/observeOutside.ts';
import { createApp } from './http/app.ts';
import { closeHttp, connectionsOf, hostFor, listen } from './http/listening.ts';
import type { Log } from './http/problem.ts';
import { openLive } from './live/live.ts';
import { openDevices, openWorkspace } from './openWorkspace.ts';
import { within } from './within.ts';
import type { Workspace, Workspaces } from './workspace.ts';

export interface StartOptions {
  readonly log: Log;
  /** One line for each step of the start. */
  progress(line: string): void;
  /** Made and deployed when the data folder is new. */
  readonly firstFlows?: readonly Flow[];
  /** The folder of the built editor; the project's own by default. */
  readonly editor?: string;
  readonly time?: RunnerTime;
  readonly createHost?: (options: RunnerHostOptions) => RunnerHost;
  readonly openDatabase?: (file: string) => Database;
}

export interface RunningServer {
  /** The port of the web server. */
  readonly http: number;
  /** The port of the embedded broker; 0 when an outside one is used. */
  readonly mqtt: number;
  readonly address: string;
  /** The MQTT broker that devices publish to. */
  readonly mqttUrl: string;
  /** Makes the first account; only while there is none. */
  readonly firstStartLink?: string;
  /** Stops intake, drains the runner, closes everything; may be called twice. */
  stop(): Promise<void>;
}

const DRAIN_MS = 10_000;
/** How long a start waits for the flows that ran before; those that take longer go on starting. */
const RESUME_MS = 20_000;
const LOOPBACK = '127.0.0.1';
const EDITOR = resolve(import.meta.dirname, '../../../editor/dist');

/** What was started, to be stopped in reverse. */
type Stops = (() => void | Promise<void>)[];

/**
 * Starts the server: data folder, database, broker, runner, web server. Throws a `SluiceError` with a sentence for a
 * folder that is in use or not writable and for ports that are taken; then nothing is left running.
 */
export async function startServer(settings: Settings, options: StartOptions): Promise<RunningServer> {
  const stops: Stops = [];
  try {
    return await start(settings, options, stops);
  } catch (error) {
    await stopAll(stops);
    throw notStarted(settings.data, error);
  }
}

async function start(settings: Settings, options: StartOptions, stops: Stops): Promise<RunningServer> {
  const time = options.time ?? systemTime;
  const { progress, log } = options;

  progress(`Data folder ${settings.data}`);
  const folder = openDataFolder(settings.data);
  stops.push(() => folder.release());
  const secrets = createSecretBox(readMasterKey(settings.masterKeyFile ?? join(settings.data, 'master.key')));
  const database = (options.openDatabase ?? openDatabase)(join(settings.data, 'sluice.db'));
  stops.push(() => database.close());
  const { accounts, isNew } = await openAccounts(settings, database, time);

  const devices = openDevices({ id: FIRST_WORKSPACE, database, time, log });
  const devicesSource = await openDeviceSource(settings, devices, { time, log, stops });
  progress(devicesSource.line);

  const { workspace, close } = openWorkspace(
    {
      id: FIRST_WORKSPACE,
      folder: join(settings.data, 'runner', FIRST_WORKSPACE),
      database,
      secrets,
      broker: builtInConnection(devicesSource.url, devicesSource.broker === undefined),
      // Compiled code is kept, so that a runner starts in a fraction of the time and without the compiler of TypeScript.
      environment: { NODE_COMPILE_CACHE: compileCacheFolder() ?? join(settings.data, 'cache') },
      catalog,
      time,
      newId,
      log,
      createHost: options.createHost ?? createRunnerHost,
    },
    devices,
  );
  stops.push(() => close(DRAIN_MS));
  const web = await openWeb(settings, options, {
    accounts,
    workspace,
    time,
    broker: devicesSource.broker,
    stops,
  });
  progress('Flows');
  await within(RESUME_MS, startFlows(workspace, isNew, settings, options), time);
  web.setReady();

  const address = `http://${web.host.includes(':') ? `[${web.host}]` : web.host}:${web.port}`;
  let stopping: Promise<void> | undefined;
  return {
    http: web.port,
    mqtt: devicesSource.broker?.port ?? 0,
    address,
    mqttUrl: devicesSource.url,
    ...(accounts.isFirstStart()
      ? { firstStartLink: `${address}/first-start#token=${accounts.newFirstStartToken()}` }
      : {}),
    stop: () => (stopping ??= stopAll(stops)),
  };
}

async function stopAll(stops: Stops): Promise<void> {
  for (const stop of stops.toReversed()) await stop();
}

async function openAccounts(settings: Settings, database: Database, time: RunnerTime) {
  const store = createAccountStore(database);
  const isNew = database.prepare('SELECT 1 FROM workspaces').get() === undefined;
  store.addWorkspace(FIRST_WORKSPACE, 'Main', time.now());
  const accounts = createAccounts(store, time, newId);
  const { adminEmail: email, adminPassword: password } = settings;
  if (email !== undefined && password !== undefined) {
    await accounts.createFromSettings({ email, password, name: email.split('@')[0] ?? email });
  }
  return { accounts, isNew };
}

interface DeviceSource {
  readonly url: string;
  /** The embedded broker; `undefined` when an outside one is used. */
  readonly broker: Broker | undefined;
  readonly line: string;
}

async function openDeviceSource(
  settings: Settings,
  devices: Devices,
  { time, log, stops }: { time: RunnerTime; log: Log; stops: Stops },
): Promise<DeviceSource> {
  const observe = (topic: string, payload: Uint8Array): void => devices.observe(topic, payload);
  if (settings.mqttUrl !== undefined) {
    const clientId = `sluice-devices-${newId().slice(0, 8)}`;
    stops.push(await observeOutside({ url: settings.mqttUrl, clientId, observe, log }));
    return {
      url: settings.mqttUrl,
      broker: undefined,
      line: `MQTT broker ${new URL(settings.mqttUrl).host}`,
    };
  }
  const broker = await startBroker({
    port: settings.mqttPort,
    folder: join(settings.data, 'broker'),
    packetBytes: settings.mqttPacketBytes,
    time,
    newId,
    log,
    observe,
    keepsAllFor: isRunnerClient,
  });
  stops.push(() => broker.stop());
  return { url: `mqtt://${LOOPBACK}:${broker.port}`, broker, line: `MQTT broker on port ${broker.port}` };
}

/** What ran before runs again, or is held in safe mode; on the first start the first flows are made. */
async function startFlows(
  workspace: Workspace,
  isNew: boolean,
  { safe }: Settings,
  options: StartOptions,
): Promise<void> {
  if (safe) options.log('warning', 'Safe mode: every flow is held until somebody starts it.');
  const drafts = isNew ? addFirstFlows(workspace, options) : [];
  if (safe) workspace.deployments.hold();
  else if (isNew) await deployFirstFlows(workspace, drafts, options);
  else await workspace.deployments.resume();
}

function addFirstFlows({ flows }: Workspace, { firstFlows = [] }: StartOptions): FlowResource[] {
  return firstFlows.map((flow) => flows.create(SLUICE_ITSELF, flow.name, flow));
}

/** A flow that cannot be deployed stays as a draft; why is in the log. */
async function deployFirstFlows(
  { flows }: Workspace,
  drafts: readonly FlowResource[],
  { log }: StartOptions,
): Promise<void> {
  const deploying = drafts.map(async ({ id, name, revision }) => {
    try {
      await flows.deployDraft(SLUICE_ITSELF, id, revision, '', []);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log('error', `The flow “${name}” was not deployed: ${reason}`);
    }
  });
  await Promise.all(deploying);
}

interface WebParts {
  readonly accounts: Accounts;
  readonly workspace: Workspace;
  readonly time: RunnerTime;
  readonly broker: Broker | undefined;
  readonly stops: Stops;
}

async function openWeb(settings: Settings, options: StartOptions, parts: WebParts) {
  const { accounts, workspace, time, broker, stops } = parts;
  const workspaces: Workspaces = new Map([[workspace.id, workspace]]);
  let isReady = false;
  const app = createApp({
    accounts,
    workspaces,
    version: readVersion(),
    isSafe: settings.safe,
    editor: options.editor ?? EDITOR,
    isReady: () => isReady && ['idle', 'ready'].includes(workspace.host.state()),
    broker: () => broker?.counters(),
    newId,
    log: options.log,
  });
  const http = nodeHttp().createServer({ requestTimeout: 60_000 }, app);
  const connections = connectionsOf(http);
  const host = hostFor(settings.host, accounts, options.log);
  await listen(http, settings.port, host);
  const userOf = (token: string) => accounts.userOf(token);
  const live = openLive({ http, workspaces, userOf, time, newId, log: options.log });
  stops.push(async () => {
    isReady = false;
    await closeHttp(http, connections, () => live.stop(), time);
  });
  return {
    port: (http.address() as AddressInfo).port,
    host: host === '0.0.0.0' || host === '::' ? LOOPBACK : host,
    setReady: () => {
      isReady = true;
    },
  };
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
