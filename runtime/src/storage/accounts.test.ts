import { mkdtempSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAccountStore } from './accounts.ts';
import { openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations.ts';
import { createSessionStore } from './sessions.ts';

describe('a database of people who were in one workspace each', () => {
  /** As the Sluice before wrote it. */
  function olderDatabase(): string {
    const file = join(mkdtempSync(join(tmpdir(), 'sluice-accounts-')), 'sluice.db');
    const steps = MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE memberships'));
    const older = new DatabaseSync(file, { enableForeignKeyConstraints: true });
    for (const step of MIGRATIONS.slice(0, steps)) older.exec(step);
    older.exec(`
      INSERT INTO workspaces VALUES ('main', 'Main', 1);
      INSERT INTO users VALUES ('a', 'main', 'ada@example.org', 'Ada', 'admin', 'hash of Ada', 5, 1);
      INSERT INTO users VALUES ('e', 'main', 'eve@example.org', 'Eve', 'viewer', 'hash of Eve', 6, 0);
      INSERT INTO sessions VALUES ('token of Eve', 'e', 7, 8, 1000);
      PRAGMA user_version = ${steps}`);
    older.close();
    return file;
  }

  it('keeps everybody with their role, password and session', () => {
    const database = openDatabase(olderDatabase());
    onTestFinished(() => database.close());
    const accounts = createAccountStore(database);
    expect(accounts.accountByEmail('ADA@example.org')).toMatchObject({
      isOwner: true,
      password: 'hash of Ada',
    });
    expect(accounts.people('main').map(({ name, role, joinedAt }) => [name, role, joinedAt])).toEqual([
      ['Ada', 'admin', 5],
      ['Eve', 'viewer', 6],
    ]);
    const session = createSessionStore(database).find('token of Eve', 9);
    expect(session?.user).toMatchObject({ id: 'e', workspace: 'main', role: 'viewer', isOwner: false });
    expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  });

  it('has nobody twice in a workspace, and no tokens of those who left it', () => {
    const database = openDatabase(olderDatabase());
    onTestFinished(() => database.close());
    const accounts = createAccountStore(database);
    accounts.setRole('main', 'e', 'operator', 20);
    expect(accounts.memberships('e')).toEqual([{ workspace: 'main', name: 'Main', role: 'operator' }]);
    database.prepare("INSERT INTO tokens VALUES ('t', 'h', 'e', 'main', 'T', 'viewer', 1, 99, NULL)").run();
    accounts.removeFrom('main', 'e');
    expect(database.prepare('SELECT * FROM tokens').all()).toEqual([]);
    database.prepare("INSERT INTO workspace_deletions VALUES ('main', 1)").run();
    expect(accounts.memberships('a')).toEqual([]);
  });
});
