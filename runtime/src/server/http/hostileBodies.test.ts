import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { Route } from '@sluice/shared/protocol/route.ts';
import { describe, expect, it } from 'vitest';
import { apiOf, send, startTestServer } from '../testServer.ts';

const ROWS = Object.entries(ROUTES) as [RouteName, Route][];

async function setUp() {
  const test = await startTestServer();
  const cookie = test.cookieFor('admin');
  return { ...test, cookie, api: apiOf(test.server, cookie) };
}

/** One that packs well: 60 MB of spaces before a text that is no JSON. */
const WIDE = Buffer.concat([Buffer.alloc(60_000_000, 32), Buffer.from('x')]);
const BOMBS = {
  gzip: gzipSync(WIDE),
  deflate: deflateSync(WIDE),
  br: brotliCompressSync(WIDE),
  zstd: zstdCompressSync(WIDE),
};

describe('a body that grows when it is unpacked', () => {
  it.each(Object.entries(BOMBS))(
    'by %s is cut off by everything that takes bodies',
    async (encoding, bomb) => {
      const { server, cookie, api } = await setUp();
      await api.ok('createDevice', { body: { id: 'd', name: 'D' } });
      const { token } = await api.ok('createDeviceToken', { params: { id: 'd' } });
      const json = { 'content-type': 'application/json', 'content-encoding': encoding };
      for (const [path, headers] of [
        ['/api/flows', { ...json, cookie }],
        ['/api/flows/a/dry-run', { ...json, cookie }],
        ['/api/session', json],
        ['/ingest/d', { ...json, authorization: `Bearer ${token}` }],
        ['/in/hook', json],
        ['/w/other/in/hook', json],
      ] as const) {
        const answer = await fetch(`${server.address}${path}`, {
          method: 'POST',
          headers,
          body: new Uint8Array(bomb),
        });
        // 415 or 422: an encoding that it does not know is not unpacked at all.
        expect([path, [400, 413, 415, 422].includes(answer.status)]).toEqual([path, true]);
      }
      expect((await api.ok('health')).live).toBe(true);
    },
  );
});

describe('before anybody has signed in', () => {
  const post = async (
    address: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | ReadableStream,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    });

  it('no more than 16 KB is read, of whatever route and by whatever length', async () => {
    const { server } = await setUp();
    const body = JSON.stringify({ email: 'a@example.org', password: 'x'.repeat(17_000) });
    expect((await post(server.address, '/api/session', body)).status).toBe(413);
    expect(
      (await post(server.address, '/api/session', gzipSync(body), { 'content-encoding': 'gzip' })).status,
    ).toBe(413);
    const chunked = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 20; count++) controller.enqueue(Buffer.alloc(1_000, 32));
        controller.close();
      },
    });
    expect((await post(server.address, '/api/session', chunked)).status).toBe(413);
    const short = JSON.stringify({ email: 'a@example.org', password: 'x'.repeat(900) });
    expect((await post(server.address, '/api/session', short)).status).toBe(401);
  });

  it('whoever is signed out meanwhile hears that, and not that their draft is too large', async () => {
    const { server, cookie } = await setUp();
    const body = JSON.stringify({ name: 'A', flow: { description: 'x'.repeat(40_000) } });
    const answer = await post(server.address, '/api/flows', body);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'not-signed-in']);
    const signedIn = await post(server.address, '/api/flows', body, { cookie });
    expect(signedIn.status).toBe(422);
  });
});

describe('the type of content', () => {
  it('is JSON for every route that takes a body: what a form of another site can send is not read', async () => {
    const { server, cookie } = await setUp();
    for (const [name, { method, path, body }] of ROWS) {
      if (body === undefined) continue;
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        '',
      ]) {
        const { status } = await send(server, method, path.replaceAll(/:\w+/g, 'x'), {
          body: '{"name":"A","email":"a@example.org","password":"x","token":"x","current":"x","next":"otters like quiet rivers"}',
          headers: { cookie, 'content-type': type },
        });
        // 429: where tries are counted, what cannot be read is a wrong one.
        expect([name, type, [400, 404, 415, 422, 429].includes(status)]).toEqual([name, type, true]);
      }
    }
  });

  it('of every answer is JSON or a file that is kept, whatever is asked for: no browser shows it as a page', async () => {
    const { server, cookie } = await setUp();
    const evil = encodeURIComponent('<script>alert(1)</script>.html');
    for (const [name, { method, path, isFile, isRedirect }] of ROWS) {
      if (method !== 'get' || isRedirect === true) continue;
      const answer = await fetch(
        `${server.address}${path.replaceAll(/:\w+/g, evil)}?state=${evil}&who=${evil}`,
        {
          headers: { cookie, accept: 'text/html' },
        },
      );
      await answer.text();
      const type = answer.headers.get('content-type') ?? '';
      const isSafe =
        /^application\/(problem\+)?json/.test(type) ||
        (isFile === true && answer.headers.get('content-disposition')?.startsWith('attachment;') === true);
      expect([name, type, isSafe]).toEqual([name, type, true]);
      expect([name, answer.headers.get('x-content-type-options')]).toEqual([name, 'nosniff']);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});

describe('headers of an answer that a flow makes', () => {
  it('take no line break, no cookie and nothing that is the server’s own word', async () => {
    const { server, host } = await setUp();
    host.answers.http = {
      status: 200,
      headers: {
        'x-plain': 'yes',
        'x-evil': 'a\r\nset-cookie: sluice_session=x',
        'x-bad\r\nx-evil': '1',
        'Set-Cookie': 'sluice_session=x',
        'Content-Security-Policy': "script-src 'unsafe-inline'",
        'Content-Length': '1',
        'Transfer-Encoding': 'chunked',
        'content-type': 'text/html',
      },
      body: '<script>alert(1)</script>',
    };
    const answer = await fetch(`${server.address}/in/hook`);
    expect(await answer.text()).toBe('<script>alert(1)</script>');
    expect(answer.headers.get('x-plain')).toBe('yes');
    for (const name of ['x-evil', 'set-cookie'])
      expect([name, answer.headers.get(name)]).toEqual([name, null]);
    // Whatever it is, it runs nothing, and stands apart from the pages of this server.
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
