import type { ClientEvents } from '@sluice/shared/protocol/live.ts';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { Role } from '@sluice/shared/protocol/people.ts';
import { roleSchema } from '@sluice/shared/protocol/people.ts';
import type { Permission, Route } from '@sluice/shared/protocol/route.ts';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import type { Database } from '../storage/database.ts';
import { createApp } from './http/app.ts';
import { isAllowed } from './http/permission.ts';
import { LIVE_PERMISSIONS } from './live/live.ts';
import type { TestServer } from './testServer.ts';
import { apiOf, headersOf, send, startTestServer } from './testServer.ts';

// Every route and every event of the socket, for everybody, with ids of their own, of another workspace, of what is
// gone, and of nothing. The rows come from the tables: one that is added later is tried without a word here.

interface Somebody {
  readonly name: string;
  /** A cookie or an API token; none for a stranger. */
  readonly credential: string | undefined;
  /** As the audit log calls them. */
  readonly who: string;
  readonly may: (permission: Permission) => boolean;
  readonly isToken: boolean;
}

const ROLES = roleSchema.options;
const WHOSE = ['own', 'other', 'deleted', 'none'] as const;
type Whose = (typeof WHOSE)[number];
/** An id for each kind of thing that a path or a body names. */
type Ids = Readonly<Record<string, string>>;

function everybody({ accounts, userFor }: TestServer): Somebody[] {
  const origin = { address: '127.0.0.1', browser: 'a test' };
  const session = (role: Role, isOwner: boolean): Somebody => {
    const user = userFor(role, 'main', isOwner);
    return {
      name: isOwner ? 'the owner' : role,
      credential: `sluice_session=${accounts.sessions.open(user, origin)}`,
      who: user.email,
      may: (permission) => isAllowed(permission, user),
      isToken: false,
    };
  };
  const token = (role: Role): Somebody => {
    const user = userFor('admin', 'main', true);
    const made = accounts.tokens.create(user, { name: role, role, days: 1 });
    return {
      name: `a token for ${role}`,
      credential: made.token,
      who: `token ${role} of ${user.email}`,
      may: (permission) => isAllowed(permission, { ...user, role, isOwner: false }),
      isToken: true,
    };
  };
  const nobody: Somebody = {
    name: 'nobody',
    credential: undefined,
    who: '',
    may: (permission) => permission === 'public',
    isToken: false,
  };
  return [nobody, ...ROLES.map((role) => session(role, false)), session('admin', true), ...ROLES.map(token)];
}

function mayCall({ may, isToken }: Somebody, { permission, refusesTokens }: Route): boolean {
  return may(permission) && !(isToken && refusesTokens === true);
}

/** Makes one of each thing in a workspace, and gives their ids. */
async function fill({ server, accounts, userFor, cookieFor }: TestServer, workspace: string): Promise<Ids> {
  const api = apiOf(server, cookieFor('admin', workspace, false));
  const flow = await api.ok('createFlow', { body: { name: `Flow of ${workspace}` } });
  const connection = await api.ok('createConnection', {
    body: { name: `Plant of ${workspace}`, type: 'mqtt', config: { url: 'mqtt://127.0.0.1:1' } },
  });
  const invitation = await api.ok('invite', { body: { email: `x@${workspace}.example`, role: 'viewer' } });
  const person = userFor('viewer', workspace);
  const admin = userFor('admin', workspace, false);
  const token = accounts.tokens.create(admin, { name: 'a', role: 'viewer', days: 1 });
  accounts.sessions.open(person, { address: '', browser: '' });
  const [session] = accounts.sessions.list(person.id, '');
  return {
    flows: flow.id,
    deployments: flow.id,
    connections: connection.id,
    invitations: invitation.id,
    users: person.id,
    tokens: token.id,
    account: session?.id ?? '',
    workspaces: workspace,
    devices: `device-of-${workspace}`,
    'dead-letters': `letter-of-${workspace}`,
  };
}

/** What was in the workspace, and is gone. */
async function remove({ server, accounts, cookieFor }: TestServer, ids: Ids): Promise<void> {
  const api = apiOf(server, cookieFor('admin'));
  const id = (kind: string) => ({ params: { id: ids[kind] ?? '' } });
  await api.ok('deleteFlow', { ...id('flows'), query: { revision: 1 } });
  await api.ok('deleteConnection', { ...id('connections'), query: { revision: 1 } });
  await api.ok('withdrawInvitation', id('invitations'));
  await api.ok('deleteToken', id('tokens'));
  accounts.sessions.endAll(ids['users'] ?? '');
  await api.ok('removeUser', id('users'));
}

const NONE: Ids = Object.fromEntries(
  [
    'flows',
    'deployments',
    'connections',
    'invitations',
    'users',
    'tokens',
    'account',
    'workspaces',
    'devices',
    'dead-letters',
  ].map((kind) => [kind, 'nothing']),
);

interface Case {
  readonly name: RouteName;
  readonly row: Route;
  readonly ids: Ids;
}

function call({ server }: TestServer, { name, row, ids }: Case, credential: string | undefined) {
  const kind = row.path.split('/')[2] ?? '';
  const path = row.path.replaceAll(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(key === 'id' ? (ids[kind] ?? name) : '1'),
  );
  const query =
    row.query === undefined ? {} : (sampleOf(z.toJSONSchema(row.query, JSON_SCHEMA), ids) as object);
  const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  return send(server, row.method, `${path}?${search.toString()}`, {
    ...(row.body === undefined ? {} : { body: sampleOf(z.toJSONSchema(row.body, JSON_SCHEMA), ids) }),
    headers: credential === undefined ? {} : headersOf(credential),
  });
}

const JSON_SCHEMA = { io: 'input', unrepresentable: 'any' } as const;

/** The smallest value that a JSON schema takes, with ids where something is named. */
function sampleOf(schema: z.core.JSONSchema._JSONSchema, ids: Ids): unknown {
  if (typeof schema === 'boolean') return {};
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return sampleOf(choice, ids);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((key) => [
          key,
          ids[`${key}s`] ?? sampleOf(schema.properties?.[key] ?? true, ids),
        ]),
      );
    case 'array':
      return [];
    case 'number':
    case 'integer':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'string':
      return schema.format === 'email'
        ? 'some.one@example.org'
        : 'sample of text'.padEnd(schema.minLength ?? 0);
    default:
      return {};
  }
}

/** All that is on disk, but for the audit log and when things were last used. */
function dump(database: Database): string {
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !['audit', 'audit_chains'].includes(name));
  return tables
    .map((table) => {
      const rows = database.prepare(`SELECT * FROM "${table}"`).all();
      return `${table} ${JSON.stringify(rows.map((row) => ({ ...row, last_used_at: 0 })))}`;
    })
    .join('\n');
}

function deniedIn(database: Database): Set<string> {
  const rows = database.prepare("SELECT who, subject FROM audit WHERE what = 'denied'").all();
  return new Set(rows.map(({ who, subject }) => `${String(subject)} for ${String(who)}`));
}

async function setUp() {
  const test = await startTestServer();
  const [own, other] = [await fill(test, 'main'), await fill(test, 'other')];
  const gone = await fill(test, 'main');
  await remove(test, gone);
  const deleted = { ...gone, workspaces: 'gone' };
  const ids: Record<Whose, Ids> = { own, other, deleted, none: NONE };
  return { test, ids, all: everybody(test) };
}

const ROWS = Object.entries<Route>(ROUTES).map(([name, row]) => ({ name: name as RouteName, row }));

describe('every route', () => {
  it('refuses everybody who may not call it, whatever id they name; nothing changes, and the audit log tells', async () => {
    const { test, ids, all } = await setUp();
    for (const { name, row } of ROWS) {
      const refused = all.filter((somebody) => !mayCall(somebody, row));
      const before = dump(test.database);
      const calls = refused.flatMap((somebody) => WHOSE.map((whose) => ({ somebody, whose })));
      const answers = await Promise.all(
        calls.map(async ({ somebody, whose }) => {
          const { status } = await call(test, { name, row, ids: ids[whose] }, somebody.credential);
          return [name, somebody.name, whose, status];
        }),
      );
      expect(answers).toEqual(
        calls.map(({ somebody, whose }) => [
          name,
          somebody.name,
          whose,
          somebody.credential === undefined ? 401 : 403,
        ]),
      );
      expect([name, dump(test.database)]).toEqual([name, before]);
      const denied = deniedIn(test.database);
      const untold = refused.filter(({ who }) => !denied.has(`${name} for ${who}`)).map((one) => one.name);
      expect([name, untold]).toEqual([name, name === 'session' ? ['nobody'] : []]);
    }
  }, 120_000);

  it('gives nobody anything of another workspace, of what is gone, or of nothing', async () => {
    const { test, ids, all } = await setUp();
    // The owner reaches every workspace by its id, and may.
    const rows = ROWS.filter(({ row }) => /:id|workspace$/.test(row.path) && row.permission !== 'owner');
    for (const { name, row } of rows) {
      const allowed = all.filter((somebody) => mayCall(somebody, row));
      const before = dump(test.database);
      const found: unknown[] = [];
      for (const whose of ['other', 'deleted', 'none'] as const) {
        const answers = await Promise.all(
          allowed.map(async ({ name: who, credential }) => {
            const { status, body } = await call(test, { name, row, ids: ids[whose] }, credential);
            return status === 404 ? [] : [[name, who, whose, status, body]];
          }),
        );
        found.push(...answers.flat());
      }
      expect(found).toEqual([]);
      expect([name, dump(test.database)]).toEqual([name, before]);
    }
  }, 120_000);
});

describe('every event of the live socket', () => {
  /** The answer to one event, or why there is no socket. */
  async function emit(
    test: TestServer,
    { credential }: Somebody,
    event: keyof ClientEvents,
    payload: object,
  ) {
    const isToken = credential !== undefined && 'authorization' in headersOf(credential);
    const socket = io(test.server.address, {
      transports: ['websocket'],
      reconnection: false,
      ...(credential === undefined || isToken ? {} : { extraHeaders: headersOf(credential) }),
      ...(isToken ? { auth: { token: credential } } : {}),
    });
    onTestFinished(() => void socket.close());
    try {
      return await new Promise<string>((resolve) => {
        socket.on('connect_error', ({ message }) => resolve(message));
        socket.emit(event, payload, (answer: { ok: boolean; code?: string }) =>
          resolve(answer.ok ? 'done' : (answer.code ?? '')),
        );
      });
    } finally {
      socket.close();
    }
  }

  const payloadOf = (flow: string) => ({ flow, node: 'n', paused: false, on: true });
  const events = Object.entries(LIVE_PERMISSIONS) as [keyof ClientEvents, Permission][];

  it('is for those who may, and finds no flow of another workspace, that is gone, or that never was', async () => {
    const { test, ids, all } = await setUp();
    const before = dump(test.database);
    for (const [event, permission] of events) {
      for (const somebody of all) {
        for (const whose of WHOSE) {
          const answer = await emit(test, somebody, event, payloadOf(ids[whose]['flows'] ?? ''));
          const told = [event, somebody.name, whose, answer];
          if (somebody.credential === undefined) expect(told.join()).toContain('not-signed-in');
          else if (!somebody.may(permission)) expect(told.join()).toContain('not-allowed');
          else if (whose !== 'own' && ['watch', 'inject'].includes(event))
            expect(told.join()).toContain('not-found');
          else expect(['done', 'not-found']).toContain(answer);
        }
      }
      const refused = all.filter(({ credential, may }) => credential !== undefined && !may(permission));
      const denied = deniedIn(test.database);
      expect(refused.filter(({ who }) => !denied.has(`${event} for ${who}`))).toEqual([]);
    }
    expect(dump(test.database)).toBe(before);
    expect(test.host.injected.map(({ flow }) => flow)).not.toContain(ids.other['flows']);
  }, 60_000);
});

describe('the table', () => {
  /** A part of Express's router, of which its types tell less. */
  interface Layer {
    readonly route?: { readonly path: unknown; readonly stack: readonly { readonly method: string }[] };
    readonly handle: { readonly stack?: readonly Layer[] };
  }
  const mounted = (stack: readonly Layer[]): string[] =>
    stack.flatMap(({ route, handle }) => [
      ...(route === undefined
        ? []
        : [...new Set(route.stack.map(({ method }) => `${method} ${String(route.path)}`))]),
      ...mounted(handle.stack ?? []),
    ]);

  /** Stands for everything that an app is made of: nothing of it is used before a request comes. */
  const anything: unknown = new Proxy(() => anything, { get: () => anything, apply: () => anything });
  const options = new Proxy({}, { get: (_, key) => (key === 'editor' ? '/nowhere' : anything) });

  it('has every route that is mounted, and no other is', () => {
    const app = createApp(options as Parameters<typeof createApp>[0]);
    const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
    const known = ROWS.map(({ row }) => `${row.method} ${row.path}`);
    // Those that are no rows: the document and the pages are for everybody; metrics and the intake of devices, which sign
    // in by credentials of their own, are tried beside their code.
    const page = String.raw`get /^\/(?!api\/|in\/|metrics$|socket\.io\/|assets\/)/`;
    const apart = ['get /api/openapi.json', 'get /metrics', 'post /:device', page];
    expect(mounted(stack).toSorted()).toEqual([...known, ...apart].toSorted());
  });

  it('says of every route for people only that tokens are refused', () => {
    const own = ROWS.filter(({ row }) => /^\/api\/(account|tokens|session\/)/.test(row.path));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter(({ row }) => row.refusesTokens !== true)).toEqual([]);
  });
});
