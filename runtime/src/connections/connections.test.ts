import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import type { NodeStatus } from '@sluice/shared/node/context.ts';
import { afterEach, expect, it } from 'vitest';
import type { RunnerConnection } from '../runner/protocol.ts';
import { systemTime } from '../runner/time.ts';
import { createConnections } from './connections.ts';
import { eventually } from '../testingPatience.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startBroker() {
  const aedes = await Aedes.createBroker();
  const clients: string[] = [];
  aedes.on('client', ({ id }) => clients.push(id));
  const server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    await new Promise<void>((resolve) => aedes.close(resolve));
    server.close();
  });
  return { aedes, clients, url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const mqttTo = (url: string, id = 'plant'): RunnerConnection => ({
  id,
  name: 'Plant',
  type: 'mqtt',
  config: { url },
  secrets: {},
});
const mail: RunnerConnection = {
  id: 'mail',
  name: 'Mail',
  type: 'smtp',
  config: { host: '127.0.0.1', port: 1, from: 'a@example.com' },
  secrets: {},
};

function open(list: readonly RunnerConnection[]) {
  const pool = createConnections({ list, instance: 'test', scheduler: systemTime, retryMs: 50 });
  stops.push(() => pool.close());
  return pool;
}

it('a connection is opened once, when a flow first uses it', async () => {
  const { clients, url } = await startBroker();
  const pool = open([mqttTo(url)]);
  const [one, two] = [pool.connection('mqtt', 'plant'), pool.connection('mqtt', 'plant')];
  expect(one).toBe(two);
  expect(clients).toEqual([]);
  await one.subscribe('a', 0, () => true);
  await two.subscribe('b', 0, () => true);
  expect(clients).toEqual(['sluice-test-plant']);
});

it('[EN12] when the list changes, only what changed is opened anew, under who uses it', async () => {
  const [same, before, after] = [await startBroker(), await startBroker(), await startBroker()];
  const pool = open([mqttTo(same.url, 'same'), mqttTo(before.url, 'moving')]);
  const got: string[] = [];
  await pool.connection('mqtt', 'same').subscribe('a', 1, () => true);
  await pool
    .connection('mqtt', 'moving')
    .subscribe(
      'a',
      1,
      (packets) => got.push(...packets.map(({ payload }) => Buffer.from(payload).toString())) > 0,
    );
  pool.update([mqttTo(same.url, 'same'), mqttTo(after.url, 'moving')]);
  await eventually(() => expect(after.clients).toHaveLength(1));
  await eventually(() => {
    after.aedes.publish(
      { cmd: 'publish', topic: 'a', payload: 'hi', qos: 0, retain: false, dup: false },
      () => undefined,
    );
    expect(got).toContain('hi');
  });
  expect(same.clients).toHaveLength(1);
  await eventually(() => expect(before.aedes.connectedClients).toBe(0));
});

it('a connection that was deleted fails with a sentence, for who has it and for who asks for it', async () => {
  const { url } = await startBroker();
  const pool = open([mqttTo(url), mail]);
  const statuses: NodeStatus[] = [];
  pool.connection('mqtt', 'plant').onStatus((status) => statuses.push(status));
  const smtp = pool.connection('smtp', 'mail');
  pool.update([]);
  expect(statuses.at(-1)).toMatchObject({
    state: 'error',
    text: expect.stringContaining('“Plant” was deleted'),
  });
  await expect(
    smtp.send({ to: 'a@example.com', subject: '', text: '' }, new AbortController().signal),
  ).rejects.toThrow('The connection “Mail” was deleted.');
  expect(() => pool.connection('mqtt', 'plant')).toThrow('There is no connection “plant”.');
});

it('one of another type is refused with both types', () => {
  expect(() => open([mail]).connection('mqtt', 'mail')).toThrow(
    'The connection “Mail” is of the type smtp; this node needs one of the type mqtt.',
  );
});

it('changed settings of a mail server or database count from the next use on', async () => {
  const pool = open([mail]);
  const smtp = pool.connection('smtp', 'mail');
  const send = async () =>
    smtp.send({ to: 'a@example.com', subject: '', text: '' }, new AbortController().signal);
  await expect(send()).rejects.toThrow('The mail server 127.0.0.1:1 cannot be reached');
  pool.update([{ ...mail, config: { ...mail.config, port: 2 } }]);
  await expect(send()).rejects.toThrow('The mail server 127.0.0.1:2 cannot be reached');
});

it('close closes all of them, twice too', async () => {
  const { aedes, url } = await startBroker();
  const pool = open([mqttTo(url)]);
  await pool.connection('mqtt', 'plant').subscribe('a', 1, () => true);
  await pool.close();
  await pool.close();
  await eventually(() => expect(aedes.connectedClients).toBe(0));
});
