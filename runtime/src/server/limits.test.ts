import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import { usedBytes } from '../storage/usedBytes.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { ADA, apiOf, startTestServer } from './testServer.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };
const nodes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    type: 'debug',
    position: { x: index, y: 0 },
    config: {},
  }));

async function setUp(limits: Partial<typeof DEFAULT_LIMITS> = {}) {
  const test = await startTestServer(ADMIN);
  const api = apiOf(test.server, test.cookieFor('admin'));
  await api.ok('createFlow', { body: { name: 'A' } });
  if (Object.keys(limits).length > 0) await api.ok('saveLimits', { body: { ...DEFAULT_LIMITS, ...limits } });
  return { ...test, api };
}

describe('[EN13] limits of a workspace', () => {
  it('are the default ones until somebody changes them, and stay over a restart', async () => {
    const { api, server, folder } = await setUp();
    expect(await api.ok('limits')).toEqual(DEFAULT_LIMITS);
    const body = { ...DEFAULT_LIMITS, flows: 7 };
    expect(await api.ok('saveLimits', { body })).toEqual(body);
    await server.stop();
    const again = await startTestServer({ data: folder });
    expect(await apiOf(again.server, again.cookieFor('viewer')).ok('limits')).toEqual(body);
  });

  it('are for the owner to change, and a limit that makes no sense is refused', async () => {
    const { api, server, cookieFor } = await setUp();
    const other = apiOf(server, cookieFor('deployer'));
    expect(await other.problem('saveLimits', { body: DEFAULT_LIMITS })).toMatchObject({
      code: 'not-allowed',
    });
    const none = { ...DEFAULT_LIMITS, flows: 0 };
    expect(await api.problem('saveLimits', { body: none })).toMatchObject({ code: 'invalid-input' });
    expect(await api.ok('limits')).toEqual(DEFAULT_LIMITS);
  });

  it('refuse one flow too many when it is made', async () => {
    const { api } = await setUp({ flows: 1 });
    expect(await api.problem('createFlow', { body: { name: 'B' } })).toMatchObject({
      status: 409,
      code: 'limit-reached',
      detail:
        'This workspace may have 1 flow. Delete one that nobody needs, or raise the limit under Settings.',
    });
    expect(await api.ok('flows')).toHaveLength(1);
  });

  it('refuse one flow too many when it is deployed, and no new version of one that runs', async () => {
    const { api } = await setUp({ flows: 2 });
    await api.ok('createFlow', { body: { name: 'B' } });
    await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    await api.ok('saveLimits', { body: { ...DEFAULT_LIMITS, flows: 1 } });
    expect(await api.problem('deploy', { body: { flow: 'b', revision: 1 } })).toMatchObject({
      code: 'limit-reached',
      detail: 'Another flow runs, and no more than 1 may. Stop one, or raise the limit under Settings.',
    });
    await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    await api.ok('stopFlow', { params: { id: 'a' } });
    await api.ok('deploy', { body: { flow: 'b', revision: 1 } });
  });

  it('refuse a flow with too many nodes, made or deployed', async () => {
    const { api } = await setUp({ nodesPerFlow: 3 });
    const large = { ...emptyFlow('l', 'Large'), nodes: nodes(4) };
    const sentence =
      'The flow “Large” has 4 nodes and may have 3. Split it into several flows, or raise the limit under Settings.';
    expect(await api.problem('createFlow', { body: { name: 'Large', flow: large } })).toMatchObject({
      code: 'limit-reached',
      detail: sentence,
    });
    const body = { revision: 1, flow: { ...large, id: 'a' } };
    await api.ok('saveFlow', { params: { id: 'a' }, body });
    expect(await api.problem('deploy', { body: { flow: 'a', revision: 2 } })).toMatchObject({
      detail: sentence,
    });
  });

  it('raise an alarm and refuse deploys while the storage is above its limit; what runs goes on', async () => {
    const { api, folder, host } = await setUp({ storageBytes: 1_000_000_000 });
    await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    writeFileSync(join(folder, 'runner/main/outbox'), 'x'.repeat(1_200_000));
    const limits = { ...DEFAULT_LIMITS, storageBytes: 1_000_000 };
    await api.ok('saveLimits', { body: limits });
    const sentence = expect.stringMatching(
      /^State, timers and waiting messages take 2 MB on disk and may take 1 MB, so no flow is deployed until it is less\. .*, or raise the limit under Settings\.$/,
    );
    expect(await api.ok('alarms', { query: { state: 'active' } })).toMatchObject([
      { flow: 'sluice', node: 'limits', text: sentence },
    ]);
    const refused = await api.problem('deploy', { body: { flow: 'a', revision: 1 } });
    expect(refused).toMatchObject({ code: 'limit-reached', detail: sentence });
    expect(host.running.get('a')).toBe(1);
    await api.ok('saveLimits', { body: DEFAULT_LIMITS });
    expect(await api.ok('alarms', { query: { state: 'active' } })).toEqual([]);
    await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
  });
});

describe('the bytes that a folder holds', () => {
  it('are those of its files, with of a database the pages in use, without side files and ballast', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-used-'));
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'inner', 'file'), 'x'.repeat(1_000));
    writeFileSync(join(folder, 'state.db-wal'), 'x'.repeat(50_000));
    writeFileSync(join(folder, 'ballast'), 'x'.repeat(50_000));
    expect(usedBytes(folder)).toBe(1_000);
    const database = new DatabaseSync(join(folder, 'state.db'));
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (text TEXT)');
    const empty = usedBytes(folder);
    const fill = database.prepare('INSERT INTO t VALUES (?)');
    for (let row = 0; row < 100; row++) fill.run('x'.repeat(1_000));
    expect(usedBytes(folder)).toBeGreaterThan(empty + 100_000);
    database.exec('DELETE FROM t');
    expect(usedBytes(folder)).toBeLessThan(empty + 10_000);
    database.close();
  });
});
