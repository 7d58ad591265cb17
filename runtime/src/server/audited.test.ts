import { join } from 'node:path';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import type { ROUTES } from '@sluice/shared/protocol/http.ts';
import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import { newId } from '../runner/time.ts';
import { openStateStore } from '../storage/stateStore.ts';
import { makeRequest } from './credentials/testingTls.ts';
import { ada, EVE, invited } from './routes/testPeople.ts';
import type { TestServer } from './testServer.ts';
import { ADA, apiOf, startTestServer } from './testServer.ts';

// Every route that changes something leaves an entry in the audit log, or stands here with the reason why it does not.
// The rows come from the table of routes: one that is added later has no line here, and does not compile.

type Changing = {
  [Name in RouteName]: (typeof ROUTES)[Name]['method'] extends 'get' ? never : Name;
}[RouteName];
type Api = ReturnType<typeof apiOf>;
type Options = NonNullable<Parameters<Api['raw']>[1]>;
type World = Awaited<ReturnType<typeof makeWorld>>;

interface Prepared extends Options {
  /** Who calls; Ada, who owns the server, where nobody else is given. */
  readonly by?: Api;
  /** The server that is called, where it is another one. */
  readonly test?: TestServer;
}

/** How the audit log calls it, or why it has no entry of it; and what a call that succeeds takes. */
type Line = readonly [
  what: string | { readonly none: string },
  prepare: (world: World) => Promise<Prepared> | Prepared,
];

const ONLY_LOOKS = { none: 'it only looks: nothing is changed by it' };

async function makeWorld() {
  const made = await ada();
  const { test, api } = made;
  const flow = async (): Promise<string> =>
    (await api.ok('createFlow', { body: { name: 'A', flow: emptyFlow(newId(), 'A') } })).id;
  /** Gives the secret of an authenticator that is not confirmed yet. */
  const authenticator = async () =>
    (await api.ok('beginSecondFactor', { body: { password: ADA.password } })).secret;
  return {
    ...made,
    flow,
    running: async (): Promise<string> => {
      const id = await flow();
      await api.ok('deploy', { body: { flow: id, revision: 1 } });
      return id;
    },
    connection: async () => (await api.ok('createConnection', { body: CONNECTION })).id,
    device: async () => (await api.ok('createDevice', { body: { id: newId(), name: 'D' } })).id,
    workspace: async () => (await api.ok('createWorkspace', { body: { name: 'W' } })).id,
    person: async () => (await apiOf(test.server, test.cookieFor('viewer')).ok('session')).id,
    /** A message of a flow that failed. */
    letter(of: string): string {
      const store = openStateStore(join(test.folder, 'runner', 'main', 'state.db'));
      const id = newId();
      const message = createMessage({ id, time: 1 });
      const deadLetters = [{ id, node: 'n', port: 'in', at: 1, sentence: 'It broke.', message }];
      store.commit([{ flow: of, state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters }]);
      store.close();
      return id;
    },
    authenticator,
    /** Turns the second factor on and gives a recovery code of it. */
    async recoveryCode() {
      const code = await generate({ secret: await authenticator() });
      return (await api.ok('confirmSecondFactor', { body: { code } })).recoveryCodes[0];
    },
  };
}

const CONNECTION = { name: 'C', type: 'mqtt', config: { url: 'mqtt://127.0.0.1:1' } };
const OF_NODE = { node: 'n', key: 'k' };
const id = (value: string) => ({ params: { id: value } });

const LINES: Readonly<Record<Changing, Line>> = {
  createFirstAccount: [
    'account.create',
    async () => {
      const test = await startTestServer();
      const token = test.server.firstStartLink?.split('=')[1] ?? '';
      return { body: { token, ...EVE }, by: apiOf(test.server), test };
    },
  ],
  signIn: ['session.open', ({ guest }) => ({ body: ADA, by: guest })],
  signOut: ['session.end', () => ({})],

  createFlow: ['flow.create', () => ({ body: { name: 'A' } })],
  saveFlow: [
    'flow.save',
    async ({ flow }) => {
      const made = await flow();
      return { ...id(made), body: { revision: 1, flow: emptyFlow(made, 'B') } };
    },
  ],
  deleteFlow: ['flow.delete', async ({ flow }) => ({ ...id(await flow()), query: { revision: 1 } })],
  validateFlow: [ONLY_LOOKS, async ({ flow }) => id(await flow())],
  deploy: ['flow.deploy', async ({ flow }) => ({ body: { flow: await flow(), revision: 1 } })],
  stopFlow: ['flow.stop', async ({ running }) => id(await running())],
  startFlow: [
    'flow.start',
    async ({ running, api }) => {
      const made = await running();
      await api.ok('stopFlow', id(made));
      return id(made);
    },
  ],
  dryRun: [ONLY_LOOKS, async ({ flow }) => ({ ...id(await flow()), body: { inputs: [] } })],
  runScenarios: [ONLY_LOOKS, async ({ flow }) => ({ ...id(await flow()), body: {} })],
  startTrace: [
    { none: 'it only looks, at what whoever sees the flow may see' },
    async ({ running }) => ({ ...id(await running()), body: { device: 'd' } }),
  ],

  setNodeState: [
    'state.set',
    async ({ running }) => ({ params: { id: await running(), ...OF_NODE }, body: { state: 1 } }),
  ],
  clearNodeStateKey: [
    'state.clear',
    async ({ running }) => ({ params: { id: await running(), ...OF_NODE } }),
  ],
  clearNodeState: [
    'state.clear-all',
    async ({ running }) => ({ params: { id: await running(), ...OF_NODE } }),
  ],
  clearOutbox: ['outbox.clear', async ({ running }) => ({ params: { id: await running(), ...OF_NODE } })],
  replayDeadLetter: ['dead-letter.replay', async ({ running, letter }) => id(letter(await running()))],
  dropDeadLetter: ['dead-letter.drop', async ({ running, letter }) => id(letter(await running()))],
  replayDeadLetters: [
    'dead-letter.replay-all',
    async ({ running, letter }) => {
      letter(await running());
      return { body: {} };
    },
  ],
  dropDeadLetters: [
    'dead-letter.drop-all',
    async ({ running, letter }) => {
      letter(await running());
      return { body: {} };
    },
  ],

  createDevice: ['device.create', () => ({ body: { id: 'd', name: 'D' } })],
  saveDevice: [
    'device.edit',
    async ({ device }) => ({ ...id(await device()), body: { name: 'E', model: '', tags: [] } }),
  ],
  createDeviceToken: ['credential.create', async ({ device }) => id(await device())],
  signDeviceCertificate: [
    'credential.create',
    async ({ device }) => ({ ...id(await device()), body: { request: (await makeRequest()).request } }),
  ],
  revokeCredential: [
    'credential.revoke',
    async ({ api, device }) => {
      const made = await device();
      const { id: credential } = await api.ok('createDeviceToken', id(made));
      return { params: { id: made, credential } };
    },
  ],

  createConnection: ['connection.create', () => ({ body: CONNECTION })],
  saveConnection: [
    'connection.save',
    async ({ connection }) => ({ ...id(await connection()), body: { ...CONNECTION, revision: 1 } }),
  ],
  deleteConnection: [
    'connection.delete',
    async ({ connection }) => ({ ...id(await connection()), query: { revision: 1 } }),
  ],

  saveLimits: ['limits.save', async ({ api }) => ({ body: await api.ok('limits') })],
  saveRetention: ['retention.save', async ({ api }) => ({ body: await api.ok('retention') })],
  rotateKeys: ['secrets.rotate', () => ({})],

  changeName: ['account.name', () => ({ body: { name: 'Ada King' } })],
  changePassword: ['account.password', () => ({ body: { current: ADA.password, next: EVE.password } })],
  beginSecondFactor: [
    { none: 'it counts when it is confirmed, which is noted' },
    () => ({ body: { password: ADA.password } }),
  ],
  confirmSecondFactor: [
    'account.secondFactor',
    async ({ authenticator }) => ({ body: { code: await generate({ secret: await authenticator() }) } }),
  ],
  renewRecoveryCodes: [
    'account.recoveryCodes',
    async ({ recoveryCode }) => ({ body: { password: ADA.password, code: await recoveryCode() } }),
  ],
  endSecondFactor: [
    'account.secondFactor',
    async ({ recoveryCode }) => ({ body: { password: ADA.password, code: await recoveryCode() } }),
  ],
  endSession: [
    'session.end',
    async ({ api, guest }) => {
      await guest.ok('signIn', { body: ADA });
      const [other] = (await api.ok('sessions')).filter(({ isCurrent }) => !isCurrent);
      return id(other?.id ?? '');
    },
  ],
  signOutEverywhere: ['session.endAll', () => ({})],
  chooseWorkspace: ['session.choose', async ({ workspace }) => ({ body: { workspace: await workspace() } })],
  saveUser: ['user.role', async ({ person }) => ({ ...id(await person()), body: { role: 'operator' } })],
  removeUser: ['user.remove', async ({ person }) => id(await person())],
  signOutUser: ['user.signOut', async ({ person }) => id(await person())],
  invite: ['invitation.create', () => ({ body: { email: EVE.email, role: 'viewer' } })],
  withdrawInvitation: [
    'invitation.withdraw',
    async ({ api }) => id((await api.ok('invite', { body: { email: EVE.email, role: 'viewer' } })).id),
  ],
  readInvitation: [
    ONLY_LOOKS,
    async ({ api, guest }) => ({ body: { token: await invited(api, EVE.email) }, by: guest }),
  ],
  acceptInvitation: [
    'invitation.accept',
    async ({ api, guest }) => ({ body: { ...EVE, token: await invited(api, EVE.email) }, by: guest }),
  ],
  createToken: ['token.create', () => ({ body: { name: 'T', role: 'viewer' } })],
  deleteToken: [
    'token.delete',
    async ({ api }) => id((await api.ok('createToken', { body: { name: 'T', role: 'viewer' } })).id),
  ],

  createWorkspace: ['workspace.create', () => ({ body: { name: 'W' } })],
  saveWorkspace: [
    'workspace.save',
    async ({ workspace }) => ({ ...id(await workspace()), body: { name: 'X' } }),
  ],
  saveWorkspaceLimits: [
    'limits.save',
    async ({ api, workspace }) => ({ ...id(await workspace()), body: await api.ok('limits') }),
  ],
  deleteWorkspace: [
    'workspace.delete',
    async ({ workspace }) => ({ ...id(await workspace()), query: { name: 'W' } }),
  ],
};

function lastEntry({ database }: TestServer): number {
  return Number(database.prepare('SELECT coalesce(max(id), 0) AS id FROM audit').get()?.id);
}

/** Those that change what Ada signs in by, which the others go on with. */
const OF_ADA: ReadonlySet<string> = new Set<Changing>([
  'signIn',
  'signOut',
  'signOutEverywhere',
  'endSession',
  'changePassword',
  'beginSecondFactor',
  'confirmSecondFactor',
  'renewRecoveryCodes',
  'endSecondFactor',
  'chooseWorkspace',
]);
const ALL = Object.entries(LINES) as [Changing, Line][];

/** What the audit log has of one call that succeeds, and what it should have. */
async function noted(world: World, [name, [what, prepare]]: [Changing, Line]) {
  const { by = world.api, test = world.test, ...options } = await prepare(world);
  const before = lastEntry(test);
  await by.ok(name, options);
  const entries = test.database.prepare('SELECT what, who, address FROM audit WHERE id > ?').all(before);
  for (const { who, address } of entries) expect([name, who, address]).not.toContain('');
  const found = new Set(entries.map((entry) => String(entry['what'])));
  return { found: [name, ...found], wanted: typeof what === 'string' ? [name, what] : [name] };
}

describe('a route that changes something', () => {
  it('is in the audit log with who and from where, or says here why it is not', async () => {
    const world = await makeWorld();
    world.test.host.tells = { clearState: 1, clearOutbox: 1 };
    for (const line of ALL.filter(([name]) => !OF_ADA.has(name))) {
      const { found, wanted } = await noted(world, line);
      expect(found).toEqual(wanted);
    }
  }, 60_000);

  it.each(ALL.filter(([name]) => OF_ADA.has(name)))('so is %s, of one’s own account', async (...line) => {
    const { found, wanted } = await noted(await makeWorld(), line);
    expect(found).toEqual(wanted);
  });
});
