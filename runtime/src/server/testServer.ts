import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import { problemDetailsSchema, ROUTES } from '@sluice/shared/protocol/http.ts';
import { onTestFinished } from 'vitest';
import type * as z from 'zod';
import { newId, systemTime } from '../runner/time.ts';
import type { Settings } from '../settings.ts';
import { readSettings } from '../settings.ts';
import type { Database } from '../storage/database.ts';
import { openDatabase } from '../storage/database.ts';
import { createSecretBox, readMasterKey } from '../storage/secrets.ts';
import type { Accounts } from './accounts/accounts.ts';
import { createAccounts } from './accounts/accounts.ts';
import type { FakeRunnerHost } from './fakeRunnerHost.ts';
import { createFakeRunnerHost } from './fakeRunnerHost.ts';
import type { RunningServer, StartOptions } from './startServer.ts';
import { startServer } from './startServer.ts';

export const ADA = { email: 'ada@example.org', name: 'Ada', password: 'otters like quiet rivers' };

const TEST_ORIGIN = { address: '127.0.0.1', browser: 'a test' };

export interface TestServer {
  readonly server: RunningServer;
  readonly host: FakeRunnerHost;
  readonly folder: string;
  readonly settings: Settings;
  readonly lines: string[];
  readonly database: Database;
  /** The accounts on that database: what is done to them counts on the server. */
  readonly accounts: Accounts;
  /** A new user; an admin of the first workspace owns the server unless it is said. */
  userFor(role: User['role'], workspace?: string, isOwner?: boolean): User;
  /** The cookie of a new session of a new user. */
  cookieFor(role: User['role'], workspace?: string, isOwner?: boolean): string;
}

export function testSettings(flags: Record<string, unknown> = {}): Settings {
  const data = mkdtempSync(join(tmpdir(), 'sluice-server-'));
  return readSettings({ flags: { data, port: 0, mqttPort: 0, ...flags }, environment: {} });
}

/** A real server on free ports with a data folder of its own; the runner is a fake one unless `createHost` is given. */
export async function startTestServer(
  flags: Record<string, unknown> = {},
  options: Partial<StartOptions> = {},
): Promise<TestServer> {
  const settings = testSettings(flags);
  const lines: string[] = [];
  let host: FakeRunnerHost | undefined;
  const server = await startServer(settings, {
    log: (_level, sentence) => lines.push(sentence),
    progress: () => undefined,
    createHost: (hostOptions) => {
      host = createFakeRunnerHost(hostOptions);
      return host;
    },
    ...options,
  });
  onTestFinished(() => server.stop());
  const database = openDatabase(join(settings.data, 'sluice.db'));
  onTestFinished(() => database.close());
  const secrets = createSecretBox(readMasterKey(join(settings.data, 'master.key')));
  const log = (_level: string, sentence: string): void => void lines.push(sentence);
  const accounts = createAccounts({ database, secrets, clock: systemTime, newId, log });
  const userFor: TestServer['userFor'] = (role, workspace = 'main', isOwner = role === 'admin') => {
    accounts.store.addWorkspace(workspace, workspace, 0);
    const id = newId();
    const user = { id, email: `${id}@example.org`, name: role, role, workspace, isOwner };
    accounts.store.addUser(user, 'no password', 0);
    return user;
  };
  return {
    server,
    host: host ?? createFakeRunnerHost({} as never),
    folder: settings.data,
    settings,
    lines,
    database,
    accounts,
    userFor,
    cookieFor: (...who) => `sluice_session=${accounts.sessions.open(userFor(...who), TEST_ORIGIN)}`,
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends one request; a body goes as JSON unless it is a text already. */
export async function send(
  server: RunningServer,
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const response = await fetch(`${server.address}${path}`, {
    method: method.toUpperCase(),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as unknown) : text,
  };
}

interface CallOptions {
  readonly params?: Record<string, string | number>;
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
}

/** An API token goes as a bearer text, anything else as a cookie. */
export function headersOf(credential: string): Record<string, string> {
  const isToken = /^sluice_(?!session=)/.test(credential);
  return isToken ? { authorization: `Bearer ${credential}` } : { cookie: credential };
}

/** Calls routes by name with a session or an API token. What comes back is checked by the route's own schema, or is problem details. */
export function apiOf(server: RunningServer, credential?: string) {
  async function raw(
    name: RouteName,
    { params = {}, query = {}, body }: CallOptions = {},
  ): Promise<Answered> {
    const { method, path } = ROUTES[name];
    const filled = path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key])));
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
    return send(server, method, search.size > 0 ? `${filled}?${search.toString()}` : filled, {
      body,
      headers: credential === undefined ? {} : headersOf(credential),
    });
  }
  return {
    raw,
    async ok<Name extends RouteName>(
      name: Name,
      options?: CallOptions,
    ): Promise<z.output<(typeof ROUTES)[Name]['response']>> {
      const answered = await raw(name, options);
      if (answered.status !== 200) throw new Error(`${name}: ${JSON.stringify(answered.body)}`);
      return ROUTES[name].response.parse(answered.body) as z.output<(typeof ROUTES)[Name]['response']>;
    },
    async problem(name: RouteName, options?: CallOptions) {
      const answered = await raw(name, options);
      if (answered.status < 400) throw new Error(`${name} went well: ${JSON.stringify(answered.body)}`);
      return problemDetailsSchema.loose().parse(answered.body);
    },
  };
}
