import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectionState, createLiveConnection, type LiveConnection } from './socket.ts';

const HANDSHAKE = `0${JSON.stringify({
  sid: 'engine',
  upgrades: [],
  pingInterval: 60_000,
  pingTimeout: 60_000,
  maxPayload: 100_000,
})}`;
// Packets of Socket.IO protocol 5 over Engine.IO protocol 4.
const CONNECTED = '40{"sid":"socket"}';
const REFUSED = '44{"message":"Sign in first."}';
const ENDED = '41';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).toReversed()) close();
});

/** The wire side of a Socket.IO server: answers each handshake, and sends the packets that a test gives it. */
async function startWire(firstPacket: () => string) {
  let waiting: ServerResponse | undefined;
  const packets: string[] = [];
  const received: string[] = [];
  const flush = () => {
    const packet = waiting === undefined ? undefined : packets.shift();
    if (packet === undefined) return;
    waiting?.end(packet);
    waiting = undefined;
  };
  const send = (packet: string) => {
    packets.push(packet);
    flush();
  };
  const server: Server = createServer((request, response) => {
    const isOpening = !new URL(request.url ?? '', 'http://wire').searchParams.has('sid');
    if (isOpening) {
      waiting = undefined;
      response.end(HANDSHAKE);
    } else if (request.method === 'POST') {
      request.on('data', (text) => {
        received.push(String(text));
        if (String(text).startsWith('40')) send(firstPacket());
      });
      request.on('end', () => response.end('ok'));
    } else {
      waiting = response;
      flush();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, send, received };
}

function open(url: string) {
  const timers: (() => void)[] = [];
  const delays: number[] = [];
  let doubts = 0;
  const connection = createLiveConnection(url, {
    ready: Promise.resolve(),
    time: {
      now: () => 1_000,
      after: (delayMs, run) => {
        delays.push(delayMs);
        timers.push(run);
        return () => timers.splice(timers.indexOf(run), 1);
      },
    },
    workspace: () => 'main',
    onDoubt: () => {
      doubts += 1;
    },
  });
  closers.push(connection.start());
  return { connection, timers, delays, doubts: () => doubts };
}

/** Resolves when the connection stands like this. */
function until(connection: LiveConnection, kind: ConnectionState['kind']): Promise<ConnectionState> {
  const { promise, resolve } = Promise.withResolvers<ConnectionState>();
  const stop = connection.subscribe((state) => {
    if (state.kind === kind) resolve(state);
  });
  const now = connection.getState();
  if (now.kind === kind) resolve(now);
  return promise.finally(stop);
}

describe('the live connection', () => {
  it('is connecting, then connected, runs what watches, and is off when stopped, twice too', async () => {
    const wire = await startWire(() => CONNECTED);
    const { connection } = open(wire.url);
    expect(connection.getState()).toEqual({ kind: 'connecting' });
    const watched = new Promise<void>((resolve) => {
      connection.onConnected(resolve);
    });
    await until(connection, 'connected');
    await watched;
    const stop = closers.at(-1);
    stop?.();
    stop?.();
    expect(connection.getState()).toEqual({ kind: 'off' });
    await expect.poll(() => wire.received).toContain('41');
  });

  it('says since when it is broken where nobody answers', async () => {
    const wire = await startWire(() => CONNECTED);
    closers.pop()?.();
    const { connection, doubts } = open(wire.url);
    expect(await until(connection, 'reconnecting')).toEqual({ kind: 'reconnecting', since: 1_000 });
    expect(doubts()).toBe(0);
  });

  it('connects anew, before anybody reads of a pause, when the server ended it', async () => {
    const wire = await startWire(() => CONNECTED);
    const { connection, timers, delays } = open(wire.url);
    await until(connection, 'connected');
    wire.send(ENDED);
    await until(connection, 'reconnecting');
    expect(delays).toEqual([500]);
    timers[0]?.();
    await until(connection, 'connected');
  });

  it('tells that it was refused, and tries again after a pause', async () => {
    let packet = REFUSED;
    const wire = await startWire(() => packet);
    const { connection, timers, delays, doubts } = open(wire.url);
    await until(connection, 'reconnecting');
    expect(doubts()).toBe(1);
    expect(delays).toEqual([3_000]);
    packet = CONNECTED;
    timers[0]?.();
    await until(connection, 'connected');
  });
});

describe('doubt about who is signed in', () => {
  it.each(['role', 'ended'])('comes with the event “%s”', async (event) => {
    const wire = await startWire(() => CONNECTED);
    const { connection, doubts } = open(wire.url);
    await until(connection, 'connected');
    wire.send(`42${JSON.stringify([event, {}])}`);
    await expect.poll(doubts).toBe(1);
  });
});

describe('events', () => {
  it('reach who listened before there was a connection, and no more who stopped', async () => {
    const wire = await startWire(() => CONNECTED);
    const { connection } = open(wire.url);
    const taken: string[] = [];
    const stop = connection.on('devices', () => taken.push('stopped'));
    const ended = new Promise<void>((resolve) => {
      connection.on('devices', () => {
        taken.push('going on');
        if (taken.length > 2) resolve();
        stop();
        wire.send('42["devices",{"devices":[]}]');
      });
    });
    await until(connection, 'connected');
    wire.send('42["devices",{"devices":[]}]');
    await ended;
    expect(taken).toEqual(['stopped', 'going on', 'going on']);
  });
});

describe('ask', () => {
  it('answers at once where nothing was ever connected', async () => {
    const connection = createLiveConnection('http://127.0.0.1:9', {
      ready: Promise.resolve(),
      time: { now: () => 0, after: () => () => {} },
      workspace: () => 'main',
      onDoubt: () => {},
    });
    expect(await connection.ask('watchDevices', { on: true })).toMatchObject({ code: 'server-away' });
  });

  it('sends the event with its request and gives the answer', async () => {
    const wire = await startWire(() => CONNECTED);
    const { connection } = open(wire.url);
    await until(connection, 'connected');
    const answer = connection.ask('watchDevices', { on: true });
    wire.send('430[{"ok":true}]');
    expect(await answer).toEqual({ ok: true });
    expect(wire.received).toContain('420["watchDevices",{"on":true}]');
  });
});
