import { createHook } from 'node:async_hooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeTime } from '../../runner/fakeTime.ts';
import { newId } from '../../runner/time.ts';
import { openDatabase } from '../../storage/database.ts';
import { createSecretBox } from '../../storage/secrets.ts';
import { createAccounts } from './accounts.ts';
import { whyTooCommon } from './commonPasswords.ts';
import { hashPassword, isPassword } from './password.ts';
import { SESSION_MS } from './sessions.ts';

const BROWSER = { address: '127.0.0.1', browser: 'a test' };
const ADA = { email: 'ada@example.org', name: 'Ada', password: 'otters like quiet rivers' };

/** What Node calls the work of one Argon2 hash. */
const HASHING = 'ARGON2REQUEST';

function setUp() {
  const database = openDatabase(':memory:');
  onTestFinished(() => database.close());
  const time = fakeTime();
  const accounts = createAccounts({
    database,
    secrets: createSecretBox(new Uint8Array(32)),
    clock: time,
    newId,
    log: () => undefined,
  });
  return { accounts, time, database };
}

describe('passwords', () => {
  it('are kept as Argon2id with a salt each, and told apart', async () => {
    const [one, two] = [await hashPassword(ADA.password), await hashPassword(ADA.password)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await isPassword(ADA.password, one)).toBe(true);
    expect(await isPassword(`${ADA.password} `, one)).toBe(false);
  });

  it('are the same in any Unicode form', async () => {
    expect(await isPassword('Zu\u0308rich am See', await hashPassword('Z\u00fcrich am See'))).toBe(true);
  });

  it.each([
    'password1234',
    'Passwort!2024',
    'qwertyuiop12',
    '123456789012',
    'aaaaaaaaaaaaa',
    'ada@example.org',
    'abcdefghijkl',
    'adminadmin12',
    'lovelace1815',
  ])('refuses %s', (password) => {
    expect(whyTooCommon(password, ['ada@example.org', 'Ada Lovelace'])).toBeDefined();
  });

  it.each(['otters like quiet rivers', 'kX9#mPq2$vLw', 'my password is a river'])('takes %s', (password) => {
    expect(whyTooCommon(password, ['ada@example.org', 'Ada Lovelace'])).toBeUndefined();
  });
});

describe('the first start', () => {
  it('makes one account with the token, once', async () => {
    const { accounts } = setUp();
    expect(accounts.isFirstStart()).toBe(true);
    const token = accounts.newFirstStartToken();
    const user = await accounts.createFirst(token, ADA);
    expect(user).toMatchObject({ email: ADA.email, role: 'admin', workspace: 'main' });
    expect(accounts.isFirstStart()).toBe(false);
    await expect(accounts.createFirst(token, { ...ADA, email: 'eve@example.org' })).rejects.toThrow(
      'was used already',
    );
  });

  it('makes one account when two come at the same moment', async () => {
    const { accounts } = setUp();
    const token = accounts.newFirstStartToken();
    const results = await Promise.allSettled([
      accounts.createFirst(token, ADA),
      accounts.createFirst(token, ADA),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('takes no wrong token, no old one, and none of an earlier start', async () => {
    const { accounts, time } = setUp();
    const earlier = accounts.newFirstStartToken();
    await expect(accounts.createFirst('guess', ADA)).rejects.toThrow('not from the last start');
    const late = accounts.newFirstStartToken();
    await expect(accounts.createFirst(earlier, ADA)).rejects.toThrow('not from the last start');
    time.advance(30 * 60_000);
    await expect(accounts.createFirst(late, ADA)).rejects.toThrow('older than 30 minutes');
  });

  it('keeps the link when the password is too easy', async () => {
    const { accounts } = setUp();
    const token = accounts.newFirstStartToken();
    await expect(accounts.createFirst(token, { ...ADA, password: 'password1234' })).rejects.toThrow(
      'tried first',
    );
    expect((await accounts.createFirst(token, ADA)).email).toBe(ADA.email);
  });

  it('keeps tokens on disk as hashes only', async () => {
    const { accounts, database } = setUp();
    const token = accounts.newFirstStartToken();
    const stored = JSON.stringify(database.prepare('SELECT * FROM first_start').all());
    const session = accounts.sessions.open(await accounts.createFirst(token, ADA), BROWSER);
    const sessions = JSON.stringify(database.prepare('SELECT * FROM sessions').all());
    expect(stored).not.toContain(token);
    expect(sessions).not.toContain(session);
  });
});

describe('sessions', () => {
  async function signedIn() {
    const made = setUp();
    await made.accounts.createFromSettings(ADA);
    const user = await made.accounts.signIn(ADA.email, { password: ADA.password });
    return { ...made, user, token: made.accounts.sessions.open(user, BROWSER) };
  }

  it('open with the right password, in any case of the e-mail, and with no other', async () => {
    const { accounts, user } = await signedIn();
    expect((await accounts.signIn('ADA@example.org', { password: ADA.password })).id).toBe(user.id);
    const sentence = 'E-mail or password is wrong. Try again.';
    await expect(accounts.signIn(ADA.email, { password: 'otters like loud rivers' })).rejects.toThrow(
      sentence,
    );
    await expect(accounts.signIn('eve@example.org', { password: ADA.password })).rejects.toThrow(sentence);
  });

  it('are refused after one hash for an account that is not there, or has no password, as for a wrong one', async () => {
    const { accounts } = await signedIn();
    const user = {
      id: 'o',
      email: 'o@example.org',
      name: 'O',
      workspace: 'main',
      role: 'viewer',
      isOwner: false,
    } as const;
    accounts.store.addUser(user, undefined, 0);
    // Hashing is all of the time that a try takes, so that its count tells what a clock would tell on an idle machine.
    const hashes: string[] = [];
    const hook = createHook({ init: (_id, type) => void (type === HASHING && hashes.push(type)) }).enable();
    onTestFinished(() => void hook.disable());
    for (const email of [ADA.email, 'nobody@example.org', user.email, '', 'x'.repeat(254)]) {
      hashes.length = 0;
      await expect(accounts.signIn(email, { password: 'otters like loud rivers' })).rejects.toThrow('wrong');
      expect([email, hashes.length]).toEqual([email, 1]);
    }
    hashes.length = 0;
    await accounts.signIn(ADA.email, { password: ADA.password });
    expect(hashes).toHaveLength(1);
  });

  it('live for 30 days from their last use', async () => {
    const { accounts, time, token } = await signedIn();
    time.advance(SESSION_MS - 1_000);
    expect(accounts.userOf(token)?.email).toBe(ADA.email);
    time.advance(SESSION_MS - 1_000);
    expect(accounts.userOf(token)?.email).toBe(ADA.email);
    time.advance(SESSION_MS);
    expect(accounts.userOf(token)).toBeUndefined();
  });

  it('end when they are closed, and no guess opens one', async () => {
    const { accounts, token } = await signedIn();
    expect(accounts.userOf('guess')).toBeUndefined();
    accounts.sessions.close(token);
    expect(accounts.userOf(token)).toBeUndefined();
  });
});
