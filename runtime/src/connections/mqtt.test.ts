import { afterEach, describe, expect, it } from 'vitest';
import type { NodeStatus } from '@sluice/shared/node/context.ts';
import { systemTime } from '../runner/time.ts';
import { openMqtt } from './mqtt.ts';
import { collect, never, open, packet, plant, startBroker, stopAll, stops } from './testingMqtt.ts';
import { eventually } from '../testingPatience.ts';

afterEach(stopAll);

describe('reading', () => {
  it('[EN6] many packets are under way, and each is acknowledged only when it is settled', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const { got, receive } = collect();
    await api.subscribe('a/+', 1, receive);
    for (let at = 0; at < 50; at += 1) await broker.publish('a/b', String(at));
    await eventually(() => expect(got).toHaveLength(50));
    expect(broker.acknowledged).toEqual([]);
    got.forEach(({ acknowledge }) => acknowledge());
    await eventually(() => expect(broker.acknowledged).toHaveLength(50));
  });

  it('[EN6] what was not acknowledged before the process ended comes again', async () => {
    const broker = await startBroker();
    const first = open(broker.url);
    const before = collect();
    await first.api.subscribe('a', 1, before.receive);
    // One by one: what comes together is acknowledged together.
    for (const text of ['1', '2', '3']) {
      await broker.publish('a', text);
      await eventually(() => expect(before.texts()).toContain(text));
    }
    before.got[0]?.acknowledge();
    await eventually(() => expect(broker.acknowledged).toHaveLength(1));
    await first.close();
    await broker.publish('a', '4');
    const after = collect();
    await open(broker.url).api.subscribe('a', 1, after.receive);
    await eventually(() => expect(after.texts()).toEqual(['2', '3', '4']));
  });

  it('[EN6] after the connection was lost, packets under way are not handed on twice and are acknowledged', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const { got, texts, receive } = collect();
    await api.subscribe('a', 1, receive);
    for (const text of ['slow', 'slower']) {
      await broker.publish('a', text);
      await eventually(() => expect(texts()).toContain(text));
    }
    const statuses: NodeStatus[] = [];
    api.onStatus((status) => statuses.push(status));
    await broker.goAway();
    await eventually(() =>
      expect(statuses.at(-1)?.text).toContain('closed the connection; trying again in 0.1 s'),
    );
    got[0]?.acknowledge();
    await broker.comeBack();
    await eventually(() => expect(broker.acknowledged).toHaveLength(1));
    got[1]?.acknowledge();
    await eventually(() => expect(broker.acknowledged).toHaveLength(2));
    await broker.publish('a', 'next');
    await eventually(() => expect(texts()).toEqual(['slow', 'slower', 'next']));
  });

  it('[EN6] a broker that has the session but not all of its subscriptions is asked for them again', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const { texts, receive } = collect();
    await api.subscribe('a', 1, receive);
    await broker.forget('a');
    await broker.goAway();
    await broker.comeBack();
    await eventually(async () => {
      await broker.publish('a', 'there');
      expect(texts()).toContain('there');
    });
  });

  it('[EN6] QoS 2 is confirmed when it is settled, and comes again when it was not', async () => {
    const broker = await startBroker();
    const first = open(broker.url);
    const before = collect();
    await first.api.subscribe('a', 2, before.receive);
    await broker.publish('a', '1', { qos: 2 });
    await broker.publish('a', '2', { qos: 2 });
    await eventually(() => expect(before.got).toHaveLength(2));
    expect(before.got[0]?.packet.qos).toBe(2);
    before.got[0]?.acknowledge();
    await eventually(() => expect(broker.acknowledged).toHaveLength(1));
    await first.close();
    const after = collect();
    await open(broker.url).api.subscribe('a', 2, after.receive);
    await eventually(() => expect(after.texts()).toEqual(['2']));
  });

  it('[EN5] the broker’s answer to a flow that is full is read, behind all that it has sent already', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    let given = 0;
    const subscription = await api.subscribe('in', 1, (packets) => {
      given += packets.length;
      return false;
    });
    const count = 3_000;
    await Promise.all(Array.from({ length: count }, (_, at) => broker.publish('in', String(at))));
    await eventually(() => expect(subscription.waiting).toBeGreaterThanOrEqual(512));
    expect(given + subscription.waiting).toBeLessThan(count);
    await api.publish(packet('answered', 1), never());
    expect(given + subscription.waiting).toBe(count);
  });

  it('two flows with one filter are one subscription at the broker, and both get each packet', async () => {
    const broker = await startBroker();
    const { api } = open(broker.url);
    const [one, two] = [collect(), collect()];
    await api.subscribe('a/+', 1, one.receive);
    await broker.publish('a/b', 'x');
    await eventually(() => expect(one.texts()).toEqual(['x']));
    await api.subscribe('a/+', 1, two.receive);
    await broker.publish('a/b', 'y');
    await eventually(() => expect([one.texts(), two.texts()]).toEqual([['x', 'y'], ['y']]));
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
    await eventually(() =>
      expect([wide.texts(), narrow.texts()]).toEqual([
        ['1', '2'],
        ['1', '2'],
      ]),
    );
    wide.got.concat(narrow.got).forEach(({ acknowledge }) => acknowledge());
    await eventually(() => expect(broker.acknowledged).toHaveLength(2));
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
    await eventually(() => expect(subscription.waiting).toBeGreaterThanOrEqual(512));
    expect(got.length + subscription.waiting).toBeLessThan(sent.length);
    state.hasRoom = true;
    subscription.resume();
    await eventually(() => expect(texts()).toEqual(sent));
  });

  it('a retained packet says so', async () => {
    const broker = await startBroker();
    await broker.publish('a', 'kept', { retain: true });
    const { got, receive } = collect();
    await open(broker.url).api.subscribe('a', 1, receive);
    await eventually(() => expect(got[0]?.packet).toMatchObject({ retain: true, topic: 'a' }));
  });
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
    await eventually(() => expect(texts.at(-1)).toMatch(/^connected/));
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
    await eventually(() => expect(two.asked).toEqual(['a']));
    await two.publish('a', 'from two');
    await eventually(() => expect(texts()).toEqual(['from two']));
    expect(statuses.at(-1)?.text).toBe(`connected to ${two.url}`);
    await eventually(() => expect(one.aedes.connectedClients).toBe(0));
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
    await eventually(() => expect(broker.aedes.connectedClients).toBe(1));
    await stop();
    due.forEach((run) => run());
    await eventually(() => expect(broker.aedes.connectedClients).toBe(0));
    connection.api.onStatus(() => undefined);
    await eventually(() => expect(broker.aedes.connectedClients).toBe(1));
  });
});
