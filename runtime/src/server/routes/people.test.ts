import type { Role } from '@sluice/shared/protocol/people.ts';
import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import type { TestServer } from '../testServer.ts';
import { ADA, apiOf, send, startTestServer } from '../testServer.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };
const EVE = { email: 'eve@example.org', name: 'Eve', password: 'seven quiet herons sleep' };

function cookieIn({ headers }: { headers: Headers }): string {
  return (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function signIn({ server }: TestServer, body: Record<string, string>): Promise<string> {
  const answered = await apiOf(server).raw('signIn', { body });
  expect(answered.status).toBe(200);
  return cookieIn(answered);
}

/** The server of Ada, who owns it, and her session. */
async function ada() {
  const test = await startTestServer(ADMIN);
  const cookie = await signIn(test, { email: ADA.email, password: ADA.password });
  return { test, cookie, api: apiOf(test.server, cookie), guest: apiOf(test.server) };
}

async function invited(api: ReturnType<typeof apiOf>, email: string, role: Role = 'viewer'): Promise<string> {
  const { link } = await api.ok('invite', { body: { email, role } });
  expect(link).toMatch(/^\/invitation#token=[\w-]{43}$/);
  return link.split('=')[1] ?? '';
}

async function join(made: Awaited<ReturnType<typeof ada>>, role: Role = 'viewer'): Promise<string> {
  const token = await invited(made.api, EVE.email, role);
  const { name, password } = EVE;
  return cookieIn(await made.guest.raw('acceptInvitation', { body: { token, name, password } }));
}

describe('an invitation', () => {
  it('makes an account for its address only, signs in, and counts once', async () => {
    const { api, guest, test } = await ada();
    const token = await invited(api, EVE.email, 'operator');
    expect(await guest.ok('readInvitation', { body: { token } })).toEqual({
      email: EVE.email,
      workspace: 'Main',
      role: 'operator',
      hasAccount: false,
    });
    const body = { token, name: EVE.name, password: EVE.password };
    expect(
      await guest.problem('acceptInvitation', { body: { ...body, password: 'password1234' } }),
    ).toMatchObject({ code: 'invalid-input' });
    const accepted = await guest.raw('acceptInvitation', { body });
    expect(accepted.body).toMatchObject({ email: EVE.email, role: 'operator', isOwner: false });
    expect((await apiOf(test.server, cookieIn(accepted)).ok('session')).email).toBe(EVE.email);
    expect((await guest.problem('acceptInvitation', { body })).code).toBe('link-used');
    expect((await guest.problem('readInvitation', { body: { token } })).code).toBe('link-used');
    expect(await api.ok('invitations')).toEqual([]);
  });

  it('is worth nothing when it is withdrawn, replaced, or older than seven days', async () => {
    const { api, guest, test } = await ada();
    const replaced = await invited(api, EVE.email);
    const late = await invited(api, EVE.email);
    expect((await guest.problem('readInvitation', { body: { token: replaced } })).code).toBe('link-used');
    const [open] = await api.ok('invitations');
    expect((open?.expiresAt ?? 0) - (open?.createdAt ?? 0)).toBe(7 * 24 * 3_600_000);
    test.database.prepare('UPDATE invitations SET expires_at = 1').run();
    expect((await guest.problem('readInvitation', { body: { token: late } })).code).toBe('link-used');
    const withdrawn = await invited(api, EVE.email);
    const [found] = await api.ok('invitations');
    await api.ok('withdrawInvitation', { params: { id: found?.id ?? '' } });
    expect((await guest.problem('readInvitation', { body: { token: withdrawn } })).code).toBe('link-used');
  });

  it('asks who has an account for its password, and adds the workspace to theirs', async () => {
    const { api, guest, test } = await ada();
    const other = apiOf(test.server, test.cookieFor('admin', 'other', false));
    const token = await invited(other, ADA.email, 'integrator');
    const wrong = { token, name: 'Mallory', password: EVE.password };
    expect((await guest.problem('acceptInvitation', { body: wrong })).code).toBe('wrong-credentials');
    await guest.ok('acceptInvitation', { body: { token, password: ADA.password } });
    const account = await api.ok('account');
    expect(account.name).not.toBe('Mallory');
    expect(account.workspaces.map(({ workspace, role }) => [workspace, role])).toEqual([
      ['main', 'admin'],
      ['other', 'integrator'],
    ]);
    expect((await other.problem('invite', { body: { email: ADA.email, role: 'admin' } })).code).toBe(
      'already-there',
    );
  });
});

describe('a person in two workspaces', () => {
  it('stands in one of them, with the role there, and goes on in the other by choice', async () => {
    const { api, cookie, test } = await ada();
    const me = await api.ok('session');
    test.accounts.store.addWorkspace('other', 'Other', 0);
    test.accounts.store.setRole('other', me.id, 'viewer', 0);
    const chosen = await api.raw('chooseWorkspace', { body: { workspace: 'other' } });
    expect(chosen.body).toMatchObject({ workspace: 'other', role: 'viewer' });
    const next = apiOf(test.server, cookieIn(chosen));
    expect((await next.problem('createFlow', { body: { name: 'A' } })).code).toBe('not-allowed');
    expect((await apiOf(test.server, cookie).problem('session')).code).toBe('not-signed-in');
  });

  it('falls to the other when they are taken out of one, and to a sentence when there is none', async () => {
    const made = await ada();
    const { api, test } = made;
    const eve = apiOf(test.server, await join(made));
    const { id } = await eve.ok('session');
    test.accounts.store.addWorkspace('other', 'Other', 0);
    test.accounts.store.setRole('other', id, 'operator', 0);
    await api.ok('removeUser', { params: { id } });
    expect(await eve.ok('session')).toMatchObject({ workspace: 'other', role: 'operator' });
    test.accounts.store.removeFrom('other', id);
    expect(await eve.problem('session')).toMatchObject({
      status: 403,
      detail: expect.stringMatching('in no workspace any more'),
    });
    const again = await made.guest.problem('signIn', { body: { email: EVE.email, password: EVE.password } });
    expect(again).toMatchObject({ status: 403, code: 'not-allowed' });
    await eve.ok('signOut');
  });
});

describe('roles', () => {
  it('change at once, with before and after in the audit log', async () => {
    const made = await ada();
    const { api, test } = made;
    const eve = apiOf(test.server, await join(made));
    const { id } = await eve.ok('session');
    expect((await eve.problem('createFlow', { body: { name: 'A' } })).code).toBe('not-allowed');
    await api.ok('saveUser', { params: { id }, body: { role: 'integrator' } });
    await eve.ok('createFlow', { body: { name: 'A' } });
    await api.ok('saveUser', { params: { id }, body: { role: 'viewer' } });
    expect((await eve.problem('createFlow', { body: { name: 'B' } })).code).toBe('not-allowed');
    const [last] = await api.ok('audit', { query: { what: 'user.role' } });
    expect(last).toMatchObject({
      who: ADA.email,
      subject: EVE.email,
      details: { before: 'integrator', after: 'viewer' },
    });
  });

  it('leave the workspace its last admin', async () => {
    const { api } = await ada();
    const { id } = await api.ok('session');
    const sentence = expect.stringMatching('the last admin of this workspace');
    expect(await api.problem('saveUser', { params: { id }, body: { role: 'viewer' } })).toMatchObject({
      status: 403,
      detail: sentence,
    });
    expect(await api.problem('removeUser', { params: { id } })).toMatchObject({
      status: 403,
      detail: sentence,
    });
  });

  it('do not let an owner out of their last workspace', async () => {
    const { api, test } = await ada();
    const { id } = await api.ok('session');
    const second = apiOf(test.server, test.cookieFor('admin', 'main', false));
    expect(await second.problem('removeUser', { params: { id } })).toMatchObject({
      detail: expect.stringMatching('owns this server'),
    });
  });
});

describe('sessions', () => {
  it('are listed with where they are used, and ended one by one, or all', async () => {
    const { api, test } = await ada();
    const body = { email: ADA.email, password: ADA.password };
    const answered = await send(test.server, 'post', '/api/session', {
      body,
      headers: { 'user-agent': 'Firefox on a phone' },
    });
    const phone = apiOf(test.server, cookieIn(answered));
    const found = (await api.ok('sessions')).find(({ isCurrent }) => !isCurrent);
    expect(found).toMatchObject({
      browser: 'Firefox on a phone',
      address: expect.stringMatching('127.0.0.1'),
    });
    await api.ok('endSession', { params: { id: found?.id ?? '' } });
    expect((await phone.problem('session')).code).toBe('not-signed-in');
    await api.ok('signOutEverywhere');
    expect((await api.problem('session')).code).toBe('not-signed-in');
  });

  it('end by an admin of the workspace', async () => {
    const made = await ada();
    const eve = apiOf(made.test.server, await join(made));
    const { id } = await eve.ok('session');
    await made.api.ok('signOutUser', { params: { id } });
    expect((await eve.problem('session')).code).toBe('not-signed-in');
  });

  it('all end with a new password, but for the one that changed it, which gets another token', async () => {
    const { api, cookie, test } = await ada();
    const elsewhere = apiOf(test.server, await signIn(test, { email: ADA.email, password: ADA.password }));
    const wrong = { current: 'otters like loud rivers', next: EVE.password };
    expect((await api.problem('changePassword', { body: wrong })).code).toBe('wrong-credentials');
    const changed = await api.raw('changePassword', { body: { current: ADA.password, next: EVE.password } });
    expect(changed.status).toBe(200);
    expect((await elsewhere.problem('session')).code).toBe('not-signed-in');
    expect((await apiOf(test.server, cookie).problem('session')).code).toBe('not-signed-in');
    await apiOf(test.server, cookieIn(changed)).ok('session');
    await signIn(test, { email: ADA.email, password: EVE.password });
  });
});

describe('a second factor', () => {
  async function withFactor() {
    const made = await ada();
    const { secret, uri } = await made.api.ok('beginSecondFactor', { body: { password: ADA.password } });
    expect(uri).toMatch(/^otpauth:\/\/totp\/Sluice:ada/);
    const code = await generate({ secret });
    const { recoveryCodes } = await made.api.ok('confirmSecondFactor', { body: { code } });
    const tryWith = (written?: string) =>
      made.guest.raw('signIn', {
        body: {
          email: ADA.email,
          password: ADA.password,
          ...(written === undefined ? {} : { code: written }),
        },
      });
    return { ...made, secret, used: code, recoveryCodes, tryWith };
  }

  it('is asked for after the right password only; a code counts once', async () => {
    const { guest, secret, used, tryWith, test } = await withFactor();
    const wrong = { email: ADA.email, password: EVE.password, code: used };
    expect((await guest.problem('signIn', { body: wrong })).code).toBe('wrong-credentials');
    expect(await tryWith()).toMatchObject({ status: 401, body: { code: 'second-factor-needed' } });
    expect(await tryWith(used)).toMatchObject({ status: 401, body: { code: 'second-factor-needed' } });
    const next = await generate({ secret, epoch: Math.floor(Date.now() / 1_000) + 30 });
    expect((await tryWith(next)).status).toBe(200);
    expect((await tryWith(next)).status).toBe(401);
    const stored = JSON.stringify(test.database.prepare('SELECT * FROM second_factors').all());
    expect(stored).not.toContain(secret);
  });

  it('lets in by each recovery code once, and ends with password and code', async () => {
    const { api, recoveryCodes, tryWith, test } = await withFactor();
    expect(new Set(recoveryCodes).size).toBe(10);
    const [first = '', second = ''] = recoveryCodes;
    expect((await tryWith(first.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
    expect((await tryWith(first)).status).toBe(401);
    expect(JSON.stringify(test.database.prepare('SELECT * FROM recovery_codes').all())).not.toContain(second);
    const body = { password: ADA.password, code: 'wrong' };
    expect((await api.problem('endSecondFactor', { body })).code).toBe('second-factor-needed');
    await api.ok('endSecondFactor', { body: { ...body, code: second } });
    expect((await tryWith()).status).toBe(200);
  });
});

describe('an API token', () => {
  it('does what its role may without a cookie and from anywhere, and never more than its person', async () => {
    const made = await ada();
    const eve = apiOf(made.test.server, await join(made, 'integrator'));
    const body = { name: 'script', role: 'integrator' };
    expect((await eve.problem('createToken', { body: { ...body, role: 'admin' } })).code).toBe('not-allowed');
    const { token, id, expiresAt, createdAt } = await eve.ok('createToken', { body });
    expect(token).toMatch(/^sluice_[\w-]{43}$/);
    expect(expiresAt - createdAt).toBe(90 * 24 * 3_600_000);
    const headers = { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' };
    const created = await send(made.test.server, 'post', '/api/flows', { body: { name: 'A' }, headers });
    expect(created.status).toBe(200);
    expect(JSON.stringify(made.test.database.prepare('SELECT * FROM tokens').all())).not.toContain(token);
    const [note] = await made.api.ok('audit', { query: { what: 'flow.create' } });
    expect(note?.who).toBe(`token script of ${EVE.email}`);
    expect((await eve.ok('tokens'))[0]?.lastUsedAt).toBeGreaterThan(0);
    const { id: person } = await eve.ok('session');
    await made.api.ok('saveUser', { params: { id: person }, body: { role: 'viewer' } });
    const script = apiOf(made.test.server, token);
    expect((await script.problem('createFlow', { body: { name: 'B' } })).code).toBe('not-allowed');
    await made.api.ok('deleteToken', { params: { id } });
    expect((await script.problem('flows')).code).toBe('not-signed-in');
  });

  it('ends with its time, and with its person in the workspace', async () => {
    const made = await ada();
    const { test } = made;
    const eve = apiOf(test.server, await join(made));
    const first = await eve.ok('createToken', { body: { name: 'a', role: 'viewer' } });
    const second = await eve.ok('createToken', { body: { name: 'b', role: 'viewer' } });
    await apiOf(test.server, first.token).ok('flows');
    test.database.prepare('UPDATE tokens SET expires_at = 1 WHERE id = ?').run(first.id);
    expect((await apiOf(test.server, first.token).problem('flows')).code).toBe('not-signed-in');
    await made.api.ok('removeUser', { params: { id: (await eve.ok('session')).id } });
    expect((await apiOf(test.server, second.token).problem('flows')).code).toBe('not-signed-in');
  });

  it('owns no server, and is seen by admins of its workspace only', async () => {
    const { api, test } = await ada();
    const { token } = await api.ok('createToken', { body: { name: 'a', role: 'admin' } });
    expect((await apiOf(test.server, token).problem('workspaces')).code).toBe('not-allowed');
    expect(await apiOf(test.server, test.cookieFor('admin', 'other')).ok('tokens')).toEqual([]);
    expect(await apiOf(test.server, test.cookieFor('viewer')).ok('tokens')).toEqual([]);
    expect(await apiOf(test.server, test.cookieFor('admin', 'main', false)).ok('tokens')).toHaveLength(1);
  });
});

describe('forged credentials', () => {
  const JWT = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ada","role":"admin"}').toString('base64url')}.`;

  it('are all 401: cut, prolonged, of another server, of the other kind, without a signature, with wildcards', async () => {
    const [mine, theirs] = [await ada(), await ada()];
    const session = mine.cookie.split('=')[1] ?? '';
    const { token } = await mine.api.ok('createToken', { body: { name: 'a', role: 'admin' } });
    const { token: foreign } = await theirs.api.ok('createToken', { body: { name: 'a', role: 'admin' } });
    const forged = (text: string) => [
      text.slice(0, -1),
      `${text}A`,
      text.toUpperCase(),
      `${text.slice(0, 20)}%`,
      `${text.slice(0, 20)}*`,
    ];
    const always = [
      '',
      '%',
      '_',
      '*',
      "' OR 1=1 --",
      JWT,
      'sluice_%',
      `sluice_${'_'.repeat(43)}`,
      'null',
      'undefined',
      '[object Object]',
    ];
    const cookies = [...forged(session), theirs.cookie.split('=')[1] ?? '', token, ...always];
    const bearers = [...forged(token), foreign, session, ...always];
    const headers = [
      ...cookies.map((text) => ({ cookie: `sluice_session=${text}` })),
      ...bearers.map((text) => ({ authorization: `Bearer ${text}` })),
      // A bearer text that is wrong is not made good by a cookie.
      { authorization: 'Bearer wrong', cookie: mine.cookie },
    ];
    for (const each of headers) {
      const answered = await send(mine.test.server, 'get', '/api/flows', { headers: each });
      expect([each, answered.status]).toEqual([each, 401]);
    }
    await mine.api.ok('flows');
    await apiOf(mine.test.server, token).ok('flows');
  });
});

describe('wrong tries', () => {
  it('count for the account however its address is written, and together for all that takes a password', async () => {
    const { api, guest, test } = await ada();
    const before = () =>
      test.database.prepare("SELECT count(*) AS n FROM audit WHERE what = 'session.refused'").get()?.n;
    for (const email of [ADA.email, 'ADA@example.org', ' ada@EXAMPLE.org ', 'ａda@example.org', ADA.email]) {
      expect((await guest.raw('signIn', { body: { email, password: 'wrong' } })).status).toBe(401);
    }
    for (let count = 0; count < 5; count++) {
      const body = { current: 'wrong', next: EVE.password };
      expect((await api.problem('changePassword', { body })).code).toBe('wrong-credentials');
    }
    const right = { email: ADA.email, password: ADA.password };
    expect((await guest.problem('signIn', { body: right })).code).toBe('too-many-tries');
    expect((await api.problem('beginSecondFactor', { body: { password: ADA.password } })).code).toBe(
      'too-many-tries',
    );
    // One row a minute for the account, and one for what is none.
    expect(before()).toBe(2);
  });

  it('leave those that succeed uncounted', async () => {
    const { test } = await ada();
    for (let count = 0; count < 15; count++) await signIn(test, { email: ADA.email, password: ADA.password });
  });
});
