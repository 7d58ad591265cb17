import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TestServer } from '../testServer.ts';
import { send } from '../testServer.ts';
import { openRaw, withHonestPage } from './testingHostile.ts';

// What comes to the port of the server that is no honest HTTP, WebSocket or polling, and what says nothing at all: it
// ends that one connection, and an honest page is answered meanwhile.

/** A connection below WebSocket; gives what came back when it is ended from the other side. */
async function rawBytes({ server }: TestServer, head: string, body: Uint8Array = new Uint8Array()) {
  const socket = connect(server.http, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(head);
  if (body.length > 0) {
    await once(socket, 'data');
    socket.write(body);
  }
  return { socket, closed, text: () => text };
}

const UPGRADE = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '',
  '',
].join('\r\n');

/** Frames that RFC 6455, section 5, forbids, and those that announce more than there may be. */
const FRAMES: Readonly<Record<string, readonly number[]>> = {
  'a text that is not masked': [0x81, 0x02, 0x34, 0x30],
  'an opcode that is reserved': [0x83, 0x80, 0, 0, 0, 0],
  'a bit that is reserved': [0xc1, 0x80, 0, 0, 0, 0],
  'a length of 2^63': [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
  'a length of 1 GB before the sign-in': [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0],
  'a length of 17 KB before the sign-in': [0x81, 0xfe, 0x44, 0x00, 0, 0, 0, 0],
  'a continuation of nothing': [0x80, 0x80, 0, 0, 0, 0],
  'a ping in parts': [0x09, 0x80, 0, 0, 0, 0],
  'a close with half a code': [0x88, 0x81, 0, 0, 0, 0, 0x03],
  'a text that is no UTF-8': [0x81, 0x82, 0, 0, 0, 0, 0xc0, 0xaf],
};

describe('bytes that are no frames', () => {
  it.each(Object.entries(FRAMES))('%s: that connection is closed', async (name, bytes) => {
    const test = await withHonestPage();
    const { closed } = await rawBytes(test, UPGRADE, Uint8Array.from(bytes));
    await closed;
    await test.expectServed(name);
  });

  it('a message in parts, each of them short, is cut off at 16 KB before the sign-in', async () => {
    const test = await withHonestPage();
    const part = Buffer.concat([
      Buffer.from([0x01, 0xfe, 0x0f, 0xa0, 0, 0, 0, 0]),
      Buffer.alloc(4_000, 0x61),
    ]);
    const more = Buffer.concat([Buffer.from([0x00]), part.subarray(1)]);
    const { closed } = await rawBytes(test, UPGRADE, Buffer.concat([part, more, more, more, more]));
    await closed;
    await test.expectServed('a message in parts');
  });

  it('by polling: what is no packet, from nobody’s session, or too long before the sign-in is refused', async () => {
    const test = await withHonestPage();
    const at = (query: string) => `/socket.io/?${query}`;
    const polled = String((await send(test.server, 'get', at('EIO=4&transport=polling'))).body);
    const { sid } = JSON.parse(polled.slice(1)) as { sid: string };
    const text = { 'content-type': 'text/plain' };
    const own = at(`EIO=4&transport=polling&sid=${sid}`);
    const large = await send(test.server, 'post', own, { body: `40${'x'.repeat(17_000)}`, headers: text });
    expect(large.status).toBe(413);
    for (const [method, query] of [
      ['get', 'EIO=4&transport=nonsense'],
      ['get', 'EIO=9&transport=polling'],
      ['get', 'EIO=4&transport=polling&sid=__proto__'],
      ['get', 'EIO=4&transport=polling&sid=constructor'],
      ['post', 'EIO=4&transport=polling&sid=guess'],
      ['post', 'EIO=4&transport=polling'],
      ['get', 'EIO=4&transport=__proto__'],
    ] as const) {
      const { status } = await send(test.server, method, at(query), method === 'post' ? { body: '40' } : {});
      expect([query, status]).toEqual([query, 400]);
    }
    for (const body of ['x', '\u001e\u001e\u001e', '4'.repeat(16_000), 'b%%%', 'b'])
      expect((await send(test.server, 'post', own, { body, headers: text })).status).toBeLessThan(500);
    await test.expectServed('polling');
  });

  it.each([
    ['no HTTP at all', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
    ['a line without an end', `GET /${'a'.repeat(100_000)}`],
    ['headers without an end', `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(20_000)}`],
    [
      'two lengths',
      'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n',
    ],
    [
      'a length and chunks',
      'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a chunk of no size',
      'POST /api/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
    ['a line break of its own in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\nb\u0000: c\r\n\r\n'],
    ['no host', 'GET /api/health HTTP/1.1\r\n\r\n'],
  ])('%s is answered 400 or 431, and closed', async (name, head) => {
    const test = await withHonestPage();
    const { closed, text } = await rawBytes(test, head);
    await closed;
    expect(text()).toMatch(/^(HTTP\/1\.1 4(00|08|13|31)|$)/);
    await test.expectServed(name);
  });
});

/** How many files this process may have open. */
function mostOpenFiles(): number {
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft?: number | string } };
  };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : 8_000;
}

describe('a crowd', () => {
  /** Both ends of each connection are open files of this process. */
  const CROWD = Math.min(2_000, Math.floor(mostOpenFiles() / 4));

  function idle({ server }: TestServer, says: string): Socket {
    const socket = connect(server.http, '127.0.0.1');
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    socket.write(says);
    return socket;
  }

  it(`of ${CROWD} connections that are idle, slow, or wait for a sign-in holds up no honest page`, async () => {
    const test = await withHonestPage();
    const slow = Array.from({ length: CROWD }, (_, index) =>
      [
        () => idle(test, ''),
        () => idle(test, 'GET /api/flows HTTP/1.1\r\nHost: a\r\nX-Sl'),
        () =>
          idle(
            test,
            'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{',
          ),
        () => idle(test, UPGRADE),
      ][index % 4]?.(),
    );
    for (const socket of slow) if (socket?.connecting === true) await once(socket, 'connect');
    for (let round = 0; round < 10; round++) {
      // Those that are slow go on, one byte at a time.
      for (const [index, socket] of slow.entries())
        if (index % 4 === 1 || index % 4 === 2) socket?.write('o');
      await test.expectServed(`round ${round}`);
    }
  });

  it('of watches asks the runner once, and is ended when it is one too many', async () => {
    const test = await withHonestPage();
    const raw = await openRaw(test, test.cookie);
    for (let count = 0; count < 300; count++)
      raw.socket.send(`42${count}["watch",{"flow":"a","nodes":["n${count}"]}]`);
    await raw.closed;
    expect(raw.texts.at(-1) ?? '').toMatch(/too-many-tries|^41/);
    await test.expectServed('many watches');
    expect([...test.host.watched].length).toBeLessThanOrEqual(1);
  });
});
