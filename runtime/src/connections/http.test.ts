import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IncomingRequest } from '@sluice/shared/node/context.ts';
import { isTransient } from '@sluice/shared/errors.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, startHttpListener } from './http.ts';
import { MAX_RESPONSE_BYTES } from './httpRequest.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function open(allowPrivate = true) {
  const runner = createHttp({ allowPrivate });
  stops.push(runner.close);
  return runner;
}

/** A server that answers as told, and notes who called. */
async function startServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const called: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      called.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { called, port, url: `http://127.0.0.1:${port}` };
}

const never = () => new AbortController().signal;
const get = (url: string, headers = {}) => ({ method: 'GET', url, headers });

describe('requests', () => {
  it('sends what it is told and gives back what it gets', async () => {
    const server = await startServer((_, response) => response.writeHead(201, { 'x-a': '1' }).end('made'));
    const { http } = open();
    const response = await http.request(
      { method: 'POST', url: `${server.url}/x?y=1`, headers: { 'x-b': '2' }, body: '{"ä":1}' },
      never(),
    );
    expect([response.status, response.headers['x-a'], Buffer.from(response.body).toString()]).toEqual([
      201,
      '1',
      'made',
    ]);
    expect(server.called).toMatchObject([
      { method: 'POST', url: '/x?y=1', body: '{"ä":1}', headers: { 'x-b': '2' } },
    ]);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[fe80::1]/',
  ])('[security] %s is refused', async (url) => {
    await expect(open().http.request(get(url), never())).rejects.toThrow(/link-local or metadata address/);
  });

  it('[security] a name is checked by the address that it leads to', async () => {
    const server = await startServer((_, response) => response.end('secret'));
    const url = `http://localhost:${server.port}/`;
    await expect(open(false).http.request(get(url), never())).rejects.toThrow(/inside the private network/);
    expect(server.called).toEqual([]);
    await expect(open(true).http.request(get(url), never())).resolves.toMatchObject({ status: 200 });
  });

  it('[security] every redirect is checked', async () => {
    const server = await startServer((_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    await expect(open().http.request(get(server.url), never())).rejects.toThrow(/metadata/);
  });

  it('[security] credentials stay with the server that they are for', async () => {
    const other = await startServer((_, response) => response.end('there'));
    const server = await startServer((_, response) =>
      response.writeHead(307, { location: `${other.url}/there` }).end(),
    );
    const headers = { authorization: 'Bearer x', 'x-plain': '1' };
    await open().http.request({ method: 'POST', url: server.url, headers, body: 'b' }, never());
    expect(server.called[0]?.headers['authorization']).toBe('Bearer x');
    expect(other.called).toMatchObject([{ method: 'POST', body: 'b', headers: { 'x-plain': '1' } }]);
    expect(other.called[0]?.headers['authorization']).toBeUndefined();
  });

  it('a redirect after a POST is a GET; an endless one fails', async () => {
    const server = await startServer((request, response) =>
      request.url === '/end'
        ? response.end('end')
        : response.writeHead(303, { location: request.url === '/loop' ? '/loop' : '/end' }).end(),
    );
    const { http } = open();
    const post = (path: string) => ({ method: 'POST', url: `${server.url}${path}`, headers: {}, body: 'x' });
    await http.request(post('/start'), never());
    expect(server.called.map(({ method, url }) => [method, url])).toEqual([
      ['POST', '/start'],
      ['GET', '/end'],
    ]);
    await expect(http.request(post('/loop'), never())).rejects.toThrow('was redirected more than 5 times');
  });

  it('a response that is too long fails', async () => {
    const server = await startServer((_, response) => response.end(Buffer.alloc(MAX_RESPONSE_BYTES + 1)));
    await expect(open().http.request(get(server.url), never())).rejects.toThrow(
      `the response has more than ${MAX_RESPONSE_BYTES} bytes`,
    );
  });

  it.each([
    ['ftp://example.com', /no web address/],
    ['nonsense', /no web address/],
    [
      'http://127.0.0.1:1/',
      /^GET http:\/\/127\.0\.0\.1:1\/ failed: nobody listens there \(ECONNREFUSED\)\.$/,
    ],
    ['http://no-such-name.invalid/?token=s3cret', /^GET http:\/\/no-such-name\.invalid\/ failed: /],
  ])('%s fails with a sentence', async (url, sentence) => {
    await expect(open().http.request(get(url), never())).rejects.toThrow(sentence);
  });

  it('[EN8] a server that is not there or hangs up may be back; an address that is refused is for good', async () => {
    const server = await startServer((request) => request.socket.destroy());
    const { http } = open();
    const mayPass = async (url: string) =>
      isTransient(await http.request(get(url), never()).catch((error: unknown) => error));
    expect(await mayPass(server.url)).toBe(true);
    expect(await mayPass('http://127.0.0.1:1/')).toBe(true);
    expect(await mayPass('http://no-such-name.invalid/')).toBe(true);
    expect(await mayPass('http://169.254.169.254/')).toBe(false);
    expect(await mayPass('ftp://example.com')).toBe(false);
  });

  it('ends when it is aborted', async () => {
    const server = await startServer(() => undefined);
    const given = new AbortController();
    const request = open().http.request(get(server.url), given.signal);
    given.abort(new Error('time is up'));
    await expect(request).rejects.toThrow('time is up');
  });
});

describe('incoming', () => {
  async function listen() {
    const { http, incoming } = open();
    let ids = 0;
    const listener = await startHttpListener({
      host: '127.0.0.1',
      port: 0,
      incoming,
      newId: () => `r${(ids += 1)}`,
    });
    stops.push(listener.close);
    const call = (method: string, path: string, body?: string) =>
      fetch(`http://127.0.0.1:${listener.port}${path}`, { method, ...(body !== undefined && { body }) });
    return { http, incoming, call, port: listener.port };
  }

  it('a request goes to its node, and the answer to its caller', async () => {
    const { http, call } = await listen();
    const got: IncomingRequest[] = [];
    await http.listen('POST', '/orders/:order', (request) => {
      got.push(request);
      http.respond(request.id, { status: 201, headers: { 'x-a': '1' }, body: 'made' });
    });
    const response = await call('POST', '/orders/a%20b?x=1', 'hi');
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([201, '1', 'made']);
    expect(got).toMatchObject([{ method: 'POST', params: { order: 'a b' }, query: { x: '1' } }]);
    expect(Buffer.from(got[0]?.body ?? []).toString()).toBe('hi');
    expect(http.respond(got[0]?.id ?? '', { status: 200 })).toBe(false);
  });

  it('fixed parts count more than names', async () => {
    const { http, call } = await listen();
    const serve = (path: string) =>
      http.listen('GET', path, ({ id }) => http.respond(id, { status: 200, body: path }));
    await serve('/orders/:id');
    await serve('/orders/new');
    expect(await (await call('GET', '/orders/new')).text()).toBe('/orders/new');
    expect(await (await call('GET', '/orders/7')).text()).toBe('/orders/:id');
  });

  it('what nobody serves is 404, another method 405, each with a sentence', async () => {
    const { http, call } = await listen();
    const stop = await http.listen('GET', '/a', () => undefined);
    const missing = await call('GET', '/b');
    expect([missing.status, await missing.json()]).toEqual([404, { error: 'No flow serves /b.' }]);
    const other = await call('POST', '/a');
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await call('GET', '/%E0%A4%A')).status).toBe(404);
    await stop();
    expect((await call('GET', '/a')).status).toBe(404);
  });

  it('a path is served once, until it is given up', async () => {
    const { http, incoming } = await listen();
    const changes: number[] = [];
    incoming.onChange((routes) => changes.push(routes.length));
    const stop = await http.listen('GET', '/a/:x', () => undefined);
    await expect(http.listen('GET', '/a/:y', () => undefined)).rejects.toThrow(/is served already/);
    await stop();
    await stop();
    await http.listen('GET', '/a/:y', () => undefined);
    expect(changes).toEqual([1, 0, 1]);
    expect(incoming.routes()).toEqual([{ method: 'GET', path: '/a/:y' }]);
  });

  it('a caller that went away is not waiting any more', async () => {
    const { http, incoming } = await listen();
    const given = new AbortController();
    await http.listen('GET', '/slow', () => given.abort());
    const request = { id: 'x', method: 'GET', path: '/slow', query: {}, headers: {}, body: new Uint8Array() };
    await expect(incoming.handle(request, given.signal)).resolves.toMatchObject({ status: 503 });
    expect(http.respond('x', { status: 200 })).toBe(false);
  });

  it('a port that is taken is a sentence', async () => {
    const { incoming, port } = await listen();
    await expect(startHttpListener({ host: '127.0.0.1', port, incoming, newId: () => '1' })).rejects.toThrow(
      `The port ${port} of 127.0.0.1 cannot be listened on: another program uses it.`,
    );
  });
});
