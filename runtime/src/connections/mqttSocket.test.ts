import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { MqttClient } from 'mqtt';
import { afterEach, expect, it } from 'vitest';
import type { PacketReader } from './mqttShortcut.ts';
import { readBy } from './mqttSocket.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0).reverse()) stop();
});

/** A client whose pieces are read by hand: `pieces` has those that came, `next` waits for one more. */
async function setUp() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const client = new MqttClient(() => expect.unreachable(), {
    protocol: 'mqtt',
    hostname: '127.0.0.1',
    port: address.port,
    reconnectPeriod: 0,
    manualConnect: true,
    log: () => undefined,
  });
  stops.push(() => client.end(true));
  const pieces: { text: string; done: (packets: number) => void }[] = [];
  let arrived = Promise.withResolvers<void>();
  const reader: PacketReader = {
    read: (bytes, done) => {
      pieces.push({ text: bytes.toString(), done });
      arrived.resolve();
    },
    end: () => undefined,
  };
  const rests: (() => void)[] = [];
  const after = (_ms: number, run: () => void) => {
    rests.push(run);
    return () => undefined;
  };
  readBy(client, { soon: (run) => void setImmediate(run), after }, () => reader);
  const connected = once(server, 'connection');
  client.connect();
  const [socket] = (await connected) as [Socket];
  stops.push(() => socket.destroy());
  const next = async () => {
    while (pieces.length === 0) await arrived.promise;
    arrived = Promise.withResolvers<void>();
    const piece = pieces.shift();
    return piece ?? expect.unreachable();
  };
  return { socket, next, pieces, rests, client };
}

/** What was sent is there: it has come round to us on the same machine when this has. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

it('[EN5] reads nothing on until the piece before is done with', async () => {
  const { socket, next, pieces } = await setUp();
  socket.write('one');
  const one = await next();
  socket.write('two');
  await turns();
  expect(pieces).toEqual([]);
  one.done(1);
  expect((await next()).text).toBe('two');
});

it('[EN5] leaves in the system what it does not read, and does not gather it in memory', async () => {
  const { socket, next, client } = await setUp();
  socket.write('one');
  await next();
  socket.write(Buffer.alloc(50_000_000));
  await turns();
  expect(client.stream.readableLength).toBe(0);
  expect(socket.writableLength).toBeGreaterThan(1_000_000);
});

it('[EN2] after many packets what follows gathers for a moment; a few are followed up at once', async () => {
  const { socket, next, pieces, rests } = await setUp();
  socket.write('few');
  const few = await next();
  few.done(7);
  expect(rests).toEqual([]);
  socket.write('many');
  (await next()).done(8);
  expect(rests).toHaveLength(1);
  socket.write('more');
  await turns();
  expect(pieces).toEqual([]);
  rests[0]?.();
  expect((await next()).text).toBe('more');
});
