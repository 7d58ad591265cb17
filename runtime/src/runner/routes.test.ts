import type { IncomingRequest } from '@sluice/shared/node/context.ts';
import { describe, expect, it } from 'vitest';
import { Routes } from './routes.ts';

function request(method: string, path: string, id = 'r1'): IncomingRequest {
  return { id, method, path, params: {}, query: {}, headers: {}, body: new Uint8Array() };
}

describe('requests to http-in nodes', () => {
  it('come to the node whose method and path fit, with the named parts, and get its answer', async () => {
    const routes = new Routes(() => undefined);
    await routes.listen('POST', '/orders/:id', (incoming) =>
      routes.respond(incoming.id, { status: 202, body: incoming.params['id'] ?? '' }),
    );
    expect(await routes.handle(request('POST', '/orders/a%20b'))).toEqual({ status: 202, body: 'a b' });
    expect((await routes.handle(request('GET', '/orders/7'))).status).toBe(404);
    expect((await routes.handle(request('POST', '/orders'))).status).toBe(404);
    expect((await routes.handle(request('POST', '/orders/%E0%A4%A'))).status).toBe(404);
  });

  it('the same method and path cannot be served twice', async () => {
    const routes = new Routes(() => undefined);
    const stop = await routes.listen('GET', '/a/:one', () => undefined);
    await expect(routes.listen('GET', '/a/:other', () => undefined)).rejects.toThrow('served by another');
    await routes.listen('POST', '/a/:one', () => undefined);
    await stop();
    await routes.listen('GET', '/a/:other', () => undefined);
    expect(routes.list()).toEqual([
      { method: 'POST', path: '/a/:one' },
      { method: 'GET', path: '/a/:other' },
    ]);
  });

  it('an answer counts once, and a request of a stopped flow is told to come again', async () => {
    let changes = 0;
    const routes = new Routes(() => (changes += 1));
    const stop = await routes.listen('GET', '/slow', () => undefined);
    const waiting = routes.handle(request('GET', '/slow', 'r7'));
    await stop();
    await stop();
    expect((await waiting).status).toBe(503);
    expect(routes.respond('r7', { status: 200 })).toBe(false);
    expect(changes).toBe(2);
  });
});
