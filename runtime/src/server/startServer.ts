import { join } from 'node:path';
import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { SlowedEvent } from '../broker/slowing.ts';
import type { RunnerHost, RunnerHostOptions } from '../runner/runnerHost.ts';
import type { RunnerTime } from '../runner/time.ts';
import { newId, systemTime } from '../runner/time.ts';
import type { Settings } from '../settings.ts';
import type { Database } from '../storage/database.ts';
import { openDatabase } from '../storage/database.ts';
import { notStarted, openDataFolder } from '../storage/dataFolder.ts';
import { createCredentialStore } from '../storage/credentials.ts';
import { openKeyring } from '../storage/workspaceKeys.ts';
import type { AccountsOptions } from './accounts/accounts.ts';
import type { OidcSettings } from './accounts/oidc.ts';
import { createAccounts, FIRST_WORKSPACE } from './accounts/accounts.ts';
import type { BrokerAccount } from './credentials/brokerSignIn.ts';
import { createCredentials } from './credentials/credentials.ts';
import { clearSlowedAlarms, createSlowedAlarms } from './credentials/slowedAlarms.ts';
import { openDeviceSource } from './deviceSource.ts';
import { createAllDevices } from './devices/allDevices.ts';
import type { Log } from './http/problem.ts';
import { openWeb } from './openWeb.ts';
import type { TlsFiles } from './tlsFiles.ts';
import { openTlsFiles } from './tlsFiles.ts';
import { createMembers } from './workspaces/members.ts';
import { openWorkspaces } from './workspaces/openWorkspaces.ts';
import { startFlows } from './workspaces/startFlows.ts';
import { createStores } from './workspaces/stores.ts';
import { within } from './within.ts';

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
  /** The port of the embedded broker with TLS; 0 where there is none. */
  readonly mqtts: number;
  /** For what the server itself publishes there, as the demo; `undefined` for an outside broker. */
  readonly mqttAccount: BrokerAccount | undefined;
  /** Makes the first account; only while there is none. */
  readonly firstStartLink?: string;
  /** Stops intake, drains the runners, closes everything; may be called twice. */
  stop(): Promise<void>;
}

const DRAIN_MS = 10_000;
/** How long a start waits for the flows that ran before; those that take longer go on starting. */
const RESUME_MS = 20_000;

/** What was started, to be stopped in reverse. */
type Stops = (() => void | Promise<void>)[];

/**
 * Starts the server: data folder, database, broker, workspaces, web server. Throws a `SluiceError` with a sentence for a
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
  const { progress, log, time = systemTime } = options;
  progress(`Data folder ${settings.data}`);
  const stores = openStorage(settings, options, stops);
  const { accounts, isNew } = await openAccounts(settings, {
    database: stores.database,
    secrets: stores.secrets,
    clock: time,
    log,
  });
  const devices = createAllDevices({ store: stores.devices, time, log });
  stops.push(() => devices.stop());
  const tls = openTls(settings, { time, log, stops });
  const credentials = createCredentials({
    store: createCredentialStore(stores.database),
    time,
    newId,
    log,
    boxOf: (workspace) => stores.secrets.of(workspace),
  });
  stops.push(() => credentials.stop());
  let tellSlowed: ((event: SlowedEvent) => void) | undefined;
  const source = await openDeviceSource({
    settings,
    credentials,
    tls,
    time,
    log,
    observe: (workspace, topic, payload) => devices.of(workspace).observe(topic, payload),
    onSlowed: (event) => tellSlowed?.(event),
  });
  stops.push(() => source.stop());
  progress(source.line);
  const members = createMembers(stores.database);
  const { createHost, firstFlows = [], editor } = options;
  const workspaces = openWorkspaces({
    data: settings.data,
    stores,
    members,
    devices,
    source,
    time,
    log,
    createHost,
  });
  const { set, register, atWork } = workspaces;
  stops.push(() => set.stop(DRAIN_MS));
  await register.finishDeletions();
  clearSlowedAlarms(
    stores.alarms,
    register.list().map(({ id }) => id),
    time,
  );
  tellSlowed = createSlowedAlarms({ workspaces: set, clock: time, log });
  // Always open; what is wrong with it ends the start.
  set.get(FIRST_WORKSPACE);
  const broker = source.counters;
  const web = await openWeb({
    settings,
    accounts,
    workspaces: set,
    register,
    broker,
    editor,
    time,
    log,
    keyring: stores.secrets,
    credentials,
    source,
    tls,
  });
  stops.push(() => web.stop());
  progress('Flows');
  const starting = startFlows({ workspaces: set, atWork, isNew, isSafe: settings.safe, firstFlows, log });
  await within(RESUME_MS, starting, time);
  web.setReady();
  let stopping: Promise<void> | undefined;
  return {
    http: web.port,
    mqtt: source.port,
    address: web.address,
    mqttUrl: source.url,
    mqttAccount: source.accountOf(FIRST_WORKSPACE),
    mqtts: source.tlsPort,
    ...(accounts.isFirstStart()
      ? { firstStartLink: `${web.address}/first-start#token=${accounts.newFirstStartToken()}` }
      : {}),
    stop: () => (stopping ??= stopAll(stops)),
  };
}

async function stopAll(stops: Stops): Promise<void> {
  for (const stop of stops.toReversed()) await stop();
}

function openTls(
  { tlsCert, tlsKey }: Settings,
  { time, log, stops }: { time: RunnerTime; log: Log; stops: Stops },
): TlsFiles | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const files = openTlsFiles({ cert: tlsCert, key: tlsKey }, time, log);
  stops.push(() => files.stop());
  return files;
}

function openStorage(settings: Settings, options: StartOptions, stops: Stops) {
  const time = options.time ?? systemTime;
  const folder = openDataFolder(settings.data);
  stops.push(() => folder.release());
  const database = (options.openDatabase ?? openDatabase)(join(settings.data, 'sluice.db'));
  stops.push(() => database.close());
  const keyFile = settings.masterKeyFile ?? join(settings.data, 'master.key');
  return createStores(
    database,
    openKeyring(database, keyFile, () => time.now()),
  );
}

async function openAccounts(settings: Settings, options: Omit<AccountsOptions, 'newId'>) {
  const { database, clock } = options;
  const isNew = database.prepare('SELECT 1 FROM workspaces').get() === undefined;
  const accounts = createAccounts({ ...options, newId, oidc: oidcOf(settings) });
  accounts.store.addWorkspace(FIRST_WORKSPACE, 'Main', clock.now());
  const { adminEmail: email, adminPassword: password } = settings;
  if (email !== undefined && password !== undefined) {
    await accounts.createFromSettings({ email, password, name: email.split('@')[0] ?? email });
  }
  return { accounts, isNew };
}

function oidcOf(settings: Settings): OidcSettings | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = settings;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const name = settings.oidcName ?? new URL(issuer).host;
  return { issuer, clientId, clientSecret, name, allowedDomains: settings.oidcAllowedDomains ?? [] };
}
