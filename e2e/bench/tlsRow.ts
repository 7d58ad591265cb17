import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { endChild } from './children.ts';
import { cpuSeconds } from './processes.ts';
import { connectPacket, publishPacket, subscribePacket } from './rawMqtt.ts';
import type { Row } from './row.ts';
import { median, micros, ratioRow } from './row.ts';

const BROKER = fileURLToPath(new URL('tlsBroker.ts', import.meta.url));
const PUBLISHERS = 4;
/** At most so many messages are on their way, so that nothing is left out. */
const WINDOW = 1_000;
const WARM_UP_MS = 3_000;
const MEASURE_MS = 3_000;
/** What a third less throughput is in time for a message: 1 / (1 - 0.35). */
const AT_MOST = 1.54;
const READING = JSON.stringify({ temperature: 21.5, humidity: 44.1, battery: 3.61, seq: 10_000_000 });
const MESSAGE = publishPacket('devices/freezer-1/telemetry', READING);

interface Ports {
  readonly port: number;
  readonly tlsPort: number;
}

/** What TLS costs the built-in broker: the same messages through it with and without, in turn. */
export async function tlsRows(rounds: number): Promise<Row[]> {
  const child = fork(BROKER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    const [{ port, tlsPort }] = (await once(child, 'message')) as [Ports];
    const pid = child.pid ?? 0;
    const ways = [() => net.connect({ port, host: '127.0.0.1' }), () => openTls(tlsPort)];
    const figures: number[][] = [[], []];
    for (const open of ways) await cpuOfOne(open, pid, WARM_UP_MS);
    for (let round = 0; round < rounds; round++)
      for (const [index, open] of ways.entries()) figures[index]?.push(await cpuOfOne(open, pid, MEASURE_MS));
    const [plain = Number.NaN, secure = Number.NaN] = figures.map(median);
    return [
      ratioRow({
        what: 'TLS on the built-in broker: its CPU a message, in and out',
        own: secure,
        peer: plain,
        format: micros,
        against: 'without TLS',
        atMost: AT_MOST,
      }),
    ];
  } finally {
    await endChild(child);
  }
}

function openTls(port: number): net.Socket {
  // The broker of the bench has signed its certificate itself.
  return tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
}

/** Microseconds of CPU that the broker takes for one message from a publisher to a subscriber. */
async function cpuOfOne(open: () => net.Socket, pid: number, measureMs: number): Promise<number> {
  const reader = await join(open, 'bench-reader');
  reader.write(subscribePacket('devices/+/telemetry', 0));
  await once(reader, 'data');
  const writers = await Promise.all(
    Array.from({ length: PUBLISHERS }, (_, index) => join(open, `bench-${index}`)),
  );
  const load = { sent: 0, back: 0, isRunning: true };
  const pump = (): void => {
    for (let index = 0; load.isRunning && load.sent - Math.floor(load.back) < WINDOW; index++) {
      writers[index % PUBLISHERS]?.write(PIECE);
      load.sent += PIECE_MESSAGES;
    }
  };
  reader.on('data', (chunk: Buffer) => {
    load.back += chunk.length / MESSAGE.length;
    pump();
  });
  pump();
  const before = { cpu: cpuSeconds(pid), back: load.back };
  await sleep(measureMs);
  const used = cpuSeconds(pid) - before.cpu;
  const messages = load.back - before.back;
  load.isRunning = false;
  for (const socket of [reader, ...writers]) socket.destroy();
  return (used / messages) * 1e6;
}

/** Written at once, as a gateway does that has some to send. */
const PIECE_MESSAGES = 10;
const PIECE = Buffer.concat(Array.from({ length: PIECE_MESSAGES }, () => MESSAGE));

async function join(open: () => net.Socket, clientId: string): Promise<net.Socket> {
  const socket = open();
  socket.on('error', () => undefined);
  socket.write(connectPacket(clientId));
  await once(socket, 'data');
  return socket;
}
