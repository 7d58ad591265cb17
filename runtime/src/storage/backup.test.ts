import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { restoreBackup, writeBackup } from './backup.ts';
import { openDatabase } from './database.ts';

const secret = { kind: 'key', key: randomBytes(32) } as const;
const { signal } = new AbortController();

function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'sluice-backup-'));
  const folder = join(root, 'data');
  mkdirSync(join(folder, 'runner', 'main'), { recursive: true });
  mkdirSync(join(folder, 'cache'));
  const database = openDatabase(join(folder, 'sluice.db'));
  onTestFinished(() => database.close());
  for (const [name, text] of Object.entries({
    'master.key': 'ab'.repeat(32),
    'runner/main/instance': 'me',
    'runner/main/empty': '',
    'cache/compiled': 'x',
    'lock.db': '',
  }))
    writeFileSync(join(folder, name), text);
  const [file, target] = [join(root, 'x.backup'), join(root, 'restored', 'data')];
  const write = () => writeBackup({ folder, file, secret, masterKeyFile: undefined, now: 5, signal });
  const restore = (options = {}) => restoreBackup({ file, folder: target, secret, signal, ...options });
  return { root, folder, database, file, target, write, restore };
}

const listed = (folder: string) => readdirSync(folder, { recursive: true }).map(String).toSorted();

describe('backup and restore', () => {
  it('bring the databases and the files along, and leave out what is made anew', async () => {
    const { folder, database, target, file, write, restore } = setUp();
    database.prepare("INSERT INTO workspaces (id, name, created_at) VALUES ('main', 'Main', 1)").run();
    const contents = await write();
    expect(contents).toMatchObject({ files: 4, at: 5 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes('ab'.repeat(8))).toBe(false);
    expect(await restore()).toEqual(contents);
    expect(listed(target)).toEqual([
      'master.key',
      'runner',
      'runner/main',
      'runner/main/empty',
      'runner/main/instance',
      'sluice.db',
    ]);
    expect(readFileSync(join(target, 'runner/main/instance'), 'utf8')).toBe('me');
    expect(statSync(join(target, 'master.key')).mode & 0o777).toBe(0o600);
    const restored = openDatabase(join(target, 'sluice.db'));
    expect(restored.prepare('SELECT name FROM workspaces').all()).toEqual([{ name: 'Main' }]);
    restored.close();
    expect(listed(folder).filter((name) => name.startsWith('.backup'))).toEqual([]);
  });

  it('take all databases at one moment, however fast others write', async () => {
    const { folder, write, restore, target } = setUp();
    // Counts in the one database and then in the other: at any moment the first is as far as the second, or one ahead.
    const program = `import { DatabaseSync } from 'node:sqlite';
      const open = (file) => { const db = new DatabaseSync(file, { timeout: 10000 });
        db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE c (n INTEGER, filler BLOB); INSERT INTO c VALUES (0, zeroblob(3000000))'); return db; };
      const [one, two] = process.argv.slice(-2).map(open);
      console.log('open');
      for (let n = 1; ; n++) { one.exec('UPDATE c SET n = ' + n); two.exec('UPDATE c SET n = ' + n); }`;
    const files = ['a-second.db', 'z-first.db'];
    const args = [
      '--input-type=module',
      '-e',
      program,
      join(folder, 'z-first.db'),
      join(folder, 'a-second.db'),
    ];
    const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void writer.kill('SIGKILL'));
    await once(writer.stdout, 'data');
    for (let round = 0; round < 3; round += 1) {
      await write();
      const folder = `${target}-${round}`;
      await restore({ folder });
      const [second = -1, first = -1] = files.map((name) => {
        const copy = new DatabaseSync(join(folder, name));
        const n = Number(copy.prepare('SELECT n FROM c').get()?.['n']);
        copy.close();
        return n;
      });
      expect([0, 1]).toContain(first - second);
    }
  });

  it('refuse a folder that is not empty, and take one that is', async () => {
    const { target, write, restore } = setUp();
    await write();
    mkdirSync(target, { recursive: true });
    await restore();
    await expect(restore()).rejects.toThrow(
      `${target} is there already and not empty, so nothing was restored. Name a new folder with --data, or move that one away.`,
    );
  });

  it('leave nothing behind when the backup is damaged, the key another one, or somebody has enough', async () => {
    const { root, file, write, restore } = setUp();
    await write();
    const whole = readFileSync(file);
    const before = listed(root);
    for (const at of [30, Math.floor(whole.length / 2), whole.length - 1]) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      writeFileSync(file, flipped);
      await expect(restore()).rejects.toThrow(file);
    }
    writeFileSync(file, whole.subarray(0, whole.length - 1));
    await expect(restore()).rejects.toThrow('is damaged');
    writeFileSync(file, whole);
    await expect(restore({ secret: { kind: 'key', key: randomBytes(32) } })).rejects.toThrow('does not open');
    await expect(restore({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    await expect(restore({ file: `${file}-2` })).rejects.toThrow('cannot be read');
    expect(listed(root)).toEqual(before);
  });

  it('keep the backup that is there when the new one does not get whole', async () => {
    const { folder, file, root, write } = setUp();
    await write();
    const whole = readFileSync(file);
    const before = listed(root);
    const options = { folder, file, secret, masterKeyFile: undefined, now: 5 };
    await expect(writeBackup({ ...options, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    await expect(writeBackup({ ...options, masterKeyFile: join(root, 'none'), signal })).rejects.toThrow(
      'no such file',
    );
    expect(readFileSync(file).equals(whole)).toBe(true);
    expect(listed(root)).toEqual(before);
    await expect(writeBackup({ ...options, folder: root, signal })).rejects.toThrow(
      `There is no data of Sluice in ${root}.`,
    );
  });
});
