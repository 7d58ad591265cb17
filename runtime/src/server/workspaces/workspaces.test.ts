import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Database } from '../../storage/database.ts';
import { createWorkspaceStore } from '../../storage/workspaces.ts';
import { ADA, send } from '../testServer.ts';
import { startWithWorkspaces } from './testingWorkspaces.ts';
import { eventually } from '../../testingPatience.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };

/** Tables that still have a row of the workspace. */
function tablesWith(database: Database, workspace: string): string[] {
  const tables = database
    .prepare(
      `SELECT t.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
       WHERE t.type = 'table' AND c.name = 'workspace' ORDER BY t.name`,
    )
    .all()
    .map((row) => String(row.name));
  return tables.filter(
    (table) => database.prepare(`SELECT 1 FROM "${table}" WHERE workspace = ?`).get(workspace) !== undefined,
  );
}

describe('workspaces', () => {
  it('are made by the owner, who is the first admin, and named anew; each step is in the audit log', async () => {
    const { owner, database } = await startWithWorkspaces(ADMIN);
    const made = await owner.ok('createWorkspace', { body: { name: 'Bakery Müller' } });
    expect(made).toMatchObject({ name: 'Bakery Müller', people: 1, flows: 0, running: 0 });
    expect(made.id).toMatch(/^bakery-mu-ller-[0-9a-f]{8}$/);
    await owner.ok('saveWorkspace', { params: { id: made.id }, body: { name: 'Bakery' } });
    expect((await owner.ok('workspaces')).map(({ name }) => name)).toEqual(['Bakery', 'Main']);
    const noted = database.prepare('SELECT what FROM audit WHERE workspace = ? ORDER BY id').all(made.id);
    expect(noted.map(({ what }) => what)).toEqual(['workspace.create', 'workspace.save']);
    const role = database.prepare('SELECT role FROM memberships WHERE workspace = ?').get(made.id);
    expect(role).toEqual({ role: 'admin' });
  });

  it('are for nobody but the owner', async () => {
    const { adminOf, owner } = await startWithWorkspaces(ADMIN);
    const { api } = adminOf('other');
    for (const [name, options] of [
      ['workspaces', {}],
      ['createWorkspace', { body: { name: 'Mine' } }],
      ['saveWorkspace', { params: { id: 'main' }, body: { name: 'Mine' } }],
      ['deleteWorkspace', { params: { id: 'main' }, query: { name: 'Main' } }],
    ] as const) {
      expect(await api.problem(name, options)).toMatchObject({ status: 403, code: 'not-allowed' });
    }
    expect((await owner.ok('workspaces')).map(({ name }) => name)).toEqual(['Main', 'other']);
  });

  it('open when somebody comes; until then they have no runner', async () => {
    const { hosts, adminOf } = await startWithWorkspaces(ADMIN);
    const { api } = adminOf('other');
    expect([...hosts.keys()]).toEqual(['main']);
    await api.ok('flows');
    expect([...hosts.keys()]).toEqual(['main', 'other']);
  });

  it('run what ran in them after a restart, and those in which nothing ran stay closed', async () => {
    const first = await startWithWorkspaces(ADMIN);
    for (const workspace of ['one', 'two', 'three']) {
      const { api } = first.adminOf(workspace);
      await api.ok('createFlow', { body: { name: 'A' } });
      if (workspace !== 'two') await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    }
    await first.server.stop();
    const again = await startWithWorkspaces({ data: first.folder });
    await eventually(() => expect([...again.hosts.keys()].toSorted()).toEqual(['main', 'one', 'three']));
    expect(again.hosts.get('one')?.running).toEqual(new Map([['a', 1]]));
    expect(again.hosts.get('main')?.running.size).toBe(0);
  });

  it('have flows, devices and connections of their own, whatever ids they have', async () => {
    const { adminOf } = await startWithWorkspaces(ADMIN);
    const [one, two] = [adminOf('one').api, adminOf('two').api];
    await one.ok('createFlow', { body: { name: 'Tiger' } });
    await two.ok('createFlow', { body: { name: 'Tiger' } });
    const saved = { flow: { ...(await two.ok('flow', { params: { id: 'tiger' } })).flow, name: 'Lion' } };
    await two.ok('saveFlow', { params: { id: 'tiger' }, body: { revision: 1, ...saved } });
    expect((await one.ok('flows')).map(({ name }) => name)).toEqual(['Tiger']);
    const connection = { name: 'Plant', type: 'mqtt', config: { url: 'mqtt://127.0.0.1:1' } };
    const { id } = await one.ok('createConnection', { body: connection });
    const deleting = { params: { id }, query: { revision: 1 } };
    expect(await two.problem('deleteConnection', deleting)).toMatchObject({ status: 404 });
    expect((await one.ok('connections')).map((each) => each.id)).toContain(id);
  });
});

describe('the deletion of a workspace', () => {
  it('stops its runner and takes all its rows and folders away, but leaves the audit log', async () => {
    const { owner, adminOf, hosts, folder, database } = await startWithWorkspaces(ADMIN);
    const { api } = adminOf('other');
    await api.ok('createFlow', { body: { name: 'A' } });
    await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    const connection = {
      name: 'P',
      type: 'mqtt',
      config: { url: 'mqtt://127.0.0.1:1' },
      secrets: { a: 'b' },
    };
    await api.ok('createConnection', { body: connection });
    const closed = vi.spyOn(hosts.get('other') ?? { close: async () => undefined }, 'close');
    expect(existsSync(join(folder, 'runner', 'other'))).toBe(true);
    await owner.ok('deleteWorkspace', { params: { id: 'other' }, query: { name: 'other' } });
    expect(closed).toHaveBeenCalled();
    expect(existsSync(join(folder, 'runner', 'other'))).toBe(false);
    expect(tablesWith(database, 'other').filter((table) => !table.startsWith('audit'))).toEqual([]);
    expect(database.prepare("SELECT 1 FROM workspaces WHERE id = 'other'").get()).toBeUndefined();
    expect((await owner.ok('workspaces')).map(({ id }) => id)).toEqual(['main']);
    expect([401, 403]).toContain((await api.raw('flows')).status);
    const noted = database.prepare("SELECT subject FROM audit WHERE what = 'workspace.delete'").all();
    expect(noted).toEqual([{ subject: 'other' }]);
  });

  it('needs the name typed, and leaves the first one alone; nothing is changed then', async () => {
    const { owner, adminOf } = await startWithWorkspaces(ADMIN);
    await adminOf('other').api.ok('createFlow', { body: { name: 'A' } });
    const wrong = { params: { id: 'other' }, query: { name: 'othr' } };
    expect(await owner.problem('deleteWorkspace', wrong)).toMatchObject({
      code: 'invalid-input',
      detail: 'The name does not fit: this workspace is called “other”. Type that name to delete it.',
    });
    const first = { params: { id: 'main' }, query: { name: 'Main' } };
    expect(await owner.problem('deleteWorkspace', first)).toMatchObject({ code: 'not-allowed' });
    const none = { params: { id: 'none' }, query: { name: 'none' } };
    expect(await owner.problem('deleteWorkspace', none)).toMatchObject({ code: 'not-found' });
    expect((await owner.ok('workspaces')).map(({ id, flows }) => [id, flows])).toEqual([
      ['main', 0],
      ['other', 1],
    ]);
  });

  it('that a crash broke off is finished by the next start, and nobody gets in meanwhile', async () => {
    const first = await startWithWorkspaces(ADMIN);
    const { api } = first.adminOf('other');
    await api.ok('createFlow', { body: { name: 'A' } });
    await first.server.stop();
    createWorkspaceStore(first.database).beginDeletion('other', 1);
    const again = await startWithWorkspaces({ data: first.folder });
    expect((await again.owner.ok('workspaces')).map(({ id }) => id)).toEqual(['main']);
    expect(existsSync(join(first.folder, 'runner', 'other'))).toBe(false);
    expect(tablesWith(again.database, 'other').filter((table) => !table.startsWith('audit'))).toEqual([]);
    expect(createWorkspaceStore(again.database).isFree('other')).toBe(false);
  });
});

describe('requests for flows', () => {
  it('of the first workspace come to /in, of all to /w/<workspace>/in, and no path of one is one of another', async () => {
    const { server, hosts, adminOf } = await startWithWorkspaces(ADMIN);
    await adminOf('other').api.ok('flows');
    for (const path of ['/in/hook', '/in/other/hook', '/in/w/other/in/hook', '/w/main/in/hook']) {
      await send(server, 'post', path, { body: '1' });
    }
    await send(server, 'post', '/w/other/in/main/hook', { body: '2' });
    expect(hosts.get('main')?.asked.filter((line) => line.startsWith('POST'))).toEqual([
      'POST /hook 1',
      'POST /other/hook 1',
      'POST /w/other/in/hook 1',
      'POST /hook 1',
    ]);
    expect(hosts.get('other')?.asked.filter((line) => line.startsWith('POST'))).toEqual([
      'POST /main/hook 2',
    ]);
  });

  it('of a workspace that is not there are answered as those of one that runs nothing', async () => {
    const { server } = await startWithWorkspaces(ADMIN);
    const none = await send(server, 'post', '/w/none/in/hook', { body: '1' });
    expect([none.status, none.body]).toEqual([404, 'No flow is running that serves this address.']);
  });
});

describe('/metrics', () => {
  it('tells the owner of all open workspaces, an admin of their own, and nobody else of any', async () => {
    const { server, adminOf, cookieFor } = await startWithWorkspaces(ADMIN);
    const other = adminOf('other');
    for (const { api } of [other, adminOf('third')]) {
      await api.ok('createFlow', { body: { name: 'Canary' } });
      await api.ok('deploy', { body: { flow: 'canary', revision: 1 } });
    }
    // Nobody has come to this one: it is closed, and has nothing to tell of.
    cookieFor('admin', 'closed', false);
    const scrape = async (cookie: string) => send(server, 'get', '/metrics', { headers: { cookie } });
    const spaces = (text: unknown) =>
      new Set([...String(text).matchAll(/workspace="(\w+)"/g)].map(([, id]) => id));
    expect(spaces((await scrape(cookieFor('admin'))).body)).toEqual(new Set(['main', 'other', 'third']));
    const own = String((await scrape(other.cookie)).body);
    expect(spaces(own)).toEqual(new Set(['other']));
    expect(own).toContain('sluice_flows{workspace="other",state="running"} 1');
    expect(own).not.toMatch(/^(nodejs|process|sluice_broker)_/m);
    expect((await scrape(cookieFor('deployer', 'other'))).status).toBe(403);
    expect((await scrape('')).status).toBe(401);
  });
});
