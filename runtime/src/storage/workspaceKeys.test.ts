import { mkdtempSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createConnectionStore } from './connections.ts';
import type { Database } from './database.ts';
import { openDatabase } from './database.ts';
import { createSecretBox, readMasterKey, writeMasterKey } from './secrets.ts';
import { createKeyring, openKeyring, rotateMasterKey } from './workspaceKeys.ts';

const now = () => 1;

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
  const [file, dbFile] = [join(folder, 'master.key'), join(folder, 'sluice.db')];
  const database = open(dbFile);
  for (const id of ['main', 'other'])
    database.prepare('INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, 1)').run(id, id);
  return { file, dbFile, database, keyring: openKeyring(database, file, now) };
}

function open(file: string): Database {
  const database = openDatabase(file);
  onTestFinished(() => database.close());
  return database;
}

const connection = (id: string, password: string) =>
  ({ id, name: id, type: 'mqtt', config: {}, secrets: { password }, revision: 1 }) as const;

const sealedOf = (database: Database): string[] =>
  database
    .prepare('SELECT secrets FROM connections ORDER BY id')
    .all()
    .map((row) => String(row.secrets));

describe('keys of workspaces', () => {
  it('are made when first needed, wrapped by the master key, and open after a restart', () => {
    const { database, file, keyring } = setUp();
    const sealed = keyring.of('main').seal('tiger', 'here');
    expect(sealed).toMatch(/^2\./);
    expect(keyring.of('main').open(sealed, 'here')).toBe('tiger');
    const rows = database.prepare('SELECT workspace, wrapped FROM workspace_keys').all();
    expect(rows.map(({ workspace }) => workspace)).toEqual(['main']);
    expect(openKeyring(database, file, now).of('main').open(sealed, 'here')).toBe('tiger');
  });

  it('are made again where what they were made for came to nothing', () => {
    const { database, file, keyring } = setUp();
    const work = () =>
      database.transaction(() => {
        keyring.of('main').seal('tiger', 'here');
        throw new Error('on purpose');
      });
    expect(work).toThrow('on purpose');
    const sealed = keyring.of('main').seal('tiger', 'here');
    expect(openKeyring(database, file, now).open(sealed, 'here')).toBe('tiger');
  });

  it('open nothing that was moved to another place, changed, or sealed by another key', () => {
    const { keyring } = setUp();
    const sealed = keyring.of('main').seal('tiger', 'here');
    const [two, id, , body = ''] = sealed.split('.');
    const there = Buffer.from('there').toString('base64url');
    const other = keyring.of('other').seal('lion', 'here').split('.')[1];
    const flipped = `${body[0] === 'A' ? 'B' : 'A'}${body.slice(1)}`;
    for (const [text, context] of [
      [sealed, 'there'],
      [[two, id, there, body].join('.'), 'there'],
      [[two, other, sealed.split('.')[2], body].join('.'), 'here'],
      [[two, id, sealed.split('.')[2], flipped].join('.'), 'here'],
      ['2.nonsense', 'here'],
    ] as const)
      expect(() => keyring.open(text, context)).toThrow('cannot be opened');
  });

  it('open what was sealed before there were any, and seal it anew when it is written or rotated', () => {
    const { database, file, keyring } = setUp();
    const box = createSecretBox(readMasterKey(file));
    createConnectionStore(database, { of: () => box }).add('main', connection('a', 'tiger'));
    createConnectionStore(database, { of: () => box }).add('main', connection('b', 'lion'));
    const connections = createConnectionStore(database, keyring);
    expect(connections.get('main', 'a')?.secrets).toEqual({ password: 'tiger' });
    connections.save('main', { ...connection('a', 'tiger'), revision: 2 });
    expect(sealedOf(database).map((text) => text.slice(0, 15))).toEqual([
      '{"password":"2.',
      '{"password":"1.',
    ]);
    expect(keyring.rotate()).toEqual({ workspaces: 1, secrets: 2 });
    expect(sealedOf(database).map((text) => text.slice(0, 15))).toEqual([
      '{"password":"2.',
      '{"password":"2.',
    ]);
    expect(connections.list('main').map(({ secrets }) => secrets.password)).toEqual(['tiger', 'lion']);
  });

  it('are made anew by a rotation, which seals every secret anew wherever it is, and nothing of the old is left on disk', () => {
    const { database, dbFile, file, keyring } = setUp();
    const connections = createConnectionStore(database, keyring);
    connections.add('main', connection('a', 'tiger'));
    connections.add('other', connection('b', 'lion'));
    database.prepare('CREATE TABLE later (id TEXT PRIMARY KEY, kept TEXT) STRICT, WITHOUT ROWID').run();
    database.prepare("INSERT INTO later VALUES ('x', ?)").run(keyring.seal('bear', 'later/x'));
    const before = [...sealedOf(database), String(database.prepare('SELECT kept FROM later').get()?.kept)];
    const keysBefore = database.prepare('SELECT id, wrapped FROM workspace_keys').all();
    expect(keyring.rotate()).toEqual({ workspaces: 2, secrets: 3 });
    const after = String(database.prepare('SELECT kept FROM later').get()?.kept);
    expect([...sealedOf(database), after].filter((text) => before.includes(text))).toEqual([]);
    for (const ring of [keyring, openKeyring(database, file, now)]) {
      expect(ring.open(after, 'later/x')).toBe('bear');
      const reopened = createConnectionStore(database, ring);
      expect(reopened.get('main', 'a')).toEqual(connection('a', 'tiger'));
      expect(reopened.get('other', 'b')).toEqual(connection('b', 'lion'));
    }
    expect(() => keyring.open(before[2] ?? '', 'later/x')).toThrow('cannot be opened');
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    const bytes = readFileSync(dbFile);
    for (const { wrapped } of keysBefore) expect(bytes.includes(String(wrapped))).toBe(false);
  });

  it('leave a text alone that only looks sealed', () => {
    const { database, keyring } = setUp();
    const text = '2.00000000-0000-0000-0000-000000000000.aGVyZQ.AAAA';
    createConnectionStore(database, keyring).add('main', {
      ...connection('a', 'tiger'),
      config: { clientId: text },
    });
    keyring.rotate();
    expect(createConnectionStore(database, keyring).get('main', 'a')?.config).toEqual({ clientId: text });
  });

  it('stay as they were when a secret cannot be opened', () => {
    const { database, keyring } = setUp();
    const connections = createConnectionStore(database, keyring);
    connections.add('main', connection('a', 'tiger'));
    const [good = ''] = sealedOf(database);
    connections.add('main', connection('b', 'lion'));
    database
      .prepare("UPDATE connections SET secrets = ? WHERE id = 'b'")
      .run(good.replace(/.{3}"}$/, 'AAA"}'));
    const before = sealedOf(database);
    expect(() => keyring.rotate()).toThrow('cannot be opened');
    expect(sealedOf(database)).toEqual(before);
    expect(connections.get('main', 'a')?.secrets).toEqual({ password: 'tiger' });
  });
});

describe('the master key', () => {
  const next = new Uint8Array(32).fill(7);

  it('of another data folder is refused with a sentence that names the file', () => {
    const { database, file } = setUp();
    writeMasterKey(file, next);
    expect(() => openKeyring(database, file, now)).toThrow(
      `The master key file ${file} holds another key than the one that the secrets in this data folder are sealed with.`,
    );
  });

  it('is rotated: all is sealed anew and the file holds the new one', () => {
    const { database, file, keyring } = setUp();
    createConnectionStore(database, keyring).add('main', connection('a', 'tiger'));
    const old = readMasterKey(file);
    expect(rotateMasterKey(database, file, next, now)).toEqual({ workspaces: 1, secrets: 1 });
    expect(Buffer.from(readMasterKey(file))).toEqual(Buffer.from(next));
    expect(existsSync(`${file}.next`)).toBe(false);
    const reopened = openKeyring(database, file, now);
    expect(createConnectionStore(database, reopened).get('main', 'a')?.secrets).toEqual({
      password: 'tiger',
    });
    expect(() => createKeyring({ database, masterKey: old, now })).toThrow('cannot be opened');
  });

  it('is the old one after a crash before all was sealed anew, and the new one after a crash later', () => {
    const { database, file, keyring } = setUp();
    createConnectionStore(database, keyring).add('main', connection('a', 'tiger'));
    const old = readFileSync(file, 'utf8');
    // Before: the new key was written beside the old one, and nothing else.
    writeMasterKey(`${file}.next`, next);
    const undone = openKeyring(database, file, now);
    expect(readFileSync(file, 'utf8')).toBe(old);
    expect(existsSync(`${file}.next`)).toBe(false);
    expect(createConnectionStore(database, undone).get('main', 'a')?.secrets).toEqual({ password: 'tiger' });
    // After: all is sealed with the new key, which has not got its name yet.
    writeMasterKey(`${file}.next`, next);
    undone.rotateMaster(next);
    writeFileSync(file, old);
    const finished = openKeyring(database, file, now);
    expect(Buffer.from(readMasterKey(file))).toEqual(Buffer.from(next));
    expect(createConnectionStore(database, finished).get('main', 'a')?.secrets).toEqual({
      password: 'tiger',
    });
  });
});
