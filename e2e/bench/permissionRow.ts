import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, systemTime } from '../../runtime/src/runner/time.ts';
import type { Accounts } from '../../runtime/src/server/accounts/accounts.ts';
import { createAccounts } from '../../runtime/src/server/accounts/accounts.ts';
import { requirePermission } from '../../runtime/src/server/http/permission.ts';
import { callerOf } from '../../runtime/src/server/http/session.ts';
import { openDatabase } from '../../runtime/src/storage/database.ts';
import { createSecretBox } from '../../runtime/src/storage/secrets.ts';
import type { Row } from './row.ts';
import { median, micros } from './row.ts';

// What stands between a request whose headers are read and its handler: who calls, by cookie or token, looked up in the
// database; whether their role may; and the workspace they stand in. Processor time of each.

const PEOPLE = 1_000;
const WARM_UP = 20_000;
const CALLS = 100_000;
const MOST_MICROS = 20;

export async function permissionRows(rounds: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const database = openDatabase(join(folder, 'sluice.db'));
  try {
    const accounts = createAccounts({
      database,
      secrets: createSecretBox(new Uint8Array(32)),
      clock: systemTime,
      newId,
      log: () => undefined,
    });
    const { sessions, tokens } = fill(accounts);
    return [
      row(
        'by cookie',
        sessions.map((session) => requestWith({ cookie: `sluice_session=${session}` })),
        accounts,
        rounds,
      ),
      row(
        'by API token',
        tokens.map((token) => requestWith({ authorization: `Bearer ${token}` })),
        accounts,
        rounds,
      ),
    ];
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** People in ten workspaces, each with a session and a token. */
function fill({ store, sessions, tokens }: Accounts) {
  const made = Array.from({ length: PEOPLE }, (_, index) => {
    const workspace = `workspace-${index % 10}`;
    store.addWorkspace(workspace, workspace, 0);
    const id = newId();
    const user = {
      id,
      email: `${id}@example.org`,
      name: id,
      role: 'integrator',
      workspace,
      isOwner: false,
    } as const;
    store.addUser(user, 'no password', 0);
    return {
      session: sessions.open(user, { address: '127.0.0.1', browser: 'a bench' }),
      token: tokens.create(user, { name: 'a bench', role: 'integrator', days: 1 }).token,
    };
  });
  return { sessions: made.map(({ session }) => session), tokens: made.map(({ token }) => token) };
}

function requestWith(headers: Readonly<Record<string, string>>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers, { 'user-agent': 'a bench' });
  return request;
}

function row(how: string, requests: readonly IncomingMessage[], accounts: Accounts, rounds: number): Row {
  const workspaces = new Map(Array.from({ length: 10 }, (_, index) => [`workspace-${index}`, index]));
  const check = (calls: number): void => {
    for (let call = 0; call < calls; call++) {
      const request = requests[call % requests.length];
      const caller = request === undefined ? undefined : callerOf(accounts, request);
      requirePermission('integrator', caller?.user);
      if (workspaces.get(caller?.user.workspace ?? '') === undefined) throw new Error('Nobody was found.');
    }
  };
  check(WARM_UP);
  const taken = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    check(CALLS);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / CALLS;
  });
  const own = median(taken);
  return {
    what: `Permission of a request ${how}: who it is, their role, their workspace; ${PEOPLE} people`,
    value: micros(own),
    bar: `under ${MOST_MICROS} µs`,
    isMet: own < MOST_MICROS,
  };
}
