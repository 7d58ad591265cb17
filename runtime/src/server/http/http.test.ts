import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Permission, Route } from '@sluice/shared/protocol/route.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import { describe, expect, it } from 'vitest';
import { ADA, apiOf, send, startTestServer } from '../testServer.ts';
import { TRIES } from './loginLimits.ts';
import { isAllowed } from './permission.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };
const ROLES: readonly User['role'][] = ['viewer', 'operator', 'integrator', 'deployer', 'admin'];

async function signIn(server: Parameters<typeof send>[0], password = ADA.password, cookie = '') {
  const answered = await send(server, 'post', '/api/session', {
    body: { email: ADA.email, password },
    headers: cookie === '' ? {} : { cookie },
  });
  return { ...answered, cookie: (answered.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

describe('the first start', () => {
  it('answers nothing but the page that makes the first account', async () => {
    const { server } = await startTestServer();
    const api = apiOf(server);
    expect(await api.ok('firstStart')).toEqual({ needed: true });
    expect((await api.ok('health')).live).toBe(true);
    for (const path of [
      '/api/flows',
      '/api/session',
      '/api/openapi.json',
      '/in/hook',
      '/metrics',
      '/api/none',
    ]) {
      const answered = await send(server, 'get', path);
      expect([path, answered.status, answered.body]).toMatchObject([
        path,
        403,
        { code: 'first-start-needed' },
      ]);
    }
  });

  it('makes the account by the link, signs in, and the link is worth nothing any more', async () => {
    const { server } = await startTestServer();
    expect(server.firstStartLink).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/first-start#token=[\w-]{43}$/);
    const token = server.firstStartLink?.split('=')[1] ?? '';
    const api = apiOf(server);
    const wrong = await api.problem('createFirstAccount', { body: { ...ADA, token: 'guess' } });
    expect(wrong).toMatchObject({ status: 403, code: 'link-used' });
    const made = await api.raw('createFirstAccount', { body: { ...ADA, token } });
    expect(made.body).toMatchObject({ email: ADA.email, role: 'admin' });
    const cookie = made.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(
      /^sluice_session=[\w-]{43}; Max-Age=2592000; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/,
    );
    const session = apiOf(server, cookie.split(';')[0]);
    expect((await session.ok('session')).email).toBe(ADA.email);
    expect(await session.ok('firstStart')).toEqual({ needed: false });
    const again = await api.problem('createFirstAccount', {
      body: { ...ADA, email: 'eve@example.org', token },
    });
    expect(again.code).toBe('link-used');
  });

  it('listens on loopback only, whatever SLUICE_HOST says', async () => {
    const { server, lines } = await startTestServer({ host: '0.0.0.0' });
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(lines[0]).toMatch('Listening on 127.0.0.1 only: there is no account yet.');
  });

  it('needs no link when the settings make the account', async () => {
    const { server } = await startTestServer(ADMIN);
    expect(server.firstStartLink).toBeUndefined();
    expect((await signIn(server)).status).toBe(200);
  });
});

describe('sessions', () => {
  it('get a new token at each login, the one before ends', async () => {
    const { server } = await startTestServer(ADMIN);
    const first = await signIn(server);
    const second = await signIn(server, ADA.password, first.cookie);
    expect(second.cookie).not.toBe(first.cookie);
    expect((await apiOf(server, first.cookie).problem('session')).code).toBe('not-signed-in');
    expect((await apiOf(server, second.cookie).ok('session')).email).toBe(ADA.email);
    await apiOf(server, second.cookie).ok('signOut');
    expect((await apiOf(server, second.cookie).problem('session')).code).toBe('not-signed-in');
  });

  it('say the same for a wrong password and an account that is not there', async () => {
    const { server } = await startTestServer(ADMIN);
    const wrong = await signIn(server, 'otters like loud rivers');
    const unknown = await apiOf(server).raw('signIn', {
      body: { email: 'eve@example.org', password: ADA.password },
    });
    expect(wrong.body).toEqual(unknown.body);
    expect(wrong.body).toMatchObject({ status: 401, code: 'wrong-credentials' });
  });

  it('are limited by account', async () => {
    const { server } = await startTestServer(ADMIN);
    for (let index = 0; index < TRIES.account; index++) {
      expect((await signIn(server, `wrong password ${index}`)).status).toBe(401);
    }
    expect((await signIn(server)).body).toMatchObject({ status: 429, code: 'too-many-tries' });
  });

  it('no forged or wrong token opens anything', async () => {
    const { server } = await startTestServer(ADMIN);
    for (const cookie of [
      'sluice_session=x',
      `sluice_session=${'A'.repeat(43)}`,
      'sluice_session=',
      'sluice_session',
    ]) {
      expect((await apiOf(server, cookie).problem('flows')).code).toBe('not-signed-in');
    }
  });
});

describe('permissions', () => {
  const SAMPLE: Partial<Record<RouteName, unknown>> = {};
  const call = (name: RouteName, cookie: string, server: Parameters<typeof apiOf>[0]) =>
    apiOf(server, cookie).raw(name, {
      params: { id: 'nothing', version: 1 },
      query: { revision: 1 },
      body: (ROUTES[name] as Route).body === undefined ? undefined : (SAMPLE[name] ?? {}),
    });

  it('are kept by every route for every role', async () => {
    const { server, cookieFor } = await startTestServer(ADMIN);
    for (const role of ROLES) {
      for (const name of Object.keys(ROUTES) as RouteName[]) {
        const { permission } = ROUTES[name] as Route;
        if (permission === 'public') continue;
        const answered = await call(name, cookieFor(role), server);
        const may = isAllowed(permission, { role, isOwner: role === 'admin' } as User);
        expect([name, role, answered.status === 403]).toEqual([name, role, !may]);
        expect(answered.status).not.toBe(401);
      }
    }
  });

  it('are needed by every route that is not public', async () => {
    const { server } = await startTestServer(ADMIN);
    for (const name of Object.keys(ROUTES) as RouteName[]) {
      const { permission } = ROUTES[name] as Route;
      if (permission === 'public') continue;
      expect([name, (await call(name, '', server)).status]).toEqual([name, 401]);
    }
  });

  it('go from role to role', () => {
    const allowed = (permission: Permission) =>
      ROLES.filter((role) => isAllowed(permission, { role } as User));
    expect(allowed('operator')).toEqual(['operator', 'integrator', 'deployer', 'admin']);
    expect(allowed('admin')).toEqual(['admin']);
    expect(isAllowed('signed-in', undefined)).toBe(false);
  });

  it('do not reach into another workspace', async () => {
    const { server, cookieFor, database } = await startTestServer(ADMIN);
    const mine = apiOf(server, cookieFor('admin'));
    const theirs = apiOf(server, cookieFor('admin', 'other'));
    await mine.ok('createFlow', { body: { name: 'Mine' } });
    expect(await theirs.problem('flow', { params: { id: 'mine' } })).toMatchObject({ code: 'not-found' });
    expect(await theirs.ok('flows')).toEqual([]);
    database.prepare("UPDATE flows SET workspace = 'other'").run();
    expect(await mine.problem('flow', { params: { id: 'mine' } })).toMatchObject({ code: 'not-found' });
    expect(await mine.ok('flows')).toEqual([]);
    expect(await theirs.ok('flows')).toMatchObject([{ id: 'mine' }]);
  });
});

describe('requests from other sites', () => {
  it.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{}, 200],
  ])('are refused for writes: %j gets %i', async (headers, status) => {
    const { server, cookieFor } = await startTestServer();
    const answered = await send(server, 'post', '/api/flows', {
      body: { name: 'A' },
      headers: { cookie: cookieFor('admin'), ...(headers as Record<string, string>) },
    });
    expect(answered.status).toBe(status);
    if (status === 403) expect(answered.body).toMatchObject({ code: 'cross-site' });
  });

  it('may carry the origin of the server itself', async () => {
    const { server, cookieFor } = await startTestServer();
    const headers = { cookie: cookieFor('admin'), origin: server.address };
    expect((await send(server, 'post', '/api/flows', { body: { name: 'A' }, headers })).status).toBe(200);
  });
});

describe('bad input', () => {
  it.each([
    ['broken JSON', '{"name":', 400, 'invalid-json', /^The body is not JSON: /],
    ['a list', '[]', 422, 'invalid-input', /^the body: /],
    ['no body', '', 422, 'invalid-input', /^the body: /],
    ['a wrong type', '{"name": 5}', 422, 'invalid-input', /^“name” in the body: .*string/],
    ['10 MB', `{"name": "${'x'.repeat(10_000_000)}"}`, 413, 'too-large', /larger than allowed/],
    ['a million brackets', '['.repeat(1_000_000), 413, 'too-large', /more than 100 levels deep/],
    [
      'deep objects',
      '{"name":"x","flow":'.concat('{"a":'.repeat(200), '1', '}'.repeat(201)),
      413,
      'too-large',
      /levels deep/,
    ],
  ])('%s is answered with a sentence', async (_name, body, status, code, sentence) => {
    const { server, cookieFor } = await startTestServer();
    const answered = await send(server, 'post', '/api/flows', {
      body,
      headers: { cookie: cookieFor('admin') },
    });
    expect(answered).toMatchObject({
      status,
      body: { status, code, detail: expect.stringMatching(sentence) },
    });
    expect(answered.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('a body that fits none of two shapes is told what the usual one lacks', async () => {
    const { server, cookieFor } = await startTestServer();
    const api = apiOf(server, cookieFor('admin'));
    expect(await api.problem('deploy', { body: {} })).toMatchObject({
      status: 422,
      detail: expect.stringMatching(/^“flow” in the body: /),
    });
  });

  it('__proto__ in a body is a plain key and changes nothing', async () => {
    const { server, cookieFor } = await startTestServer();
    const body = '{"name":"A","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const answered = await send(server, 'post', '/api/flows', {
      body,
      headers: { cookie: cookieFor('admin') },
    });
    expect(answered.status).toBe(200);
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['get', '/api/none', 404, 'There is no GET /api/none.'],
    ['post', '/nowhere', 404, 'There is nothing at /nowhere.'],
    ['get', '/api/flows/%ff', 422, 'The request does not fit: Failed to decode param'],
    ['get', '/api/flows/a/versions/x', 422, '“version” in the address: '],
  ])('%s %s is answered with problem details', async (method, path, status, sentence) => {
    const { server, cookieFor } = await startTestServer();
    const answered = await send(server, method, path, { headers: { cookie: cookieFor('admin') } });
    expect(answered).toMatchObject({ status, body: { status, detail: expect.stringContaining(sentence) } });
  });

  it('what the runner refuses keeps its code, as disk-full, and the server goes on', async () => {
    const { server, cookieFor, host } = await startTestServer();
    const api = apiOf(server, cookieFor('admin'));
    host.answers.check = { ok: false, code: 'disk-full', sentence: 'The disk is full.', problems: [] };
    await api.ok('createFlow', { body: { name: 'A' } });
    expect(await api.problem('validateFlow', { params: { id: 'a' } })).toMatchObject({
      status: 507,
      code: 'disk-full',
    });
    expect((await api.ok('health')).live).toBe(true);
  });
});

describe('the web server', () => {
  it('describes every route in its OpenAPI document', async () => {
    const { server } = await startTestServer(ADMIN);
    const { body } = await send(server, 'get', '/api/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, { operationId: string }>> };
    const described = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(described.toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  it('sends a strict Content-Security-Policy with everything', async () => {
    const { server } = await startTestServer(ADMIN);
    for (const path of ['/', '/api/health', '/in/x']) {
      const policy = (await send(server, 'get', path)).headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none';/);
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    }
    const { headers } = await send(server, 'get', '/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self' 'unsafe-inline';");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('serves the editor: hashed files for good, its page for every address of a page', async () => {
    const editor = mkdtempSync(join(tmpdir(), 'sluice-editor-'));
    mkdirSync(join(editor, 'assets'));
    writeFileSync(join(editor, 'index.html'), '<!doctype html><title>Sluice</title>');
    writeFileSync(join(editor, 'assets', 'main-abc123.js'), 'export {};');
    const { server } = await startTestServer({}, { editor });
    const page = { headers: { accept: 'text/html' } };
    const file = await send(server, 'get', '/assets/main-abc123.js');
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/flows/a', '/first-start']) {
      const answered = await send(server, 'get', path, page);
      expect([path, answered.status, answered.headers.get('cache-control')]).toEqual([path, 200, 'no-cache']);
      expect(answered.body).toContain('<title>Sluice</title>');
    }
    expect((await send(server, 'get', '/assets/gone.js', page)).status).toBe(404);
    expect((await send(server, 'get', '/..%2f..%2fetc%2fpasswd')).body).not.toContain('root:');
  });

  it('carries requests to http-in nodes, without the session of who calls', async () => {
    const { server, host } = await startTestServer(ADMIN);
    host.answers.http = {
      status: 201,
      headers: { 'content-type': 'text/plain', 'set-cookie': 'sluice_session=stolen', 'x-a': 'b\r\nc' },
      body: 'thanks',
    };
    const answered = await send(server, 'post', '/in/hooks/door?open=1', {
      body: '{"a":1}',
      headers: { origin: 'https://a.example' },
    });
    expect(answered).toMatchObject({ status: 201, body: 'thanks' });
    expect(answered.headers.get('set-cookie')).toBeNull();
    expect(host.asked).toContain('POST /hooks/door {"a":1}');
    const large = await send(server, 'post', '/in/hooks/door', { body: 'x'.repeat(2_000_000) });
    expect(large).toMatchObject({ status: 413, body: { code: 'too-large' } });
  });
});
