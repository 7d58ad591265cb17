import { WORKSPACE_HEADER } from '@sluice/shared/protocol/http.ts';
import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import { ADA, apiOf, send } from '../testServer.ts';
import { ada, cookieIn, EVE, invited, join, signIn } from './testPeople.ts';

describe('an invitation', () => {
  it('makes an account for its address only, signs in, and counts once', async () => {
    const { api, guest, test } = await ada();
    const token = await invited(api, EVE.email, 'operator');
    expect(await guest.ok('readInvitation', { body: { token } })).toEqual({
      email: EVE.email,
      workspace: 'Main',
      role: 'operator',
      invitedBy: ADA.email,
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

  it('writes nothing from a page of one into the other', async () => {
    const { api, test } = await ada();
    const me = await api.ok('session');
    test.accounts.store.addWorkspace('other', 'Other', 0);
    test.accounts.store.setRole('other', me.id, 'admin', 0);
    const chosen = await api.raw('chooseWorkspace', { body: { workspace: 'other' } });
    const body = { name: 'Of the main one' };
    const headers = { cookie: cookieIn(chosen), origin: test.server.address };
    const fromMain = { body, headers: { ...headers, [WORKSPACE_HEADER]: 'main' } };
    expect(await send(test.server, 'post', '/api/flows', fromMain)).toMatchObject({
      status: 409,
      body: { code: 'other-workspace' },
    });
    const fromOther = { body, headers: { ...headers, [WORKSPACE_HEADER]: 'other' } };
    expect(await send(test.server, 'post', '/api/flows', fromOther)).toMatchObject({ status: 200 });
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

  it('are looked up at each request: no cookie and no token carries one, so that one from before has no more and no less', async () => {
    const made = await ada();
    const { api, test } = made;
    const cookie = await join(made, 'integrator');
    const eve = apiOf(test.server, cookie);
    const { id } = await eve.ok('session');
    const { token } = await eve.ok('createToken', { body: { name: 'a', role: 'integrator', days: 1 } });
    const mayWrite = async (credential: string) =>
      (await apiOf(test.server, credential).raw('createFlow', { body: { name: 'A' } })).status === 200;
    for (const [role, may] of [
      ['viewer', false],
      ['admin', true],
      ['operator', false],
    ] as const) {
      await api.ok('saveUser', { params: { id }, body: { role } });
      expect([role, await mayWrite(cookie), await mayWrite(token)]).toEqual([role, may, may]);
    }
    expect((await eve.problem('users')).code).toBe('not-allowed');
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
    expect(await api.ok('account')).toMatchObject({ hasSecondFactor: true, recoveryCodesLeft: 9 });
    expect(JSON.stringify(test.database.prepare('SELECT * FROM recovery_codes').all())).not.toContain(second);
    const body = { password: ADA.password, code: 'wrong' };
    expect((await api.problem('endSecondFactor', { body })).code).toBe('second-factor-needed');
    await api.ok('endSecondFactor', { body: { ...body, code: second } });
    expect((await tryWith()).status).toBe(200);
  });

  it('has new recovery codes for who shows password and code; those of before are worth nothing', async () => {
    const { api, recoveryCodes, tryWith } = await withFactor();
    const [first = '', second = '', third = ''] = recoveryCodes;
    const wrong = { password: EVE.password, code: first };
    expect((await api.problem('renewRecoveryCodes', { body: wrong })).code).toBe('wrong-credentials');
    const proof = { password: ADA.password, code: first };
    const renewed = await api.ok('renewRecoveryCodes', { body: proof });
    expect(new Set([...recoveryCodes, ...renewed.recoveryCodes]).size).toBe(20);
    expect(await api.ok('account')).toMatchObject({ hasSecondFactor: true, recoveryCodesLeft: 10 });
    expect((await tryWith(third)).status).toBe(401);
    expect((await tryWith(renewed.recoveryCodes[0])).status).toBe(200);
    await api.ok('endSecondFactor', { body: { ...proof, code: renewed.recoveryCodes[1] } });
    const without = { ...proof, code: second };
    expect((await api.problem('renewRecoveryCodes', { body: without })).code).toBe('invalid-input');
  });
});

describe('a name', () => {
  it('is changed by its person, for all who see it, and the log has both', async () => {
    const { api, guest } = await ada();
    await api.ok('changeName', { body: { name: '  Ada King ' } });
    expect(await api.ok('account')).toMatchObject({ name: 'Ada King' });
    expect((await api.ok('users')).map(({ name }) => name)).toEqual(['Ada King']);
    const [entry] = await api.ok('audit');
    expect(entry).toMatchObject({ what: 'account.name', details: { name: 'ada → Ada King' } });
    expect((await api.problem('changeName', { body: { name: '   ' } })).code).toBe('invalid-input');
    expect((await guest.problem('changeName', { body: { name: 'Eve' } })).status).toBe(401);
  });
});
