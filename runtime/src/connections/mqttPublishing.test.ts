import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { NodeStatus } from '@sluice/shared/node/context.ts';
import { systemTime } from '../runner/time.ts';
import { openMqtt } from './mqtt.ts';
import {
  collect,
  failureOf,
  never,
  open,
  packet,
  plant,
  startBroker,
  stopAll,
  stops,
} from './testingMqtt.ts';
import { eventually } from '../testingPatience.ts';

afterEach(stopAll);

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
    await eventually(() =>
      expect(statuses.at(-1)).toEqual({ state: 'ok', text: `connected to ${broker.url}` }),
    );
    await eventually(() => expect(broker.asked).toEqual(['a']));
    await broker.publish('a', 'late');
    await eventually(() => expect(texts()).toEqual(['late']));
  });

  it('[EN8] a message to it fails soon as one to be tried again, and is not published later', async () => {
    const broker = await startBroker();
    await broker.goAway();
    const { api } = open(broker.url);
    const statuses: NodeStatus[] = [];
    api.onStatus((status) => statuses.push(status));
    await eventually(() => expect(statuses.at(-1)?.state).toBe('error'));
    for (const qos of [0, 1, 2] as const)
      await expect(api.publish(packet('x', qos), never())).rejects.toMatchObject({
        code: 'target-away',
        message: `The message for “a” was not handed to the broker (cannot reach ${broker.url} (ECONNREFUSED); trying again in 0.1 s).`,
      });
    await broker.comeBack();
    await eventually(() => expect(statuses.at(-1)?.state).toBe('ok'));
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
    await eventually(() => expect(due.map(({ ms }) => ms)).toContain(1_000));
    expect([first?.error, second?.error]).toEqual([undefined, undefined]);
    due.find(({ ms }) => ms === 1_000)?.run();
    await eventually(() => expect(first?.error).toMatchObject({ code: 'target-away' }));
    expect(second?.error).toMatchObject({ code: 'target-away' });
  });

  it('[EN8] a message goes out when the connection that is being made is there', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    await Promise.all([api.publish(packet('1', 1), never()), api.publish(packet('2', 0), never())]);
    await eventually(() => expect(broker.received).toEqual(['1', '2']));
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
      await eventually(() => expect(answer.held).toBeGreaterThan(0));
      await broker.goAway();
      expect(await sentence).toBe(
        `target-away: The message for “a” and 2 more after it were not confirmed by the broker (${broker.url} closed the connection; trying again in 0.1 s).`,
      );
      answer.end();
      await broker.comeBack();
      await eventually(() => expect(broker.aedes.connectedClients).toBe(1));
      await eventually(() => api.publish(packet('1', qos), never()));
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
    await eventually(() => expect(connections).toEqual([['3:1'], ['6:1']]));
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
    await eventually(() => expect(answer.held).toBeGreaterThan(0));
    given.abort();
    const sentence = `target-away: The message for “a” was not confirmed by the broker in time (connected to ${broker.url}).`;
    expect(await Promise.all(failed)).toEqual([sentence, sentence]);
    await broker.goAway();
    answer.end();
    await broker.comeBack();
    await eventually(() => api.publish(packet('next', 1), never()));
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
    await eventually(() =>
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
    await eventually(() =>
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
    // Accepts the connection and then reads nothing.
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.once('data', () => {
        socket.pause();
        socket.write(Buffer.from([0x20, 2, 0, 0]));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { api } = open(url);
    await api.publish(packet('x', 0), never());
    const given = new AbortController();
    const large = { ...packet('', 0), payload: Buffer.alloc(8_000_000) };
    const lost = [api.publish(large, given.signal), api.publish(large, given.signal)];
    const kept = api.publish(packet('x', 0), never());
    queueMicrotask(() => given.abort());
    await expect(Promise.all(lost)).rejects.toThrow(
      `The message for “a” and 1 more after it were not confirmed by the broker in time (connected to ${url}).`,
    );
    for (const socket of sockets) socket.resume();
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
