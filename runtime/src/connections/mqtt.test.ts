import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { Aedes } from 'aedes';
import type { SluiceError } from '@sluice/shared/errors.ts';
import type { MqttPacket, NodeStatus } from '@sluice/shared/node/context.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemTime } from '../runner/time.ts';
import type { MqttConnection } from './mqtt.ts';
import { openMqtt } from './mqtt.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Broker {
  readonly url: string;
  readonly port: number;
  readonly aedes: Aedes;
  /** Topics that clients subscribed to, in order. */
  readonly asked: string[];
  /** Texts that clients published, in order. */
  readonly received: string[];
  /** From now on what is published is swallowed and not answered; `end` ends that. */
  holdBack(): { readonly held: number; end(): void };
  /** Packet ids of PUBACKs that came in. */
  readonly acknowledged: number[];
  publish(topic: string, text: string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>;
  /** Cuts every socket and stops listening; the sessions stay. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

async function startBroker(): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const asked: string[] = [];
  const acknowledged: number[] = [];
  aedes.on('subscribe', (subscriptions) => asked.push(...subscriptions.map(({ topic }) => topic)));
  aedes.on('ack', (packet) => acknowledged.push(packet?.messageId ?? 0));
  const received: string[] = [];
  aedes.on('publish', ({ topic, payload }) => {
    if (!topic.startsWith('$')) received.push(payload.toString());
  });
  const holdBack = () => {
    const { authorizePublish } = aedes;
    let held = 0;
    aedes.authorizePublish = () => void (held += 1);
    return {
      get held() {
        return held;
      },
      end: () => void (aedes.authorizePublish = authorizePublish),
    };
  };
  let server: Server | undefined;
  const listen = async (port: number) => {
    server = createServer(aedes.handle);
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const goAway = async () => {
    const listening = server;
    server = undefined;
    if (listening === undefined) return;
    const closed = new Promise((resolve) => listening.close(resolve));
    Object.values(
      (aedes as unknown as { clients: Record<string, { conn: { destroy(): void } }> }).clients,
    ).forEach(({ conn }) => conn.destroy());
    await closed;
  };
  const port = await listen(0);
  stops.push(async () => {
    await goAway();
    await new Promise<void>((resolve) => aedes.close(resolve));
  });
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    aedes,
    asked,
    received,
    holdBack,
    acknowledged,
    publish: (topic, text, { qos = 1, retain = false } = {}) =>
      new Promise((resolve, reject) => {
        aedes.publish(
          { cmd: 'publish', topic, payload: Buffer.from(text), qos, retain, dup: false },
          (error) => (error ? reject(error) : resolve()),
        );
      }),
    goAway,
    comeBack: async () => void (await listen(port)),
  };
}

function open(url: string, instance = 'test', config: Record<string, unknown> = {}): MqttConnection {
  const connection = openMqtt({
    connection: { id: 'plant', name: 'Plant', type: 'mqtt', config: { url, ...config }, secrets: {} },
    instance,
    scheduler: systemTime,
    retryMs: 100,
  });
  stops.push(() => connection.close());
  return connection;
}

function collect() {
  const got: { readonly packet: MqttPacket; readonly acknowledge: () => void }[] = [];
  const state = { hasRoom: true };
  const receive = (packet: MqttPacket, acknowledge: () => void) => {
    got.push({ packet, acknowledge });
    return state.hasRoom;
  };
  const texts = () => got.map(({ packet }) => Buffer.from(packet.payload).toString());
  return { got, state, receive, texts };
}

const packet = (text: string, qos: 0 | 1 | 2) =>
  ({ topic: 'a', payload: Buffer.from(text), qos, retain: false }) as const;

/** Code and sentence of what it fails with. */
const failureOf = (promise: Promise<void>) =>
  promise.then(
    () => 'it did not fail',
    (error: SluiceError) => `${error.code}: ${error.message}`,
  );

const never = () => new AbortController().signal;

describe('reading', () => {
  it('[EN6] many packets are under way, and each is acknowledged only when it is settled', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const { got, receive } = collect();
    await api.subscribe('a/+', 1, receive);
    for (let at = 0; at < 50; at += 1) await broker.publish('a/b', String(at));
    await vi.waitFor(() => expect(got).toHaveLength(50));
    expect(broker.acknowledged).toEqual([]);
    got.forEach(({ acknowledge }) => acknowledge());
    await vi.waitFor(() => expect(broker.acknowledged).toHaveLength(50));
  });

  it('[EN6] what was not acknowledged before the process ended comes again', async () => {
    const broker = await startBroker();
    const first = open(broker.url);
    const before = collect();
    await first.api.subscribe('a', 1, before.receive);
    for (const text of ['1', '2', '3']) await broker.publish('a', text);
    await vi.waitFor(() => expect(before.got).toHaveLength(3));
    before.got[0]?.acknowledge();
    await vi.waitFor(() => expect(broker.acknowledged).toHaveLength(1));
    await first.close();
    await broker.publish('a', '4');
    const after = collect();
    await open(broker.url).api.subscribe('a', 1, after.receive);
    await vi.waitFor(() => expect(after.texts()).toEqual(['2', '3', '4']));
  });

  it('[EN6] after the connection was lost, packets under way are not handed on twice and are acknowledged', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const { got, texts, receive } = collect();
    await api.subscribe('a', 1, receive);
    await broker.publish('a', 'slow');
    await broker.publish('a', 'slower');
    await vi.waitFor(() => expect(got).toHaveLength(2));
    const statuses: NodeStatus[] = [];
    api.onStatus((status) => statuses.push(status));
    await broker.goAway();
    await vi.waitFor(() =>
      expect(statuses.at(-1)?.text).toContain('closed the connection; trying again in 0.1 s'),
    );
    got[0]?.acknowledge();
    await broker.comeBack();
    await vi.waitFor(() => expect(broker.acknowledged).toHaveLength(1));
    got[1]?.acknowledge();
    await vi.waitFor(() => expect(broker.acknowledged).toHaveLength(2));
    await broker.publish('a', 'next');
    await vi.waitFor(() => expect(texts()).toEqual(['slow', 'slower', 'next']));
  });

  it('[EN6] QoS 2 is confirmed when it is settled, and comes again when it was not', async () => {
    const broker = await startBroker();
    const first = open(broker.url);
    const before = collect();
    await first.api.subscribe('a', 2, before.receive);
    await broker.publish('a', '1', { qos: 2 });
    await broker.publish('a', '2', { qos: 2 });
    await vi.waitFor(() => expect(before.got).toHaveLength(2));
    expect(before.got[0]?.packet.qos).toBe(2);
    before.got[0]?.acknowledge();
    await vi.waitFor(() => expect(broker.acknowledged).toHaveLength(1));
    await first.close();
    const after = collect();
    await open(broker.url).api.subscribe('a', 2, after.receive);
    await vi.waitFor(() => expect(after.texts()).toEqual(['2']));
  });

  it('two flows with one filter are one subscription at the broker, and both get each packet', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const [one, two] = [collect(), collect()];
    await api.subscribe('a/+', 1, one.receive);
    await broker.publish('a/b', 'x');
    await vi.waitFor(() => expect(one.texts()).toEqual(['x']));
    await api.subscribe('a/+', 1, two.receive);
    await broker.publish('a/b', 'y');
    await vi.waitFor(() => expect([one.texts(), two.texts()]).toEqual([['x', 'y'], ['y']]));
    // Once for each, so that retained packets come for the second one too.
    expect(broker.asked).toEqual(['a/+', 'a/+']);
  });

  it('filters that overlap bring each packet to each flow once', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const [wide, narrow] = [collect(), collect()];
    await api.subscribe('a/+', 1, wide.receive);
    await api.subscribe('a/b', 1, narrow.receive);
    for (const text of ['1', '2']) await broker.publish('a/b', text);
    await vi.waitFor(() =>
      expect([wide.texts(), narrow.texts()]).toEqual([
        ['1', '2'],
        ['1', '2'],
      ]),
    );
    wide.got.concat(narrow.got).forEach(({ acknowledge }) => acknowledge());
    await vi.waitFor(() => expect(broker.acknowledged).toHaveLength(2));
    expect([wide.texts(), narrow.texts()]).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
  });

  it('[EN5] a flow without room stops the socket, and nothing is lost when it goes on', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const { got, state, texts, receive } = collect();
    const subscription = await api.subscribe('a', 0, receive);
    state.hasRoom = false;
    const sent = Array.from({ length: 1_500 }, (_, at) => String(at));
    for (const text of sent) await broker.publish('a', text, { qos: 0 });
    await vi.waitFor(() => expect(got).toHaveLength(1));
    state.hasRoom = true;
    subscription.resume();
    await vi.waitFor(() => expect(texts()).toEqual(sent));
  });

  it('a retained packet says so', async () => {
    const broker = await startBroker();
    await broker.publish('a', 'kept', { retain: true });
    const { got, receive } = collect();
    await open(broker.url).api.subscribe('a', 1, receive);
    await vi.waitFor(() => expect(got[0]?.packet).toMatchObject({ retain: true, topic: 'a' }));
  });
});

describe('a broker that is not there', () => {
  it('is waited for: the flow starts, and listens when the broker comes', async () => {
    const broker = await startBroker();
    await broker.goAway();
    const { api } = open(broker.url);
    const statuses: NodeStatus[] = [];
    api.onStatus((status) => statuses.push(status));
    const { texts, receive } = collect();
    await api.subscribe('a', 1, receive);
    expect(statuses.at(-1)).toEqual({
      state: 'error',
      text: `cannot reach ${broker.url} (ECONNREFUSED); trying again in 0.1 s`,
    });
    await broker.comeBack();
    await vi.waitFor(() =>
      expect(statuses.at(-1)).toEqual({ state: 'ok', text: `connected to ${broker.url}` }),
    );
    await vi.waitFor(() => expect(broker.asked).toEqual(['a']));
    await broker.publish('a', 'late');
    await vi.waitFor(() => expect(texts()).toEqual(['late']));
  });

  it('[EN8] a message to it fails soon as one to be tried again, and is not published later', async () => {
    const broker = await startBroker();
    await broker.goAway();
    const { api } = open(broker.url);
    const statuses: NodeStatus[] = [];
    api.onStatus((status) => statuses.push(status));
    await vi.waitFor(() => expect(statuses.at(-1)?.state).toBe('error'));
    for (const qos of [0, 1, 2] as const)
      await expect(api.publish(packet('x', qos), never())).rejects.toMatchObject({
        code: 'target-away',
        message: `The message for “a” was not handed to the broker (cannot reach ${broker.url} (ECONNREFUSED); trying again in 0.1 s).`,
      });
    await broker.comeBack();
    await vi.waitFor(() => expect(statuses.at(-1)?.state).toBe('ok'));
    await api.publish(packet('y', 1), never());
    expect(broker.received).toEqual(['y']);
  });

  it('[EN8] a message waits a second for a connection that is just being made, and no longer', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    stops.push(() => new Promise((resolve) => silent.close(resolve)));
    const due: { ms: number; run: () => void }[] = [];
    const connection = openMqtt({
      connection: plant({ url: `mqtt://127.0.0.1:${(silent.address() as AddressInfo).port}` }),
      instance: 'test',
      scheduler: {
        soon: systemTime.soon,
        after: (ms, run) => {
          due.push({ ms, run });
          return () => undefined;
        },
      },
    });
    silent.on('connection', (socket) => stops.push(() => socket.destroy()));
    stops.push(() => {
      const closed = connection.close();
      // The farewell to a broker that says nothing.
      due.filter(({ ms }) => ms === 1_000).forEach(({ run }) => run());
      return closed;
    });
    const [first, second] = [packet('1', 1), packet('2', 0)].map((one) => {
      const outcome = { error: undefined as unknown };
      connection.api.publish(one, never()).catch((error: unknown) => (outcome.error = error));
      return outcome;
    });
    await vi.waitFor(() => expect(due.map(({ ms }) => ms)).toContain(1_000));
    expect([first?.error, second?.error]).toEqual([undefined, undefined]);
    due.find(({ ms }) => ms === 1_000)?.run();
    await vi.waitFor(() => expect(first?.error).toMatchObject({ code: 'target-away' }));
    expect(second?.error).toMatchObject({ code: 'target-away' });
  });

  it('[EN8] a message goes out when the connection that is being made is there', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    await Promise.all([api.publish(packet('1', 1), never()), api.publish(packet('2', 0), never())]);
    await vi.waitFor(() => expect(broker.received).toEqual(['1', '2']));
  });

  it.each([1, 2] as const)(
    '[EN8] what is under way at QoS %i when the broker goes away fails, and comes once when it is published again',
    async (qos) => {
      const broker = await startBroker();
      const { api } = open(broker.url);
      await api.publish(packet('0', 1), never());
      const answer = broker.holdBack();
      const { signal } = new AbortController();
      const [sentence] = ['1', '2', '3'].map((text) => failureOf(api.publish(packet(text, qos), signal)));
      await vi.waitFor(() => expect(answer.held).toBeGreaterThan(0));
      await broker.goAway();
      expect(await sentence).toBe(
        `target-away: The message for “a” and 2 more after it were not confirmed by the broker (${broker.url} closed the connection; trying again in 0.1 s).`,
      );
      answer.end();
      await broker.comeBack();
      await vi.waitFor(() => expect(broker.aedes.connectedClients).toBe(1));
      await vi.waitFor(() => api.publish(packet('1', qos), never()));
      await Promise.all(['2', '3'].map((text) => api.publish(packet(text, qos), signal)));
      expect(broker.received).toEqual(['0', '1', '2', '3']);
    },
  );

  it('[EN8] the packet id of what was taken back at QoS 2 is released, so that the broker does not wait for it', async () => {
    // Type, then packet id, of what came on each connection. Packets are short: two bytes before the body.
    const connections: string[][] = [];
    const server = createServer((socket) => {
      const seen: string[] = [];
      connections.push(seen);
      socket.on('data', (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
          const type = (bytes[at] ?? 0) >> 4;
          const id = type === 3 ? bytes.readUInt16BE(at + 5) : bytes.readUInt16BE(at + 2);
          if (type === 1) socket.write(Buffer.from([0x20, 2, connections.length > 1 ? 1 : 0, 0]));
          else seen.push(`${type}:${id}`);
          if (type === 3 && connections.length === 1) socket.destroy();
        }
      });
      stops.push(() => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => new Promise((resolve) => server.close(resolve)));
    const { api } = open(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await failureOf(api.publish(packet('x', 2), never()))).toMatch(/^target-away/);
    await vi.waitFor(() => expect(connections).toEqual([['3:1'], ['6:1']]));
  });

  it('[EN8] a message that is given up is not sent again', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    await api.publish(packet('0', 1), never());
    const answer = broker.holdBack();
    const given = new AbortController();
    const failed = ([1, 2] as const).map((qos) =>
      failureOf(api.publish(packet(`given up ${qos}`, qos), given.signal)),
    );
    await vi.waitFor(() => expect(answer.held).toBeGreaterThan(0));
    given.abort();
    const sentence = `target-away: The message for “a” was not confirmed by the broker in time (connected to ${broker.url}).`;
    expect(await Promise.all(failed)).toEqual([sentence, sentence]);
    await broker.goAway();
    answer.end();
    await broker.comeBack();
    await vi.waitFor(() => api.publish(packet('next', 1), never()));
    expect(broker.received).toEqual(['0', 'next']);
  });

  it('[EN8] a user who may not connect is no reason to try again', async () => {
    const broker = await startBroker();
    broker.aedes.authenticate = (_client, _user, _password, done) =>
      done(Object.assign(new Error('no'), { returnCode: 5 as const }), false);
    const { api } = open(broker.url);
    await expect(api.publish(packet('x', 1), never())).rejects.toMatchObject({
      code: 'not-allowed',
      message: `The message for “a” was not sent: ${broker.url} refuses the connection: this user may not connect; trying again in 0.1 s. Mend the settings of the connection.`,
    });
  });

  it('[EN8] a packet that the broker closes the connection for is found out, and holds up no others', async () => {
    const broker = await startBroker();
    broker.aedes.authorizePublish = (_client, { payload }, done) =>
      done(payload.toString() === 'poison' ? new Error('no') : null);
    const { api } = open(broker.url);
    const deadLetters: string[] = [];
    const waiting = ['1', '2', 'poison', '3', '4'];
    // As the outbox does it: all that is under way again, in order.
    for (let rounds = 0; waiting.length > 0 && rounds < 200; rounds += 1) {
      const outcomes = await Promise.allSettled(waiting.map((text) => api.publish(packet(text, 1), never())));
      const left = outcomes.flatMap((outcome, at) => {
        if (outcome.status === 'fulfilled') return [];
        if (outcome.reason.code === 'target-away') return [waiting[at] ?? ''];
        deadLetters.push(`${waiting[at]}: ${outcome.reason.message}`);
        return [];
      });
      waiting.splice(0, waiting.length, ...left);
      await new Promise((resolve) => systemTime.after(20, () => resolve(undefined)));
    }
    expect(deadLetters).toEqual([
      'poison: The broker closed the connection each time it got the message for “a” (6 bytes). Check whether this user may publish on that topic, and how large a message the broker takes.',
    ]);
    expect([...new Set(broker.received)]).toEqual(['1', '2', '3', '4']);
  });

  it('a broker that refuses the user is told apart from one that is away', async () => {
    const broker = await startBroker();
    broker.aedes.authenticate = (_client, _user, _password, done) =>
      done(Object.assign(new Error('no'), { returnCode: 4 as const }), false);
    const { api } = open(broker.url);
    const statuses: NodeStatus[] = [];
    api.onStatus((status) => statuses.push(status));
    await vi.waitFor(() =>
      expect(statuses.at(-1)?.text).toBe(
        `${broker.url} refuses the connection: user name or password is wrong; trying again in 0.1 s`,
      ),
    );
  });

  it('a subscription that the broker refuses fails with the filter in the sentence', async () => {
    const broker = await startBroker();
    broker.aedes.authorizeSubscribe = (_client, _subscription, done) => done(null, null);
    const { api } = open(broker.url);
    await expect(api.subscribe('secret/#', 1, collect().receive)).rejects.toThrow(
      'The broker refuses the subscription to “secret/#”.',
    );
  });
});

describe('publishing', () => {
  it('[EN6] resolves when the broker has it, in order, with its flags', async () => {
    const broker = await startBroker();
    const received: unknown[] = [];
    broker.aedes.on('publish', ({ topic, payload, qos, retain }) => {
      if (!topic.startsWith('$')) received.push([topic, payload.toString(), qos, retain]);
    });
    const { api } = open(broker.url);
    const send = (text: string, qos: 0 | 1 | 2, retain = false) =>
      api.publish({ topic: 'a', payload: Buffer.from(text), qos, retain }, never());
    await Promise.all([send('1', 1), send('2', 1)]);
    await send('3', 2, true);
    await send('4', 0);
    await vi.waitFor(() =>
      expect(received).toEqual([
        ['a', '1', 1, false],
        ['a', '2', 1, false],
        ['a', '3', 2, true],
        ['a', '4', 0, false],
      ]),
    );
  });

  it('[EN4] [EN6] ten thousand in one go arrive in order, though not all may be under way at once', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const texts = Array.from({ length: 10_000 }, (_, at) => String(at));
    const { signal } = new AbortController();
    await Promise.all(texts.map((text) => api.publish(packet(text, 1), signal)));
    expect(broker.received).toEqual(texts);
  });

  it('[EN4] packets of QoS 0 go out in one write, whole and in order, also before one of QoS 1', async () => {
    const broker = await startBroker();
    const received: unknown[] = [];
    broker.aedes.on('publish', ({ topic, payload, qos, retain }) => {
      if (!topic.startsWith('$')) received.push([topic, payload.length, qos, retain]);
    });
    const { api } = open(broker.url);
    const { signal } = new AbortController();
    const send = (topic: string, bytes: number, qos: 0 | 1 = 0, retain = false) =>
      api.publish({ topic, payload: Buffer.alloc(bytes, 7), qos, retain }, signal);
    await send('first', 0, 1);
    // Around the lengths at which the length itself takes one byte more: 127, 16,383 and 2,097,151.
    const sizes = [0, 1, 122, 123, 16_378, 16_379, 2_097_146, 2_097_147];
    const sent = [...sizes.map((size) => send('abc', size)), send('höhe/日本', 3, 0, true)];
    expect(new Set(sent).size).toBe(1);
    await Promise.all([...sent, send('last', 1, 1)]);
    expect(received).toEqual([
      ['first', 0, 1, false],
      ...sizes.map((size) => ['abc', size, 0, false]),
      ['höhe/日本', 3, 0, true],
      ['last', 1, 1, false],
    ]);
  });

  it('[EN7] packets of QoS 0 that the connection did not take fail with a sentence, those of others do not', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const large = { ...packet('', 0), payload: Buffer.alloc(8_000_000) };
    await api.publish(packet('x', 1), never());
    const given = new AbortController();
    const lost = [api.publish(large, given.signal), api.publish(large, given.signal)];
    const kept = api.publish(packet('x', 0), never());
    queueMicrotask(() => given.abort());
    await expect(Promise.all(lost)).rejects.toThrow(
      `The message for “a” and 1 more after it were not confirmed by the broker in time (connected to ${broker.url}).`,
    );
    await kept;
  });

  it.each(['a/+', ''])(
    'a topic that cannot be published on is refused before it is sent (%#)',
    async (topic) => {
      const broker = await startBroker();
      const { api } = open(broker.url);
      await expect(
        api.publish({ topic, payload: Buffer.from('x'), qos: 1, retain: false }, never()),
      ).rejects.toThrow(/^The topic/);
    },
  );
});

const plant = (config: Record<string, unknown>) => ({
  id: 'plant',
  name: 'Plant',
  type: 'mqtt',
  config,
  secrets: {},
});

describe('settings', () => {
  it.each(['', 'not a url', 'http://127.0.0.1', 'mqtt://', 'ftp://ann:secret@host'])(
    'an address that is none of a broker gets a sentence (%s)',
    async (url) => {
      const { api } = open(url);
      const statuses: NodeStatus[] = [];
      api.onStatus((status) => statuses.push(status));
      const sentence = /connection “Plant” is not one of an MQTT broker\. Write one such as mqtt:/;
      expect(statuses).toMatchObject([{ state: 'error', text: expect.stringMatching(sentence) }]);
      expect(statuses[0]?.text).not.toContain('secret');
      await expect(api.subscribe('a', 1, collect().receive)).rejects.toThrow(sentence);
    },
  );

  it('a password in the address is used and never shown', async () => {
    const broker = await startBroker();
    const seen: (string | undefined)[] = [];
    broker.aedes.authenticate = (_client, user, password, done) => {
      seen.push(user, password?.toString());
      done(null, true);
    };
    const { api } = open(`mqtt://ann:s%20ecret@127.0.0.1:${broker.port}`);
    const texts: string[] = [];
    api.onStatus(({ text }) => texts.push(text));
    await vi.waitFor(() => expect(texts.at(-1)).toMatch(/^connected/));
    expect(seen).toEqual(['ann', 's ecret']);
    expect(texts.join()).not.toContain('ecret');
  });

  it('[EN12] other settings are taken up while flows go on listening', async () => {
    const [one, two] = [await startBroker(), await startBroker()];
    const connection = open(one.url);
    const { texts, receive } = collect();
    const statuses: NodeStatus[] = [];
    connection.api.onStatus((status) => statuses.push(status));
    await connection.api.subscribe('a', 1, receive);
    connection.change(plant({ url: two.url }));
    await vi.waitFor(() => expect(two.asked).toEqual(['a']));
    await two.publish('a', 'from two');
    await vi.waitFor(() => expect(texts()).toEqual(['from two']));
    expect(statuses.at(-1)?.text).toBe(`connected to ${two.url}`);
    await vi.waitFor(() => expect(one.aedes.connectedClients).toBe(0));
  });

  it('a connection that was deleted says so to who still uses it', async () => {
    const broker = await startBroker();
    const connection = open(broker.url);
    const statuses: NodeStatus[] = [];
    connection.api.onStatus((status) => statuses.push(status));
    connection.retire('The connection “Plant” was deleted.');
    expect(statuses.at(-1)).toEqual({ state: 'error', text: 'The connection “Plant” was deleted.' });
    await expect(
      connection.api.publish({ topic: 'a', payload: Buffer.from('x'), qos: 1, retain: false }, never()),
    ).rejects.toThrow('The connection “Plant” was deleted.');
  });

  it('is opened when it is first used, and closed a while after the last use', async () => {
    const broker = await startBroker();
    const due: (() => void)[] = [];
    const connection = openMqtt({
      connection: plant({ url: broker.url }),
      instance: 'test',
      scheduler: {
        soon: systemTime.soon,
        after: (ms, run) => {
          due.push(run);
          const position = due.length - 1;
          return () => void (due[position] = () => undefined);
        },
      },
    });
    stops.push(() => connection.close());
    expect(broker.aedes.connectedClients).toBe(0);
    const stop = connection.api.onStatus(() => undefined);
    await vi.waitFor(() => expect(broker.aedes.connectedClients).toBe(1));
    await stop();
    due.forEach((run) => run());
    await vi.waitFor(() => expect(broker.aedes.connectedClients).toBe(0));
    connection.api.onStatus(() => undefined);
    await vi.waitFor(() => expect(broker.aedes.connectedClients).toBe(1));
  });
});
