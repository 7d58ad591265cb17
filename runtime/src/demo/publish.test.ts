import { afterEach, describe, expect, it } from 'vitest';
import type { TestingBroker } from '../runner/testingBroker.ts';
import { startTestingBroker } from '../runner/testingBroker.ts';
import { systemTime } from '../runner/time.ts';
import type { VirtualDevice } from './devices.ts';
import { DEMO_DEVICES, fleetOf } from './devices.ts';
import type { Publishing } from './publish.ts';
import { publishDevices } from './publish.ts';
import { startDemo } from './startDemo.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function broker(port = 0): Promise<TestingBroker> {
  const started = await startTestingBroker(port);
  closers.push(() => started.close());
  return started;
}

function publishing(
  url: string,
  devices: readonly VirtualDevice[],
  rate: number,
  say: (sentence: string) => void = () => undefined,
): Publishing {
  const made = publishDevices({
    url,
    clientId: 'test',
    devices,
    rate,
    time: systemTime,
    say,
  });
  closers.push(() => made.stop());
  return made;
}

describe('publishing what virtual devices measure', () => {
  it('every device says who it is, retained, and measures with QoS 1, in turn', async () => {
    const { received, ...there } = await broker();
    const made = publishing(there.url, fleetOf('freezer', 20, 1), 50);
    const telemetry = () => received.filter((packet) => packet.topic.endsWith('/telemetry'));
    await there.until(() => telemetry().length >= 60);
    await made.stop();

    const about = received.filter((packet) => packet.topic.endsWith('/about'));
    expect(about).toHaveLength(20);
    expect(about.every((packet) => packet.retain)).toBe(true);
    expect(JSON.parse(about[0]?.payload ?? '')).toEqual({
      name: 'freezer 0001',
      model: 'freezer',
      tags: ['simulated'],
    });
    expect(telemetry().every((packet) => packet.qos === 1 && !packet.retain)).toBe(true);
    expect(
      new Set(
        telemetry()
          .slice(0, 20)
          .map((packet) => packet.topic),
      ).size,
    ).toBe(20);
    expect(JSON.parse(telemetry()[0]?.payload ?? '')).toHaveProperty('temperature');
    expect(made.counts().confirmed).toBe(made.counts().published);
  });

  it('goes on when a broker that was not there comes', async () => {
    const first = await broker();
    await first.close();
    closers.pop();
    const { promise: told, resolve: tell } = Promise.withResolvers<string>();
    const said: string[] = [];
    const made = publishing(first.url, fleetOf('pump', 2, 1), 20, (sentence) => {
      said.push(sentence);
      tell(sentence);
    });
    expect(await told).toMatch(/cannot be reached \(.*ECONNREFUSED/);
    const second = await broker(first.port);
    await second.until(() => second.received.some((packet) => packet.topic.endsWith('/telemetry')));
    expect(said).toEqual([said[0], `The broker at ${first.url} is there.`]);
    // Nothing was due before it came, so nothing was left out and nothing comes in a heap.
    expect(made.counts().skipped).toBe(0);
  });

  it('what is due while the broker is away is left out and counted', async () => {
    const first = await broker();
    const { promise: told, resolve: tell } = Promise.withResolvers<string>();
    const made = publishing(first.url, fleetOf('pump', 2, 1), 100, tell);
    await first.until(() => first.received.some((packet) => packet.topic.endsWith('/telemetry')));
    await first.close();
    closers.splice(closers.length - 2, 1);
    expect(await told).toContain('cannot be reached');
    await expect.poll(() => made.counts().skipped).toBeGreaterThan(10);
  });
});

describe('the demo', () => {
  it('publishes for all of its eight devices', async () => {
    const { received, ...there } = await broker();
    const demo = startDemo({ mqttUrl: there.url, clock: systemTime, log: () => undefined });
    closers.push(() => demo.stop());
    await there.until(() => received.filter((packet) => packet.topic.endsWith('/about')).length === 8);
    const introduced = received.filter((packet) => packet.topic.endsWith('/about'));
    expect(new Set(introduced.map((packet) => packet.topic.split('/')[1]))).toEqual(
      new Set(DEMO_DEVICES.map((device) => device.id)),
    );
  });
});
