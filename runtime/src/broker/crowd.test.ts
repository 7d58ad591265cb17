import type { Socket } from 'node:net';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPacketGuard } from './packetGuard.ts';
import { joinAs, startTestBroker } from './testingSignIn.ts';
import { eventually } from '../testingPatience.ts';

const CONNECT = Buffer.from('101000044d51545404020000000474657374', 'hex');
/** With 2,000 it takes four seconds, and holds as well. */
const CROWD = 300;

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe('a crowd of idle and slow connections', () => {
  it(`of ${CROWD} holds up no honest client for a second`, async () => {
    const { broker } = await startTestBroker({ connectMs: 60_000 });
    const sockets = Array.from({ length: CROWD }, () => open(broker.port));
    // A third says nothing, a third half a CONNECT, a third goes on one byte at a time without an end.
    const endless = Buffer.concat([Buffer.from([0x10, 0xff, 0x7f]), Buffer.alloc(16_000, 0x61)]);
    for (const [index, socket] of sockets.entries()) {
      if (index % 3 === 1) socket.write(CONNECT.subarray(0, 9));
      if (index % 3 === 2) for (let at = 0; at < 40; at++) socket.write(endless.subarray(at, at + 1));
    }
    const startedAt = performance.now();
    const reader = await joinAs(broker, 'main/honest');
    await reader.client.subscribeAsync('devices/honest/#', { qos: 1 });
    const slowest: number[] = [];
    for (let count = 0; count < 20; count++) {
      const sentAt = performance.now();
      await reader.client.publishAsync('devices/honest/telemetry', String(count), { qos: 1 });
      await eventually(() => expect(reader.messages).toHaveLength(count + 1));
      slowest.push(performance.now() - sentAt);
    }
    expect(Math.max(...slowest)).toBeLessThan(1_000);
    expect(slowest[0]).toBeLessThan(performance.now() - startedAt);
  });
});

/** Bytes that look like MQTT here and there, and any others. */
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 127 }))
    .map(([type, body]) => Uint8Array.from([type, body.length, ...body])),
);

describe('random bytes', () => {
  it('never make the guard throw, or hold more than a packet may have', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(noise, { maxLength: 8 }), (isConnected, chunks) => {
        const guard = createPacketGuard({ beforeConnectBytes: 256, packetBytes: 512 });
        if (isConnected) {
          expect(guard.take(CONNECT).ok).toBe(true);
          guard.accept();
        }
        for (const chunk of chunks) {
          const verdict = guard.take(Buffer.from(chunk));
          if (!verdict.ok) {
            expect(verdict.reason.length).toBeGreaterThan(0);
            return;
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('before and after CONNECT close at most their own connection, and nothing of them gets in', async () => {
    const { broker, seen } = await startTestBroker({ connectMs: 1_000 });
    const honest = await joinAs(broker, 'main/honest');
    await honest.client.subscribeAsync('devices/honest/#', { qos: 1 });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(noise, { maxLength: 5 }), async (isConnected, chunks) => {
        const socket = open(broker.port);
        socket.resume();
        const bytes = Buffer.concat([
          ...(isConnected ? [CONNECT] : []),
          ...chunks.map((chunk) => Buffer.from(chunk)),
        ]);
        await new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          socket.end(bytes);
        });
        count += 1;
        await honest.client.publishAsync('devices/honest/telemetry', String(count), { qos: 1 });
      }),
      { numRuns: 150 },
    );
    await eventually(() => expect(honest.messages).toHaveLength(count));
    expect(honest.messages.map((message) => message.split(' ')[1])).toEqual(
      Array.from({ length: count }, (_, index) => String(index + 1)),
    );
    expect(seen.filter((line) => line.startsWith('main: devices/honest/'))).toHaveLength(count);
  });
});
