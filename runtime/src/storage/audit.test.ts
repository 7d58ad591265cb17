import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuditEntry, AuditLog } from './audit.ts';
import { createAuditLog, hashOf } from './audit.ts';
import { openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

const entry = (at: number, workspace = 'main', who = 'ada'): AuditEntry => ({
  workspace,
  at,
  who,
  address: '::1',
  what: at % 2 === 0 ? 'flow.deploy' : 'flow.stop',
  subject: `f${at}`,
  details: { version: at, note: 'é "quoted"', isNew: true },
});

/** A log of six entries, two workspaces by turns, and a handle of SQLite that may do everything. */
function setUp() {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-audit-')), 'sluice.db');
  const database = openDatabase(file);
  onTestFinished(() => database.close());
  const audit = createAuditLog(database);
  for (let at = 1; at <= 6; at += 1) {
    audit.append(entry(at));
    audit.append(entry(at, 'other', 'bob'));
  }
  const raw = new DatabaseSync(file);
  onTestFinished(() => raw.close());
  raw.exec('DROP TRIGGER audit_never_changes; DROP TRIGGER audit_keeps_all');
  return { audit, raw, database };
}

/** In stretches of two, as a long log is looked at. */
function checked(audit: AuditLog, workspace = 'main') {
  let from: Parameters<AuditLog['check']>[1];
  let entries = 0;
  for (;;) {
    const { next, ...part } = audit.check(workspace, from, 2);
    entries += part.entries;
    if (next === undefined) return { ...part, entries };
    from = next;
  }
}

describe('the audit log', () => {
  it('is a chain for each workspace: each hash is over the one before and the entry', () => {
    const { audit } = setUp();
    const [first, second] = audit.after('main', {}, 0, 2);
    expect(first?.hash).toBe(hashOf('', 1, entry(1)));
    expect(second).toEqual({ ...entry(2), id: 3, hash: hashOf(first?.hash ?? '', 3, entry(2)) });
    expect(checked(audit)).toEqual({ isWhole: true, entries: 6 });
    expect(checked(audit, 'nobody')).toEqual({ isWhole: true, entries: 0 });
  });

  const columns = { at: 9, who: 'eve', address: '', what: 'flow.look', subject: 'x', details: '{}' };
  for (const [column, value] of Object.entries(columns)) {
    it(`shows where somebody changed ${column} of an entry`, () => {
      const { audit, raw } = setUp();
      raw.prepare(`UPDATE audit SET ${column} = ? WHERE id = 5`).run(value);
      expect(checked(audit)).toEqual({ isWhole: false, entries: 2, brokenAt: 5 });
      expect(checked(audit, 'other').isWhole).toBe(true);
    });
  }

  it('shows where details are no details any more', () => {
    const { audit, raw } = setUp();
    raw.prepare('UPDATE audit SET details = ? WHERE id = 5').run('not JSON');
    expect(checked(audit)).toEqual({ isWhole: false, entries: 2, brokenAt: 5 });
  });

  it('shows where an entry was removed, the first, one between, the last, and all of them', () => {
    for (const [gone, brokenAt] of [
      ['id = 1', 3],
      ['id = 5', 7],
      ['id = 11', 11],
      ["workspace = 'main'", 11],
    ] as const) {
      const { audit, raw } = setUp();
      raw.exec(`DELETE FROM audit WHERE ${gone}`);
      expect(checked(audit)).toMatchObject({ isWhole: false, brokenAt });
    }
  });

  it('shows where an entry was inserted, even with a hash that fits to the one before', () => {
    const { audit, raw } = setUp();
    const last = audit.list('main', 1)[0]?.hash ?? '';
    raw.prepare("INSERT INTO audit VALUES (13, 'main', 7, 'eve', '', 'flow.stop', 'f', '{}', ?)").run(
      hashOf(last, 13, {
        ...entry(7, 'main', 'eve'),
        address: '',
        what: 'flow.stop',
        subject: 'f',
        details: {},
      }),
    );
    expect(checked(audit)).toEqual({ isWhole: false, entries: 7, brokenAt: 13 });
  });

  it('shows where two entries changed places', () => {
    const { audit, raw } = setUp();
    raw.exec(
      'UPDATE audit SET id = 99 WHERE id = 5; UPDATE audit SET id = 5 WHERE id = 7; UPDATE audit SET id = 7 WHERE id = 99',
    );
    expect(checked(audit)).toMatchObject({ isWhole: false, brokenAt: 5 });
  });

  it('gives pages by filter, and nothing of another workspace', () => {
    const { audit } = setUp();
    const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id);
    expect(ids(audit.page('main', {}, undefined, 2))).toEqual([11, 9]);
    expect(ids(audit.page('main', {}, 9, 2))).toEqual([7, 5]);
    expect(ids(audit.page('main', { what: 'flow.deploy', from: 3, until: 6 }, undefined, 9))).toEqual([
      11, 7,
    ]);
    expect(ids(audit.page('main', { who: 'bob' }, undefined, 9))).toEqual([]);
    expect(ids(audit.after('other', { who: 'bob' }, 8, 9))).toEqual([10, 12]);
  });

  it('leaves an anchor where old entries were deleted, so that what is left can still be checked', () => {
    const { audit, database } = setUp();
    expect(audit.trim('main', 4)).toBe(3);
    expect(audit.trim('main', 4)).toBe(0);
    expect(checked(audit)).toEqual({ isWhole: true, entries: 3 });
    expect(checked(audit, 'other')).toEqual({ isWhole: true, entries: 6 });
    audit.append(entry(8));
    expect(audit.trim('main', 99)).toBe(4);
    expect(checked(audit)).toEqual({ isWhole: true, entries: 0 });
    audit.append(entry(9));
    database.prepare("UPDATE audit SET who = 'eve' WHERE at = 9").run();
    expect(checked(audit)).toMatchObject({ isWhole: false });
  });

  it('lets nobody delete what the chain still holds', () => {
    const database = openDatabase(':memory:');
    onTestFinished(() => database.close());
    const audit = createAuditLog(database);
    for (const at of [1, 2, 3]) audit.append(entry(at));
    audit.trim('main', 2);
    expect(() => database.prepare('DELETE FROM audit').run()).toThrow('append-only');
    expect(audit.list('main', 9).map(({ at }) => at)).toEqual([3, 2]);
  });

  it('begins after the entries of an older Sluice, which stay', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sluice-audit-')), 'sluice.db');
    const raw = new DatabaseSync(file);
    const chained = MIGRATIONS.findIndex((step) => step.includes('audit_chains'));
    for (const step of MIGRATIONS.slice(0, chained)) raw.exec(step);
    raw.exec(`PRAGMA user_version = ${chained}`);
    raw.exec("INSERT INTO audit VALUES (4, 'main', 1, 'ada', '', 'flow.stop', 'f', '{}')");
    raw.close();
    const database = openDatabase(file);
    onTestFinished(() => database.close());
    const audit = createAuditLog(database);
    audit.append(entry(2));
    expect(audit.list('main', 9).map(({ id, hash }) => [id, hash.length])).toEqual([
      [5, 64],
      [4, 0],
    ]);
    expect(checked(audit)).toEqual({ isWhole: true, entries: 1 });
  });
});
