import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { connect, connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newId, systemTime } from '../runner/time.ts';
import type { Broker } from './broker.ts';
import { startBroker } from './broker.ts';
import type { BrokerQuotas } from './quotas.ts';
import { DEFAULT_QUOTAS } from './quotas.ts';
import { eventually } from '../testingPatience.ts';

const FLOWS = 'flows';

async function start(quotas: Partial<BrokerQuotas>, folder = mkdtempSync(join(tmpdir(), 'sluice-full-'))) {
  const lines: string[] = [];
  const broker = await startBroker({
    port: 0,
    folder,
    packetBytes: 262_144,
    time: systemTime,
    newId,
    log: (_level, sentence) => lines.push(sentence),
    observe: () => undefined,
    quotas: { ...DEFAULT_QUOTAS, ...quotas },
    keepsAllFor: (client) => client === FLOWS,
  });
  onTestFinished(() => broker.stop());
  return { broker, lines, folder };
}

/** Makes the session that is away, with nothing in it. */
async function subscribeAndLeave(broker: Broker): Promise<void> {
  const flows = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId: FLOWS, clean: false });
  await flows.subscribeAsync('load/+', { qos: 1 });
  await flows.endAsync();
}

/** The session is back: what it gets is kept, each message as often as it comes. */
function comeBack(broker: Broker): string[] {
  const messages: string[] = [];
  const flows = connect(`mqtt://127.0.0.1:${broker.port}`, { clientId: FLOWS, clean: false });
  flows.on('message', (_topic, payload) => messages.push(payload.toString().trimEnd()));
  onTestFinished(() => flows.endAsync(true));
  return messages;
}

/**
 * Devices that publish at QoS 1, many messages at once, and come again when they are refused: what is not acknowledged is
 * sent again. `acknowledged` is what they may forget.
 */
class Crowd {
  readonly acknowledged: string[] = [];
  /** How often a connection was closed. */
  refusals = 0;
  readonly #clients: readonly MqttClient[];
  readonly #port: number;
  #sent = 0;

  constructor(broker: Broker, devices: number) {
    this.#port = broker.port;
    this.#clients = Array.from({ length: devices }, (_, index) => this.#open(`device-${index}`));
  }

  get sent(): number {
    return this.#sent;
  }

  /** Each device publishes so many messages of so many bytes, without waiting. */
  publish(each: number, bytes = 10): void {
    for (let count = 0; count < each; count++) {
      for (const [device, client] of this.#clients.entries()) {
        this.#sent += 1;
        const text = `${device}:${count}:${this.#sent}`;
        client.publish(`load/${device}`, text.padEnd(bytes), { qos: 1 }, (error) => {
          if (error === null || error === undefined) this.acknowledged.push(text);
        });
      }
    }
  }

  #open(clientId: string): MqttClient {
    const client = connect(`mqtt://127.0.0.1:${this.#port}`, {
      clientId,
      clean: false,
      reconnectPeriod: 100,
    });
    client.on('close', () => (this.refusals += 1));
    client.on('error', () => undefined);
    onTestFinished(() => client.endAsync(true));
    return client;
  }
}

/** Waits until the number stays the same for a while; gives it. */
async function still(count: () => number): Promise<number> {
  let [last, times] = [-1, 0];
  await eventually(() => {
    times = count() === last ? times + 1 : 0;
    last = count();
    expect(times).toBeGreaterThan(10);
  });
  return last;
}

/** By device, in the order of first arrival. */
function ordered(messages: readonly string[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>();
  for (const message of new Set(messages)) {
    const [device = '', count] = message.split(':');
    numbers.set(device, [...(numbers.get(device) ?? []), Number(count)]);
  }
  return numbers;
}

describe('[EN5] a broker whose queue for the flows is full', () => {
  const limits: readonly (readonly [string, Partial<BrokerQuotas>, number])[] = [
    ['messages', { keptMessagesPerSession: 200 }, 10],
    ['bytes', { keptBytesPerSession: 200_000 }, 1_000],
    ['bytes of all queues', { queuedBytes: 200_000 }, 1_000],
  ];

  it('goes on taking messages for the flows, however much waits for others that never read it', async () => {
    const { broker } = await start({ queuedBytes: 50_000 });
    await subscribeAndLeave(broker);
    const dashboard = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'gone',
      clean: false,
    });
    await dashboard.subscribeAsync('other', { qos: 1 });
    await dashboard.endAsync();
    const publisher = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 });
    onTestFinished(() => publisher.endAsync(true));
    for (let count = 0; count < 60; count++)
      await publisher.publishAsync('other', 'x'.repeat(1_000), { qos: 1 });
    await publisher.publishAsync('load/1', 'for the flows', { qos: 1 });
    const messages = comeBack(broker);
    await eventually(() => expect(messages).toEqual(['for the flows']));
  });

  it.each(limits)(
    'by %s acknowledges nothing that it has no place for, under load, and all of it once there is',
    async (_name, quotas, bytes) => {
      const { broker, lines } = await start(quotas);
      await subscribeAndLeave(broker);
      const crowd = new Crowd(broker, 30);
      crowd.publish(40, bytes);
      await eventually(() => expect(crowd.refusals).toBeGreaterThan(10));
      const accepted = await still(() => crowd.acknowledged.length);
      expect(accepted).toBeGreaterThan(50);
      expect(accepted).toBeLessThanOrEqual(200);
      expect(lines).toContainEqual(expect.stringContaining('The flows are so far behind'));

      const messages = comeBack(broker);
      await eventually(() => expect(crowd.acknowledged).toHaveLength(crowd.sent));
      await eventually(() => expect(new Set(messages).size).toBe(crowd.sent));
      for (const numbers of ordered(messages).values())
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    },
    60_000,
  );
});
