import { describe, expect, it } from 'vitest';
import { ADA, apiOf, send } from '../testServer.ts';
import { ada, EVE, join, signIn } from './testPeople.ts';

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
    const refused = await guest.problem('signIn', { body: right });
    expect(refused.code).toBe('too-many-tries');
    expect(refused.detail).toMatch(/^There were too many wrong tries\. Try again in \d+ seconds?\.$/);
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
