import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IClientOptions, MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newId, systemTime } from '../runner/time.ts';
import type { Broker } from './broker.ts';
import { startBroker } from './broker.ts';
import type { BrokerOptions } from './options.ts';
import { DEFAULT_QUOTAS } from './quotas.ts';
import { eventually } from '../testingPatience.ts';

const CONNECT = Buffer.from('101000044d515454040200000004746573 74'.replaceAll(' ', ''), 'hex');

async function start(changes: Partial<BrokerOptions> = {}) {
  const seen: { topic: string; payload: string }[] = [];
  const lines: string[] = [];
  const options: BrokerOptions = {
    port: 0,
    folder: mkdtempSync(join(tmpdir(), 'sluice-broker-')),
    packetBytes: 262_144,
    time: systemTime,
    newId,
    log: (_level, sentence) => lines.push(sentence),
    observe: (topic, payload) => seen.push({ topic, payload: Buffer.from(payload).toString() }),
    ...changes,
  };
  const broker = await startBroker(options);
  onTestFinished(() => broker.stop());
  return { broker, seen, lines, folder: options.folder };
}

async function client(broker: { port: number }, options: IClientOptions = {}): Promise<MqttClient> {
  const made = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options });
  made.on('error', () => undefined);
  onTestFinished(() => made.endAsync(true));
  return made;
}

function collect(from: MqttClient) {
  const messages: string[] = [];
  from.on('message', (_topic, payload) => messages.push(payload.toString()));
  return messages;
}

function closed(made: MqttClient): Promise<void> {
  return new Promise((resolve) => made.once('close', () => resolve()));
}

async function rawSocket(broker: Broker): Promise<Socket> {
  const socket = connectSocket(broker.port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('the embedded broker', () => {
  it('carries a message from one client to another, and the server sees it', async () => {
    const { broker, seen } = await start();
    const [from, to] = [await client(broker), await client(broker)];
    const messages = collect(to);
    await to.subscribeAsync('devices/+/telemetry', { qos: 1 });
    await from.publishAsync('devices/a/telemetry', '{"t":1}', { qos: 1 });
    await eventually(() => expect(messages).toEqual(['{"t":1}']));
    expect(seen).toEqual([{ topic: 'devices/a/telemetry', payload: '{"t":1}' }]);
  });

  it('says in a sentence that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(start({ port })).rejects.toThrow(`The MQTT port ${port} is taken by another program.`);
  });

  it('keeps retained messages and queued QoS 1 messages over a stop', async () => {
    const first = await start();
    const reader = await client(first.broker, { clientId: 'reader', clean: false });
    await reader.subscribeAsync('a/#', { qos: 1 });
    await reader.endAsync();
    const writer = await client(first.broker);
    await writer.publishAsync('a/1', 'one', { qos: 1, retain: true });
    await writer.publishAsync('a/2', 'two', { qos: 1 });
    await first.broker.stop();

    const second = await start({ folder: first.folder });
    const fresh = await client(second.broker);
    const retained = collect(fresh);
    await fresh.subscribeAsync('a/#');
    await eventually(() => expect(retained).toEqual(['one']));
    expect(await received(second.broker, 'reader', 2)).toEqual(['one', 'two']);
    expect(await received(second.broker, 'reader', 0)).toEqual([]);
  });

  it('[EN6] loses no acknowledged QoS 1 message after kill -9', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-broker-'));
    const here = import.meta.dirname;
    const program = `
      import { startBroker } from ${JSON.stringify(join(here, 'broker.ts'))};
      import { systemTime, newId } from ${JSON.stringify(join(here, '../runner/time.ts'))};
      const broker = await startBroker({ port: 0, folder: ${JSON.stringify(folder)}, packetBytes: 262144,
        time: systemTime, newId, log() {}, observe() {} });
      console.log(broker.port);`;
    const killed = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'pipe' });
    onTestFinished(() => void killed.kill('SIGKILL'));
    const [line] = (await once(killed.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    const reader = await client({ port }, { clientId: 'reader', clean: false });
    await reader.subscribeAsync('a', { qos: 1 });
    await reader.endAsync();
    const writer = await client({ port });
    const acknowledged: string[] = [];
    for (let number = 0; number < 2_000; number++) {
      writer.publish('a', String(number), { qos: 1 }, (error) => {
        if (error) return;
        acknowledged.push(String(number));
        if (acknowledged.length === 500) killed.kill('SIGKILL');
      });
    }
    await once(killed, 'exit');
    await eventually(() => expect(writer.connected).toBe(false));

    const { broker } = await start({ folder });
    const got = await received(broker, 'reader', acknowledged.length);
    expect(acknowledged.length).toBeGreaterThanOrEqual(500);
    expect(acknowledged.filter((number) => !got.includes(number))).toEqual([]);
  });

  it('keeps the order for a session that comes back while messages go on arriving', async () => {
    const { broker } = await start();
    const reader = await client(broker, { clientId: 'reader', clean: false });
    await reader.subscribeAsync('a', { qos: 1 });
    await reader.endAsync();
    const writer = await client(broker);
    const numbers = Array.from({ length: 600 }, (_, number) => String(number));
    for (const number of numbers.slice(0, 300)) writer.publish('a', number, { qos: 1 });
    await writer.publishAsync('b', '', { qos: 1 });
    const waiting = received(broker, 'reader', numbers.length);
    for (const number of numbers.slice(300)) writer.publish('a', number, { qos: 1 });
    expect(await waiting).toEqual(numbers);
  });
});

/** What a persistent session gets when it comes back, once `count` different messages are there. */
async function received(broker: { port: number }, clientId: string, count: number): Promise<string[]> {
  const made = await connectWithListener(broker.port, clientId);
  await eventually(() => expect(new Set(made.messages).size).toBeGreaterThanOrEqual(count));
  // Acknowledged as well, before the connection ends.
  await made.client.publishAsync('flush', '', { qos: 1 });
  await made.client.endAsync();
  return made.messages;
}

async function connectWithListener(port: number, clientId: string) {
  const { connect } = await import('mqtt');
  const made = connect(`mqtt://127.0.0.1:${port}`, { clientId, clean: false, reconnectPeriod: 0 });
  const messages = collect(made);
  onTestFinished(() => made.endAsync(true));
  await new Promise<void>((resolve) => made.once('connect', () => resolve()));
  return { client: made, messages };
}

describe('hostile MQTT', () => {
  const hostile: readonly (readonly [string, Buffer])[] = [
    ['10 MB announced before CONNECT', Buffer.from([0x10, 0x80, 0x80, 0x80, 0x05])],
    ['a packet of 10 MB', Buffer.concat([CONNECT, Buffer.from([0x30, 0x80, 0x80, 0x80, 0x05, 0, 1, 0x61])])],
    ['NUL in a topic', Buffer.concat([CONNECT, Buffer.from([0x30, 4, 0, 2, 0x61, 0])])],
    ['invalid UTF-8 in a topic', Buffer.concat([CONNECT, Buffer.from([0x30, 4, 0, 2, 0xc3, 0x28])])],
    ['noise', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ];

  it.each(hostile)('%s closes that one connection and no other', async (_name, bytes) => {
    const { broker } = await start();
    const [good, messages] = await subscribed(broker);
    const bad = await rawSocket(broker);
    bad.resume();
    bad.write(bytes);
    await once(bad, 'close');
    await good.publishAsync('a', 'still here', { qos: 1 });
    await eventually(() => expect(messages).toEqual(['still here']));
  });

  it('a topic of 60,000 levels closes that one connection', async () => {
    const { broker } = await start();
    const [good, messages] = await subscribed(broker);
    const bad = await client(broker);
    bad.publish('/'.repeat(60_000), 'x', { qos: 1 });
    await closed(bad);
    await good.publishAsync('a', 'still here', { qos: 1 });
    await eventually(() => expect(messages).toEqual(['still here']));
  });

  it('a connection that never sends CONNECT is closed', async () => {
    const { broker } = await start({ connectMs: 50 });
    const silent = await rawSocket(broker);
    silent.resume();
    await once(silent, 'close');
    expect(broker.counters().clients).toBe(0);
  });

  it('a packet up to the limit gets through, payloads are any bytes', async () => {
    const { broker, seen } = await start({ packetBytes: 1_000 });
    const good = await client(broker);
    const payload = Buffer.from([0, 0xff, 0x7b]);
    await good.publishAsync('a', payload, { qos: 1 });
    await good.publishAsync('b', 'x'.repeat(900), { qos: 1 });
    expect(seen.map(({ topic }) => topic)).toEqual(['a', 'b']);
    good.publish('c', 'x'.repeat(1_000));
    await closed(good);
  });

  it('topics of the broker itself cannot be written', async () => {
    const { broker } = await start();
    const bad = await client(broker);
    bad.publish('$SYS/x', 'x');
    await closed(bad);
  });

  it('[EN5] a reader that stops reading holds up nobody and costs a bounded buffer', async () => {
    const { broker, lines } = await start();
    const [good, messages] = await subscribed(broker);
    const lazy = await rawSocket(broker);
    lazy.write(Buffer.concat([CONNECT, Buffer.from([0x82, 6, 0, 1, 0, 1, 0x61, 0])]));
    await once(lazy, 'data');
    lazy.pause();
    const payload = 'x'.repeat(200_000);
    for (let count = 0; count < 100; count++) await good.publishAsync('a', payload, { qos: 1 });
    await eventually(() => expect(messages).toHaveLength(100));
    expect(broker.counters().dropped).toBeGreaterThan(10);
    let bytes = 0;
    let tail = '';
    lazy.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      tail = chunk.subarray(-20).toString();
    });
    lazy.resume();
    await eventually(async () => {
      await good.publishAsync('a', 'the end', { qos: 1 });
      expect(tail).toMatch('the end');
    });
    expect(bytes).toBeLessThan(15_000_000);
    expect(lines).toEqual([]);
  });

  it('[EN5] a session that stops reading gets everything later, in order', async () => {
    const { broker } = await start();
    const slow = await connectWithListener(broker.port, 'slow');
    await slow.client.subscribeAsync('a', { qos: 1 });
    slow.client.stream.pause();
    const writer = await client(broker);
    const pad = 'x'.repeat(100_000);
    const numbers = Array.from({ length: 200 }, (_, number) => String(number));
    for (const number of numbers) await writer.publishAsync('a', `${number} ${pad}`, { qos: 1 });
    slow.client.stream.resume();
    await eventually(() => expect(slow.messages).toHaveLength(200));
    expect(slow.messages.map((message) => message.split(' ')[0])).toEqual(numbers);
  });

  it('[EN5] leaves nothing out for those who may lose nothing: what they have no room for is not taken', async () => {
    const quotas = { ...DEFAULT_QUOTAS, keptMessagesPerSession: 10 };
    const { broker, lines } = await start({ quotas, keepsAllFor: (id) => id === 'flows' });
    const flows = await client(broker, { clientId: 'flows', clean: false });
    await flows.subscribeAsync('x', { qos: 1 });
    await flows.endAsync();
    const writer = await client(broker);
    for (let number = 0; number < 9; number++) await writer.publishAsync('x', String(number), { qos: 1 });
    writer.publish('x', '9', { qos: 1 });
    await closed(writer);
    expect(lines).toContainEqual(expect.stringContaining('The flows are so far behind'));
    const other = await client(broker);
    await other.publishAsync('y', 'for nobody', { qos: 1 });
    expect(await received(broker, 'flows', 9)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    const again = await client(broker);
    await again.publishAsync('x', '9', { qos: 1 });
  });

  it('quotas bound queues, sessions, subscriptions and retained messages, and say so', async () => {
    const quotas = {
      ...DEFAULT_QUOTAS,
      sessions: 1,
      subscriptionsPerSession: 2,
      queuedMessagesPerSession: 3,
      retainedMessages: 1,
    };
    const { broker, lines } = await start({ quotas });
    const session = await client(broker, { clientId: 'a', clean: false });
    await session.subscribeAsync(['x', 'y'], { qos: 1 });
    session.subscribe('z', { qos: 1 });
    await closed(session);
    const second = await client(broker, { clientId: 'b', clean: false });
    second.subscribe('x', { qos: 1 });
    await closed(second);
    const writer = await client(broker);
    for (let number = 0; number < 5; number++) await writer.publishAsync('x', String(number), { qos: 1 });
    await writer.publishAsync('r1', 'kept', { qos: 1, retain: true });
    await writer.publishAsync('r2', 'not kept', { qos: 1, retain: true });
    expect(await received(broker, 'a', 3)).toEqual(['0', '1', '2']);
    expect(lines.filter((line) => !line.includes('ended'))).toEqual([
      '“a” has 2 subscriptions already; “z” was refused.',
      'The broker keeps 1 sessions already, so “b” got none.',
      'The queue of “a” is full, so messages for it are left out until it reads them.',
      'The broker keeps 1 retained messages already, so “r2” was not kept.',
    ]);
  });
});

async function subscribed(broker: Broker): Promise<[MqttClient, string[]]> {
  const made = await client(broker);
  const messages = collect(made);
  await made.subscribeAsync('a', { qos: 1 });
  return [made, messages];
}
