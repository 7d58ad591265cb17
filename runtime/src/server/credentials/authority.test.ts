import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newId } from '../../runner/time.ts';
import { createCredentialStore } from '../../storage/credentials.ts';
import { openDatabase } from '../../storage/database.ts';
import { createSecretBox } from '../../storage/secrets.ts';
import { createAuthorities } from './authority.ts';
import { makeRequest } from './testingTls.ts';

const DAY_MS = 86_400_000;

function open() {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-authority-')), 'sluice.db');
  const database = openDatabase(file);
  onTestFinished(() => database.close());
  for (const id of ['main', 'other']) database.prepare('INSERT INTO workspaces VALUES (?, ?, 0)').run(id, id);
  const box = createSecretBox(Buffer.alloc(32, 7));
  const clock = { now: 1_767_225_600_000 };
  const store = createCredentialStore(database);
  const authorities = createAuthorities({ store, boxOf: () => box, now: () => clock.now, newId });
  return { authorities, clock, store, file };
}

describe('the CA of a workspace', () => {
  it('is one of its own, and made once also when it is asked for at the same moment', async () => {
    const { authorities } = open();
    const asked = await Promise.all(['main', 'main', 'other'].map((id) => authorities.certificates(id)));
    const [one, same, other] = asked.map(({ certificates }) => certificates);
    expect(one).toEqual(same);
    expect(one).toHaveLength(1);
    expect(other).not.toEqual(one);
    const certificate = new X509Certificate(one?.[0] ?? '');
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toContain('O=main');
  });

  it('makes a new one 30 days before its end; both count until the old one ends', async () => {
    const { authorities, clock } = open();
    const [first] = (await authorities.certificates('main')).certificates;
    const { expiresAt } = await authorities.certificates('main');
    clock.now = expiresAt - 31 * DAY_MS;
    expect((await authorities.certificates('main')).certificates).toEqual([first]);
    clock.now = expiresAt - 29 * DAY_MS;
    const { request } = await makeRequest();
    const signed = await authorities.sign('main', 'd', request, 365);
    const both = await authorities.certificates('main');
    expect(both.certificates).toEqual([signed.authority, first]);
    expect(both.expiresAt).toBeGreaterThan(expiresAt);
    clock.now = expiresAt + 1;
    expect((await authorities.certificates('main')).certificates).toEqual([signed.authority]);
  });

  it('signs nothing that outlasts it', async () => {
    const { authorities, clock } = open();
    const { expiresAt } = await authorities.certificates('main');
    clock.now = expiresAt - 40 * DAY_MS;
    const signed = await authorities.sign('main', 'd', (await makeRequest()).request, 3_650);
    expect(signed.expiresAt).toBe(expiresAt);
    expect(new X509Certificate(signed.certificate).validToDate.getTime()).toBe(expiresAt);
  });

  it('its key is on disk sealed only', async () => {
    const { authorities, store, file } = open();
    await authorities.certificates('main');
    const [{ sealedKey } = { sealedKey: '' }] = store.authorities('main');
    const key = createSecretBox(Buffer.alloc(32, 7)).open(
      sealedKey,
      JSON.stringify(['main', 'authority', store.authorities('main')[0]?.id]),
    );
    expect(Buffer.from(key, 'base64').length).toBeGreaterThan(100);
    for (const name of [file, `${file}-wal`]) {
      const bytes = readFileSync(name);
      expect(bytes.includes(key.slice(0, 60))).toBe(false);
      expect(bytes.includes(Buffer.from(key, 'base64').subarray(30))).toBe(false);
    }
  });
});
