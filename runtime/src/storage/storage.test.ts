import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAccountStore } from './accounts.ts';
import { createAuditLog } from './audit.ts';
import { createConnectionStore } from './connections.ts';
import { openDatabase } from './database.ts';
import { openDataFolder } from './dataFolder.ts';
import { createFlowStore } from './flows.ts';
import { createSecretBox, readMasterKey } from './secrets.ts';

const temporary = () => mkdtempSync(join(tmpdir(), 'sluice-storage-'));

function openTest(file = ':memory:') {
  const database = openDatabase(file);
  onTestFinished(() => database.close());
  createAccountStore(database).addWorkspace('main', 'Main', 1);
  return database;
}

describe('the data folder', () => {
  it('is refused to a second server with a sentence, and free again after the first stops', () => {
    const path = temporary();
    const first = openDataFolder(path);
    expect(() => openDataFolder(path)).toThrow(
      `The data folder ${path} is in use by another Sluice. Stop that one first, or give this one a folder of its own with SLUICE_DATA.`,
    );
    first.release();
    first.release();
    openDataFolder(path).release();
  });

  it('is refused while another process has it, and free after kill -9 of that one', async () => {
    const path = temporary();
    const program = `import { openDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'dataFolder.ts'))};
      openDataFolder(${JSON.stringify(path)}); console.log('held'); process.stdin.resume();`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', program]);
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    expect(() => openDataFolder(path)).toThrow('is in use by another Sluice');
    other.kill('SIGKILL');
    await once(other, 'exit');
    // The system takes the lock away when the last thread of the process is gone, which may be a moment later.
    openDataFolder(path, 60_000).release();
  }, 120_000);

  it('is waited for while a process that has it is on its way out', async () => {
    const path = temporary();
    const program = `import { openDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'dataFolder.ts'))};
      openDataFolder(${JSON.stringify(path)}); console.log('held'); setTimeout(() => process.exit(), 300);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', program]);
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    openDataFolder(path, 60_000).release();
  });

  it('says in a sentence when it cannot be made', () => {
    const file = join(temporary(), 'a-file');
    writeFileSync(file, '');
    expect(() => openDataFolder(join(file, 'data'))).toThrow(/^The data folder .* cannot be written/);
  });

  it('says so where nothing can be made, and does not try for ever', () => {
    expect(() => openDataFolder('/proc/sluice/data')).toThrow(/^The data folder .* cannot be written/);
  });
});

describe('the database', () => {
  it('refuses one that a newer Sluice wrote', () => {
    const file = join(temporary(), 'sluice.db');
    openDatabase(file).close();
    const raw = new DatabaseSync(file);
    raw.exec('PRAGMA user_version = 999');
    raw.close();
    expect(() => openDatabase(file)).toThrow('was written by a newer Sluice (database version 999');
  });

  it('is readable by this user only', () => {
    const file = join(temporary(), 'sluice.db');
    openTest(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps nothing of a transaction that fails', () => {
    const database = openTest();
    const accounts = createAccountStore(database);
    const work = () =>
      database.transaction(() => {
        accounts.addWorkspace('other', 'Other', 1);
        throw new Error('on purpose');
      });
    expect(work).toThrow('on purpose');
    expect(database.prepare('SELECT count(*) AS n FROM workspaces').get()?.n).toBe(1);
  });

  it('answers a full disk with a sentence and keeps what was there', () => {
    const file = join(temporary(), 'sluice.db');
    const database = openTest(file);
    const flows = createFlowStore(database);
    const draft = { flow: emptyFlow('a', 'A'), hash: 'h', revision: 1, updatedAt: 1, updatedBy: 'ada' };
    flows.add('main', { id: 'a', ...draft });
    // SQLite's own limit on pages gives the same answer (SQLITE_FULL) as a disk without space.
    const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
    database.prepare(`PRAGMA max_page_count = ${pages}`).get();
    const huge = { ...emptyFlow('b', 'B'), description: 'x'.repeat(20_000) };
    expect(() => flows.add('main', { ...draft, id: 'b', flow: huge })).toThrow(
      'The disk is full or cannot be written, so nothing was saved. Free some space and try again.',
    );
    database.prepare(`PRAGMA max_page_count = ${pages + 100}`).get();
    flows.add('main', { ...draft, id: 'b', flow: huge });
    expect(flows.list('main').map((flow) => flow.id)).toEqual(['a', 'b']);
  });

  it('never changes a version and never changes or deletes an audit entry', () => {
    const database = openTest();
    const flows = createFlowStore(database);
    const flow = emptyFlow('a', 'A');
    flows.add('main', { id: 'a', flow, hash: 'h', revision: 1, updatedAt: 1, updatedBy: 'ada' });
    flows.addVersion('main', 'a', { version: 1, createdAt: 1, createdBy: 'ada', note: '', hash: 'h', flow });
    expect(() => database.prepare("UPDATE versions SET note = 'x'").run()).toThrow('a version never changes');
    const audit = createAuditLog(database);
    const entry = {
      workspace: 'main',
      at: 1,
      who: 'ada',
      address: '::1',
      subject: 'a',
      details: { version: 1 },
    };
    audit.append({ ...entry, what: 'flow.deploy' });
    expect(() => database.prepare('DELETE FROM audit').run()).toThrow('append-only');
    expect(() => database.prepare("UPDATE audit SET who = 'eve'").run()).toThrow('append-only');
    expect(audit.list('main', 10)).toMatchObject([{ ...entry, what: 'flow.deploy' }]);
    expect(audit.list('other', 10)).toEqual([]);
  });
});

describe('secrets', () => {
  const secret = {
    id: 'c',
    name: 'C',
    type: 'mqtt',
    config: {},
    secrets: { password: 'tiger' },
    revision: 1,
  } as const;

  it('are sealed on disk and come back with the same master key only', () => {
    const folder = temporary();
    const file = join(folder, 'sluice.db');
    const key = readMasterKey(join(folder, 'master.key'));
    const database = openTest(file);
    const connections = createConnectionStore(database, { of: () => createSecretBox(key) });
    connections.add('main', secret);
    expect(connections.get('main', 'c')?.secrets).toEqual({ password: 'tiger' });
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    expect(readFileSync(file).includes('tiger')).toBe(false);
    const wrong = createConnectionStore(database, { of: () => createSecretBox(new Uint8Array(32)) });
    expect(() => wrong.get('main', 'c')).toThrow('the master key is not the one that it was sealed with');
  });

  it('cannot be moved to another place or changed', () => {
    const box = createSecretBox(readMasterKey(join(temporary(), 'master.key')));
    const sealed = box.seal('tiger', 'here');
    expect(box.open(sealed, 'here')).toBe('tiger');
    expect(() => box.open(sealed, 'there')).toThrow('cannot be opened');
    const flipped = Buffer.from(sealed.slice(2), 'base64');
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    expect(() => box.open(`1.${flipped.toString('base64')}`, 'here')).toThrow('cannot be opened');
  });

  it('have a key file that only this user can read, made once', () => {
    const file = join(temporary(), 'master.key');
    const key = readMasterKey(file);
    expect(key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readMasterKey(file)).toEqual(key);
    writeFileSync(file, 'hello');
    expect(() => readMasterKey(file)).toThrow('does not hold a key: it has to be 64 hex digits on one line.');
  });

  it('of a connection are saved only from the newest revision', () => {
    const database = openTest();
    const connections = createConnectionStore(database, { of: () => createSecretBox(new Uint8Array(32)) });
    connections.add('main', secret);
    expect(connections.save('main', { ...secret, name: 'D', revision: 2 })).toBe(true);
    expect(connections.save('main', { ...secret, name: 'E', revision: 2 })).toBe(false);
    expect(connections.list('main').map((connection) => connection.name)).toEqual(['D']);
    expect(connections.list('other')).toEqual([]);
  });
});
