import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { Route } from '@sluice/shared/protocol/route.ts';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiOf, send, startTestServer } from './testServer.ts';

async function setUp(flags = {}, options = {}) {
  const test = await startTestServer(flags, options);
  const cookie = test.cookieFor('admin');
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${test.server.address}${path}`, {
      method: 'POST',
      body,
      headers: { cookie, 'content-type': 'application/json', ...headers },
    });
  return { ...test, cookie, post, api: apiOf(test.server, cookie) };
}

/** A path exactly as it is written, which fetch would put in order first. */
function rawGet(port: number, path: string, cookie: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers: { cookie } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const TRAVERSALS = [
  '..%2f..%2fmaster.key',
  '..%5c..%5cmaster.key',
  '%2e%2e%2f%2e%2e%2fmaster.key',
  '....//....//master.key',
  '..%00%2fmaster.key',
  '%252e%252e%252fmaster.key',
  '..;%2fmaster.key',
  '%c0%ae%c0%ae%2fmaster.key',
];
const KEYS = ['__proto__', 'constructor', 'prototype'];

describe('paths that lead elsewhere', () => {
  it('give no file but those of the editor', async () => {
    const { folder } = await startTestServer();
    const editor = join(folder, 'editor');
    mkdirSync(join(editor, 'assets'), { recursive: true });
    writeFileSync(join(editor, 'index.html'), 'the page');
    writeFileSync(join(folder, 'master.key.txt'), 'canary');
    const { server, cookie } = await setUp({}, { editor });
    for (const base of ['/', '/assets/', '//', '/assets/../'])
      for (const path of [
        ...TRAVERSALS,
        '../master.key.txt',
        '../../master.key.txt',
        '..\\..\\master.key.txt',
      ]) {
        const { text } = await rawGet(
          server.http,
          `${base}${path.replace('master.key', 'master.key.txt')}`,
          cookie,
        );
        expect(text).not.toContain('canary');
      }
    for (const hidden of ['/.env', '/assets/.git/config', '/%2e%2e/'])
      expect((await rawGet(server.http, hidden, cookie)).text).not.toContain('canary');
  });

  it('are ids that nothing has, in every parameter of every route', async () => {
    const { server, cookie, folder, lines } = await setUp();
    for (const row of Object.values<Route>(ROUTES)) {
      if (!row.path.includes(':') || row.method !== 'get') continue;
      for (const id of [...TRAVERSALS, ...KEYS, 'a%00b', '%0d%0aX-Evil:1', '%ff', 'x'.repeat(5_000)]) {
        const path = row.path.replaceAll(/:\w+/g, id);
        const { status, text } = await rawGet(server.http, path, cookie);
        expect([path.slice(0, 99), status < 500]).toEqual([path.slice(0, 99), true]);
        expect(text).not.toContain(folder);
      }
    }
    expect(lines.filter((line) => line.includes('at '))).toEqual([]);
  });
});

describe('names of JavaScript’s own', () => {
  it('are plain keys in every body, and change nothing of any object', async () => {
    const { post, server } = await setUp();
    const evil = '{"polluted":"yes","toString":1,"isOwner":true,"role":"admin"}';
    for (const row of Object.values<Route>(ROUTES)) {
      if (row.method !== 'post' || row.body === undefined) continue;
      for (const key of KEYS) {
        const path = row.path.replaceAll(/:\w+/g, 'x');
        const nested = `{"${key}":${evil},"flow":{"${key}":${evil}},"config":{"${key}":${evil}},"secrets":{"${key}":"x"},"name":"N","type":"mqtt"}`;
        const answer = await post(path, nested);
        expect([path, key, answer.status < 500]).toEqual([path, key, true]);
      }
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await send(server, 'get', '/api/flows')).status).toBe(401);
  });

  it('are plain keys in flows, connections and queries', async () => {
    const { api, post, server, cookie } = await setUp();
    const text = `{"name":"C","type":"mqtt","config":{"url":"mqtt://127.0.0.1","__proto__":{"polluted":1}},"secrets":{"__proto__":"x","constructor":"y"}}`;
    expect((await post('/api/connections', text)).status).toBe(200);
    expect((await api.ok('connections')).map(({ name }) => name)).toContain('C');
    const flow = JSON.stringify(emptyFlow('p', 'P')).replace(
      /}$/,
      ',"__proto__":{"nodes":[1]},"constructor":{"prototype":{"polluted":1}}}',
    );
    await post('/api/flows', `{"name":"P","flow":${flow}}`);
    for (const query of [
      '?__proto__[state]=active',
      '?constructor[prototype][x]=1',
      '?state[__proto__]=1',
      '?state=active&state=cleared',
    ])
      expect((await rawGet(server.http, `/api/alarms${query}`, cookie)).status).toBeLessThan(500);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('bodies that are no honest JSON', () => {
  it.each([
    ['too deep', '['.repeat(100_000), 413],
    ['too deep and whole', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`, 413],
    ['too large', `"${'x'.repeat(5_300_000)}"`, 413],
    ['no JSON', '{"name":', 400],
    ['NaN', '{"name":NaN}', 400],
    ['a comment', '/**/{"name":"A"}', 400],
    ['a number that is none', '{"name":"A","flow":1e999999}', 422],
    ['a text', '"name"', 422],
    ['a list', '[]', 422],
    ['nothing', 'null', 422],
    ['a byte that is no text', '{"name":"\\ud800"}', 200],
    ['the same key twice: the last one counts', '{"name":"A","name":7}', 422],
  ])('%s', async (_what, body, status) => {
    const { post } = await setUp();
    const answer = await post('/api/flows', body);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('a large number of digits or of keys holds nobody up', async () => {
    const { post, api } = await setUp();
    const keys = Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',');
    const slow = Promise.all([
      post('/api/flows', `{"name":"A","flow":{${keys}}}`),
      post('/api/flows', `{"name":${'9'.repeat(1_000_000)}}`),
    ]);
    expect((await api.ok('health')).live).toBe(true);
    for (const answer of await slow) expect(answer.status).toBe(422);
  });

  it('a body that grows when it is unpacked is cut off at the same size', async () => {
    const { post } = await setUp();
    const bomb = gzipSync(Buffer.alloc(200_000_000, 32));
    const answer = await post('/api/flows', bomb, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
    for (const encoding of ['gzip', 'deflate', 'br', 'compress', 'gzip, gzip'])
      expect(
        (await post('/api/flows', 'no such thing', { 'content-encoding': encoding })).status,
      ).toBeLessThan(500);
  });

  it('another type of content is not taken for JSON, whatever it holds', async () => {
    const { post, api } = await setUp();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'text/html',
      'nonsense',
    ])
      expect([type, (await post('/api/flows', '{"name":"A"}', { 'content-type': type })).status]).not.toEqual(
        [type, 200],
      );
    expect(await api.ok('flows')).toEqual([]);
  });
});

describe('headers', () => {
  it('take no line break from what people name', async () => {
    const { api, server, cookie } = await setUp();
    const name = 'A\r\nX-Evil: 1\r\n\r\n<script>';
    await api.ok('createFlow', { body: { name } });
    for (const path of [
      '/api/flows',
      '/api/audit/export?format=csv',
      '/api/audit/export?format=ndjson',
      '/api/flows/%0d%0aX-Evil:%201',
      '/%0d%0aX-Evil:%201',
      '/api/alarms?state=%0d%0aX-Evil:1',
    ]) {
      const answer = await fetch(`${server.address}${path}`, { headers: { cookie } });
      await answer.text();
      expect(answer.headers.get('x-evil')).toBeNull();
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('packets of Socket.IO that are malformed', () => {
  it('close that one socket, and no other', async () => {
    const { server, cookie, api, lines } = await setUp();
    const honest = io(server.address, {
      transports: ['websocket'],
      extraHeaders: { cookie },
      reconnection: false,
    });
    onTestFinished(() => void honest.close());
    await new Promise<void>((resolve) => honest.on('connect', () => resolve()));
    const packets = [
      '9',
      '4',
      '42',
      '42[',
      '42["watch"',
      '42{"a":1}',
      '451-["x"]',
      '42["__proto__",{}]',
      '42["watch",{"flow":{"__proto__":1}}]',
      '4'.repeat(2_000_000),
      '42["watch",' + '['.repeat(50_000),
    ];
    for (const packet of packets) await sendPacket(server.address, cookie, packet);
    await api.ok('createFlow', { body: { name: 'A', flow: emptyFlow('a', 'A') } });
    expect(await honest.emitWithAck('watch', { flow: 'a' })).toEqual({ ok: true });
    expect((await api.ok('health')).live).toBe(true);
    expect(lines.filter((line) => /\n +at /.test(line))).toEqual([]);
  });
});

/** Opens a socket by hand, sends one packet behind the handshake, and waits for a sign: an answer, or the end. */
function sendPacket(address: string, cookie: string, packet: string): Promise<void> {
  const url = `${address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { headers: { cookie } });
  return new Promise((resolve) => {
    socket.addEventListener('close', () => resolve());
    socket.addEventListener('error', () => resolve());
    socket.addEventListener('message', ({ data }) => {
      const text = String(data);
      if (text.startsWith('0')) socket.send('40');
      else if (text.startsWith('40')) {
        socket.send(packet);
        // Behind it a ping of the protocol: whoever is still there is closed from here.
        socket.close();
      }
    });
  });
}
