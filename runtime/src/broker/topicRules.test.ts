import type { IClientOptions } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { ended, joinAs, startTestBroker } from './testingSignIn.ts';
import { eventually } from '../testingPatience.ts';

const DEVICE = 'main/freezer-1';

/** What the broker granted for each filter; 128 is a refusal (OASIS MQTT 3.1.1, section 3.9.3). */
async function granted(client: Awaited<ReturnType<typeof joinAs>>['client'], filters: readonly string[]) {
  const answer = new Promise<number[]>((resolve) =>
    client.once('packetreceive', function take(packet) {
      if (packet.cmd === 'suback') resolve(packet.granted as number[]);
      else client.once('packetreceive', take);
    }),
  );
  client.subscribe([...filters], { qos: 1 }, () => undefined);
  return answer;
}

async function isClosedBy(
  client: Awaited<ReturnType<typeof joinAs>>['client'],
  topic: string,
  retain = false,
) {
  const closed = ended(client);
  client.publish(topic, 'x', { qos: 1, retain }, () => undefined);
  await closed;
}

describe('topics of a device', () => {
  it.each([
    'devices/freezer-2/telemetry',
    'devices/freezer-1',
    'devices/freezer-10/telemetry',
    'devices//telemetry',
    'alerts/x',
    '$SYS/x',
    '$ws/other/devices/freezer-1/telemetry',
  ])('publishing to %s closes its connection, and nothing is published', async (topic) => {
    const { broker, seen } = await startTestBroker();
    const { messages } = await withAll(broker);
    await isClosedBy((await joinAs(broker, DEVICE)).client, topic);
    const retained = await joinAs(broker, DEVICE);
    await isClosedBy(retained.client, topic, true);
    expect(seen).toEqual([]);
    expect(messages).toEqual([]);
  });

  it('are checked for every filter of a SUBSCRIBE by itself', async () => {
    const { broker } = await startTestBroker();
    const { client, messages } = await joinAs(broker, DEVICE, { clientId: 'c', clean: false });
    const filters = [
      'devices/freezer-1/#',
      'devices/+/telemetry',
      'devices/freezer-1/+/orders',
      '#',
      '+/freezer-1/x',
      'devices/freezer-2/orders',
      'devices/freezer-1',
      '$SYS/#',
      '$share/g/devices/freezer-2/#',
      '$share/g/devices/freezer-1/#',
      '$ws/other/#',
    ];
    expect(await granted(client, filters)).toEqual([1, 128, 1, 128, 128, 128, 128, 128, 128, 128, 128]);
    const local = await joinAs(broker);
    await local.client.publishAsync('devices/freezer-2/orders', 'not yours', { qos: 1 });
    await local.client.publishAsync('devices/freezer-1/orders', 'yours', { qos: 1 });
    await eventually(() => expect(messages).toEqual(['devices/freezer-1/orders yours']));
    // What was refused is in no session either: it does not come back with it.
    await client.endAsync();
    await local.client.publishAsync('devices/freezer-2/orders', 'not yours', { qos: 1 });
    await local.client.publishAsync('devices/freezer-1/orders', 'later', { qos: 1 });
    const again = await joinAs(broker, DEVICE, { clientId: 'c', clean: false });
    await eventually(() => expect(again.messages).toEqual(['devices/freezer-1/orders later']));
  });

  it('gets no retained message of others, by whatever filter', async () => {
    const { broker } = await startTestBroker();
    const local = await joinAs(broker);
    await local.client.publishAsync('devices/freezer-2/about', 'theirs', { qos: 1, retain: true });
    await local.client.publishAsync('devices/freezer-1/about', 'own', { qos: 1, retain: true });
    const { client, messages } = await joinAs(broker, DEVICE);
    await granted(client, ['#', 'devices/+/about', 'devices/freezer-2/about', 'devices/freezer-1/about']);
    await eventually(() => expect(messages).toEqual(['devices/freezer-1/about own']));
  });

  it('a last will for another topic is refused at the start', async () => {
    const { broker } = await startTestBroker();
    const will = (topic: string): IClientOptions => ({ will: { topic, payload: Buffer.from('x'), qos: 1 } });
    for (const topic of ['devices/freezer-2/gone', '$SYS/x', 'devices/freezer-1/+'])
      await expect(joinAs(broker, DEVICE, will(topic))).rejects.toThrow(/Not authorized/);
    const { messages } = await withAll(broker);
    const device = await joinAs(broker, DEVICE, will('devices/freezer-1/gone'));
    device.client.stream.destroy();
    await eventually(() => expect(messages).toEqual(['devices/freezer-1/gone x']));
  });
});

describe('sessions', () => {
  it('belong to who made them: another with the same client id gets one of its own', async () => {
    const { broker } = await startTestBroker();
    const session = { clientId: 'shared', clean: false };
    const own = await joinAs(broker, 'main/freezer-1', session);
    await own.client.subscribeAsync('devices/freezer-1/orders', { qos: 1 });
    await own.client.endAsync();
    const local = await joinAs(broker);
    await local.client.publishAsync('devices/freezer-1/orders', 'secret', { qos: 1 });
    for (const who of ['main/freezer-2', 'other/freezer-1', undefined]) {
      const thief = await joinAs(broker, who, session);
      await thief.client.subscribeAsync('devices/freezer-2/own', { qos: 1 }).catch(() => undefined);
      await thief.client.endAsync();
      expect(thief.messages).toEqual([]);
    }
    const again = await joinAs(broker, 'main/freezer-1', session);
    await eventually(() => expect(again.messages).toEqual(['devices/freezer-1/orders secret']));
  });

  it('nobody ends the connection of another by its client id', async () => {
    const { broker } = await startTestBroker();
    const own = await joinAs(broker, 'main/', { clientId: 'sluice-1-broker' });
    for (const who of [undefined, DEVICE, 'other/'])
      await joinAs(broker, who, { clientId: 'sluice-1-broker' });
    await own.client.publishAsync('a', 'x', { qos: 1 });
    await expect(joinAs(broker, undefined, { clientId: '$main/runner/sluice-1-broker' })).rejects.toThrow(
      /Identifier rejected/,
    );
  });

  it('what waits for a device that was forgotten is gone', async () => {
    const { broker } = await startTestBroker();
    const session = { clientId: 'c', clean: false };
    const device = await joinAs(broker, DEVICE, session);
    await device.client.subscribeAsync('devices/freezer-1/orders', { qos: 1 });
    await device.client.endAsync();
    const local = await joinAs(broker);
    await local.client.publishAsync('devices/freezer-1/orders', 'secret', { qos: 1 });
    broker.forgetDevice({ workspace: 'main', device: 'freezer-1' });
    const again = await joinAs(broker, DEVICE, session);
    await again.client.subscribeAsync('devices/freezer-1/orders', { qos: 1 });
    await local.client.publishAsync('devices/freezer-1/orders', 'new', { qos: 1 });
    await eventually(() => expect(again.messages).toEqual(['devices/freezer-1/orders new']));
  });

  it('revoking closes the connections of a credential, and of no other', async () => {
    const { broker } = await startTestBroker();
    const [one, other] = [await joinAs(broker, DEVICE), await joinAs(broker, 'main/freezer-2')];
    const closed = ended(one.client);
    broker.closeCredential(`of ${DEVICE}`);
    await closed;
    await other.client.publishAsync('devices/freezer-2/telemetry', '{}', { qos: 1 });
  });
});

describe('topics of workspaces', () => {
  it('are apart: whoever is in one sees and changes nothing of another', async () => {
    const { broker, seen } = await startTestBroker();
    const runners = [await joinAs(broker, 'main/'), await joinAs(broker, 'b/'), await joinAs(broker, 'c/')];
    for (const { client } of runners)
      await client.subscribeAsync(['#', 'devices/+/telemetry', '+/+/telemetry'], { qos: 1 });
    for (const { client } of runners)
      for (const filter of ['$ws/b/#', '$ws/#', '$SYS/#', '$share/g/#', '$ws/b/devices/+/telemetry'])
        expect(await granted(client, [filter])).toEqual([128]);
    const device = await joinAs(broker, 'b/freezer-1');
    await device.client.publishAsync('devices/freezer-1/telemetry', '{"b":1}', { qos: 1 });
    await device.client.publishAsync('devices/freezer-1/about', 'kept', { qos: 1, retain: true });
    const [main, b, c] = runners.map(({ messages }) => messages);
    await eventually(() =>
      expect(new Set(b)).toEqual(
        new Set(['devices/freezer-1/telemetry {"b":1}', 'devices/freezer-1/about kept']),
      ),
    );
    expect(main).toEqual([]);
    expect(c).toEqual([]);
    expect(seen).toEqual(['b: devices/freezer-1/telemetry {"b":1}', 'b: devices/freezer-1/about kept']);
    // Retained, by whoever comes later.
    for (const [who, expected] of [
      ['main/', []],
      ['c/', []],
      ['b/', ['devices/freezer-1/about kept']],
    ] as const) {
      const late = await joinAs(broker, who);
      await late.client.subscribeAsync('#', { qos: 1 });
      await late.client.subscribeAsync('devices/freezer-1/about', { qos: 0 });
      await late.client.publishAsync('over', 'x', { qos: 1 });
      await eventually(() => expect(late.messages).toContain('over x'));
      expect(new Set(late.messages.filter((message) => message !== 'over x'))).toEqual(new Set(expected));
    }
  });

  it('keep QoS 1 and 2, queues, wills and UNSUBSCRIBE as in the first one', async () => {
    const { broker, folder } = await startTestBroker();
    const session = { clientId: 'r', clean: false };
    const runner = await joinAs(broker, 'b/', session);
    await runner.client.subscribeAsync(['a/#', 'x'], { qos: 2 });
    const writer = await joinAs(broker, 'b/', {
      clientId: 'w',
      will: { topic: 'a/gone', payload: Buffer.from('w'), qos: 1 },
    });
    await writer.client.publishAsync('a/2', 'two', { qos: 2 });
    await eventually(() => expect(runner.messages).toEqual(['a/2 two']));
    await runner.client.unsubscribeAsync('x');
    await runner.client.endAsync();
    await writer.client.publishAsync('x', 'not wanted any more', { qos: 1 });
    await writer.client.publishAsync('a/1', 'one', { qos: 1 });
    writer.client.stream.destroy();
    await broker.stop();
    const next = await startTestBroker({ folder });
    const again = await joinAs(next.broker, 'b/', session);
    await eventually(() => expect(new Set(again.messages)).toEqual(new Set(['a/1 one', 'a/gone w'])));
  });

  it('go with their workspace', async () => {
    const { broker } = await startTestBroker();
    const own = await joinAs(broker, 'b/', { clientId: 'r', clean: false });
    await own.client.subscribeAsync('a', { qos: 1 });
    await own.client.publishAsync('a', 'kept', { qos: 1, retain: true });
    const main = await joinAs(broker, 'main/');
    await main.client.publishAsync('a', 'of main', { qos: 1, retain: true });
    const closed = ended(own.client);
    broker.forgetWorkspace('b');
    await closed;
    const again = await joinAs(broker, 'b/', { clientId: 'r', clean: false });
    await again.client.subscribeAsync(['b', 'a'], { qos: 1 });
    await again.client.publishAsync('b', 'all', { qos: 1 });
    await eventually(() => expect(again.messages).toEqual(['b all']));
    const late = await joinAs(broker, 'main/');
    await late.client.subscribeAsync('a', { qos: 1 });
    await eventually(() => expect(late.messages).toEqual(['a of main']));
  });

  it('[EN6] what the server publishes for a device waits for the flows like any other message', async () => {
    const { broker, seen } = await startTestBroker();
    const session = { clientId: 'r', clean: false };
    const runner = await joinAs(broker, 'b/', session);
    await runner.client.subscribeAsync('devices/+/telemetry', { qos: 1 });
    await runner.client.endAsync();
    const from = { workspace: 'b', device: 'f' };
    await broker.publish(from, 'devices/f/telemetry', Buffer.from('{"t":1}'));
    expect(seen).toEqual(['b: devices/f/telemetry {"t":1}']);
    const again = await joinAs(broker, 'b/', session);
    await eventually(() => expect(again.messages).toEqual(['devices/f/telemetry {"t":1}']));
  });
});

async function withAll(broker: Parameters<typeof joinAs>[0]) {
  const local = await joinAs(broker);
  await local.client.subscribeAsync('#', { qos: 1 });
  return local;
}
