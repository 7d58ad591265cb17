import { describe, expect, it } from 'vitest';
import { systemTime } from '../runner/time.ts';
import type { SlowedEvent } from './slowing.ts';
import { joinAs, startTestBroker } from './testingSignIn.ts';
import { eventually } from '../testingPatience.ts';

describe('a device that sends far more than usual', () => {
  it('is read more slowly, which is told; the others go on', async () => {
    let ahead = 0;
    const time = { ...systemTime, now: () => systemTime.now() + ahead };
    const told: SlowedEvent[] = [];
    const { broker, seen } = await startTestBroker({ time, onSlowed: (event) => told.push(event) });
    const { client } = await joinAs(broker, 'main/loud');
    await client.publishAsync('devices/loud/telemetry', '{}', { qos: 1 });
    // What it did in its first quiet minute is what is usual.
    ahead = 60_000;
    const payload = 'x'.repeat(1_000);
    for (let count = 0; count < 2_000; count++) client.publish('devices/loud/telemetry', payload);
    await eventually(() =>
      expect(told).toMatchObject([{ kind: 'raise', workspace: 'main', device: 'loud' }]),
    );
    const other = await joinAs(broker, 'main/calm');
    await other.client.publishAsync('devices/calm/telemetry', '{}', { qos: 1 });
    const loud = seen.filter((line) => line.includes('/loud/')).length;
    // 2 MB were sent; what was read before it had to wait is a few reads of a socket.
    expect(loud).toBeLessThan(1_000);
    expect(client.connected).toBe(true);
  });

  it('of the local network is not looked at: it is nobody in particular', async () => {
    let ahead = 0;
    const time = { ...systemTime, now: () => systemTime.now() + ahead };
    const told: SlowedEvent[] = [];
    const { broker, seen } = await startTestBroker({ time, onSlowed: (event) => told.push(event) });
    const { client } = await joinAs(broker);
    await client.publishAsync('devices/x/telemetry', '{}', { qos: 1 });
    ahead = 60_000;
    for (let count = 0; count < 2_000; count++) client.publish('devices/x/telemetry', '{}');
    await eventually(() => expect(seen).toHaveLength(2_001));
    expect(told).toEqual([]);
  });
});
