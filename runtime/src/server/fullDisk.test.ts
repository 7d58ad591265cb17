import type { Flow } from '@sluice/shared/flow/flow.ts';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it } from 'vitest';
import type { Database } from '../storage/database.ts';
import { openDatabase } from '../storage/database.ts';
import { apiOf, startTestServer } from './testServer.ts';
import { eventually } from '../testingPatience.ts';

/** A server whose own database cannot grow, as on a full disk: SQLite's limit on pages gives the same SQLITE_FULL. */
async function setUp() {
  let own: Database | undefined;
  const test = await startTestServer(
    {},
    {
      openDatabase: (file) => {
        own = openDatabase(file);
        return own;
      },
    },
  );
  const api = apiOf(test.server, test.cookieFor('admin'));
  const limitPages = (more: number): void => {
    const pages = Number(own?.prepare('PRAGMA page_count').get()?.page_count);
    own?.prepare(`PRAGMA max_page_count = ${pages + more}`).get();
  };
  await api.ok('createFlow', { body: { name: 'A' } });
  await api.ok('deploy', { body: { flow: 'a', revision: 1 } });
  /** Until not even a note of the audit log fits any more. */
  function fill(): void {
    limitPages(0);
    const note = own?.prepare(
      "INSERT INTO audit (workspace, at, who, address, what, subject, details) VALUES ('main', 1, '', '', '', '', '{}')",
    );
    expect(() => {
      for (let count = 0; count < 10_000; count++) note?.run();
    }).toThrow('The disk is full');
  }
  return { ...test, api, fill, free: () => limitPages(1_000) };
}

const LARGE: Flow = { ...emptyFlow('a', 'A'), description: 'x'.repeat(20_000) };

describe('a full disk', () => {
  it('is the problem disk-full with a sentence for what would be written; reading goes on', async () => {
    const { api, fill, free } = await setUp();
    fill();
    const saving = { params: { id: 'a' }, body: { revision: 1, flow: LARGE } };
    expect(await api.problem('saveFlow', saving)).toMatchObject({
      status: 507,
      code: 'disk-full',
      detail: 'The disk is full or cannot be written, so nothing was saved. Free some space and try again.',
    });
    expect(await api.ok('flow', { params: { id: 'a' } })).toMatchObject({ revision: 1 });
    expect((await api.ok('health')).live).toBe(true);
    free();
    expect(await api.ok('saveFlow', saving)).toMatchObject({ revision: 2 });
  });

  it('saves the change and its note in the audit log, or neither', async () => {
    const { api, database, fill, free } = await setUp();
    fill();
    // A draft of the same size fits into its page, the note of it does not fit any more.
    const saving = { params: { id: 'a' }, body: { revision: 1, flow: emptyFlow('a', 'B') } };
    expect((await api.problem('saveFlow', saving)).code).toBe('disk-full');
    expect(await api.ok('flow', { params: { id: 'a' } })).toMatchObject({ revision: 1, name: 'A' });
    free();
    await api.ok('saveFlow', saving);
    const notes = database.prepare("SELECT count(*) AS n FROM audit WHERE what = 'flow.save'").get();
    expect(notes?.n).toBe(1);
  });

  it('does not end the server when a runner tells what came of a flow, and shows it', async () => {
    const { api, host, fill, free, database } = await setUp();
    fill();
    const sentence = `The disk is full, so no message is acknowledged any more. ${'x'.repeat(5_000)}`;
    const notices = [{ kind: 'flow', flow: 'a', state: 'failed', sentence } as const];
    host.tell('notices', { kind: 'notices', notices, skipped: 0 });
    expect(await api.ok('deployments')).toMatchObject([{ flow: 'a', state: 'failed', sentence }]);
    free();
    const stored = database.prepare("SELECT state FROM deployments WHERE flow = 'a'");
    await eventually(() => expect(stored.get()?.state).toBe('failed'));
  });

  it('keeps nobody from stopping a flow; what the audit log lacks is in the log', async () => {
    const { api, host, lines, fill } = await setUp();
    fill();
    expect(await api.ok('stopFlow', { params: { id: 'a' } })).toMatchObject({ state: 'stopped' });
    expect(host.running.has('a')).toBe(false);
    expect(lines.some((line) => line.includes('did flow.stop of “a”'))).toBe(true);
  });

  it('refuses the alarm to the runner, which keeps it and comes again', async () => {
    const { api, host, fill, free } = await setUp();
    fill();
    const text = 'Too warm. '.repeat(1_000);
    const device = undefined;
    const report = {
      key: 'f1',
      device,
      state: 'active',
      severity: 'major',
      text,
      time: 1,
      value: 5,
    } as const;
    await expect(host.options.storeAlarms('a', 'alarm', [report])).rejects.toThrow('The disk is full');
    expect(await api.ok('alarms')).toEqual([]);
    free();
    await host.options.storeAlarms('a', 'alarm', [report]);
    expect(await api.ok('alarms')).toMatchObject([{ key: 'f1', count: 1 }]);
  });

  it('does not use up the link of the first start', async () => {
    let own: Database | undefined;
    const { server } = await startTestServer({}, { openDatabase: (file) => (own = openDatabase(file)) });
    const api = apiOf(server);
    const token = server.firstStartLink?.split('=')[1] ?? '';
    const account = { token, email: 'ada@example.org', name: 'Ada', password: 'otters like quiet rivers' };
    own?.prepare('PRAGMA query_only = 1').get();
    expect(await api.problem('createFirstAccount', { body: account })).toMatchObject({ status: 507 });
    own?.prepare('PRAGMA query_only = 0').get();
    expect(await api.ok('createFirstAccount', { body: account })).toMatchObject({ role: 'admin' });
  });
});
