import type { Answer } from '@sluice/shared/protocol/live.ts';
import { io } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import type { TestServer } from '../testServer.ts';
import { apiOf, send, startTestServer } from '../testServer.ts';

// What the tests of hostile sockets share: a server with an honest page on it, and sockets that are driven by hand.

/** Honest clients are promised one second; the rest is for a machine that is busy with other tests. */
const HONEST_MS = 3_000;

/** A server with an honest page that watches it. */
export async function withHonestPage() {
  const test = await startTestServer();
  const cookie = test.cookieFor('integrator');
  await apiOf(test.server, cookie).ok('createFlow', { body: { name: 'A' } });
  const page = io(test.server.address, {
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: { cookie },
  });
  onTestFinished(() => void page.close());
  await new Promise<void>((resolve) => page.on('connect', () => resolve()));
  /** The honest page and a request are answered, soon; nothing broke. */
  const expectServed = async (after: string): Promise<void> => {
    const startedAt = performance.now();
    const answer = (await page.emitWithAck('watch', { flow: 'a' })) as Answer;
    const { status } = await send(test.server, 'get', '/api/health');
    expect({ after, answer, status }).toEqual({ after, answer: { ok: true }, status: 200 });
    expect(performance.now() - startedAt).toBeLessThan(HONEST_MS);
    expect(test.lines.filter((line) => /\n +at |TypeError|RangeError/.test(line))).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  };
  return { ...test, cookie, expectServed };
}

export interface RawSocket {
  readonly socket: WebSocket;
  readonly texts: string[];
  /** Resolves when it is closed, with the code of RFC 6455, section 7.4. */
  readonly closed: Promise<number>;
  /** Resolves with the next text that begins so; rejects when the connection ends before. */
  next(start: string): Promise<string>;
}

/** A connection of engine.io by hand; with a cookie also signed in to the socket. */
export async function openRaw({ server }: TestServer, cookie?: string): Promise<RawSocket> {
  const url = `${server.address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { headers: cookie === undefined ? {} : { cookie } });
  onTestFinished(() => socket.close());
  const texts: string[] = [];
  const arrived = new EventTarget();
  socket.addEventListener('message', ({ data }) => {
    texts.push(String(data));
    arrived.dispatchEvent(new Event('text'));
  });
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => resolve(code)),
  );
  const next = (start: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = texts.find((text) => text.startsWith(start));
        if (found !== undefined) resolve(found);
      };
      arrived.addEventListener('text', look);
      void closed.then(() => reject(new Error(`The connection ended before “${start}” came.`)));
      look();
    });
  const raw = { socket, texts, closed, next };
  await next('0');
  if (cookie !== undefined) {
    socket.send('40');
    await next('40');
  }
  return raw;
}
