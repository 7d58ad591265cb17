import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuardVerdict } from './packetGuard.ts';
import { createPacketGuard } from './packetGuard.ts';

const LIMITS = { beforeConnectBytes: 64, packetBytes: 1_000 };

const text = (value: string | Buffer) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; ; rest >>= 7) {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([type << 4, ...length]), body]);
}

const connectBody = (flags: number, ...fields: Buffer[]) => [
  text('MQTT'),
  Buffer.from([4, flags, 0, 60]),
  ...fields,
];
const CONNECT = packet(1, ...connectBody(0b10, text('me')));
const publish = (topic: string | Buffer, payload = 'x') => packet(3, text(topic), Buffer.from(payload));

function connected() {
  const guard = createPacketGuard(LIMITS);
  expect(guard.take(CONNECT)).toEqual({ ok: true, bytes: CONNECT });
  guard.accept();
  return guard;
}
const reasonOf = (verdict: GuardVerdict) => (verdict.ok ? undefined : verdict.reason);

describe('the guard in front of the MQTT parser', () => {
  it('passes whole packets on, however they are cut into chunks', () => {
    const stream = Buffer.concat([CONNECT, publish('a/b', 'hello'), packet(12), publish('ä/€', '')]);
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: stream.length });
    fc.assert(
      fc.property(lengths, (cuts) => {
        const guard = createPacketGuard(LIMITS);
        const passed: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          const verdict = guard.take(stream.subarray(at, at + cut));
          if (!verdict.ok) throw new Error(verdict.reason);
          passed.push(verdict.bytes);
          at += cut;
        }
        expect(Buffer.concat(passed)).toEqual(stream);
      }),
    );
  });

  it('takes small packets only until CONNECT is accepted', () => {
    const guard = createPacketGuard(LIMITS);
    guard.take(CONNECT);
    expect(reasonOf(guard.take(publish('a', 'x'.repeat(100))))).toMatch('longer than the 64 allowed');
    expect(reasonOf(connected().take(publish('a', 'x'.repeat(100))))).toBeUndefined();
    expect(reasonOf(connected().take(publish('a', 'x'.repeat(1_000))))).toMatch(
      'longer than the 1000 allowed',
    );
  });

  it('refuses a length by its header, before the bytes come', () => {
    expect(reasonOf(connected().take(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])))).toMatch('longer than');
    expect(reasonOf(connected().take(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff])))).toMatch('malformed');
  });

  it.each([
    ['NUL in a topic', publish('a\0b')],
    ['invalid UTF-8 in a topic', publish(Buffer.from([0xc3, 0x28]))],
    ['a surrogate in a topic', publish(Buffer.from([0xed, 0xa0, 0x80]))],
    [
      'NUL in a filter',
      packet(8, Buffer.from([0, 1]), text('fine'), Buffer.from([1]), text('a\0'), Buffer.from([1])),
    ],
    ['NUL in what is unsubscribed', packet(10, Buffer.from([0, 1]), text('\0'))],
    ['a topic longer than its packet', packet(3, Buffer.from([0xff, 0xff, 0x41]))],
    ['a filter without its QoS', packet(8, Buffer.from([0, 1]), text('a'))],
    ['a second CONNECT', CONNECT],
    ['a packet of a server', packet(2, Buffer.from([0, 0]))],
    ['a reserved type', packet(15)],
  ])('refuses %s', (_name, bytes) => {
    expect(connected().take(bytes).ok).toBe(false);
  });

  it.each([
    ['another first packet than CONNECT', publish('a')],
    ['NUL in a client id', packet(1, ...connectBody(0b10, text('a\0')))],
    ['NUL in a will topic', packet(1, ...connectBody(0b110, text('me'), text('w\0'), text('bye')))],
    ['NUL in a user name', packet(1, ...connectBody(0b1000_0010, text('me'), text('u\0')))],
    ['a CONNECT that ends too early', packet(1, text('MQTT'))],
    ['no protocol name', packet(1)],
  ])('refuses %s', (_name, bytes) => {
    expect(createPacketGuard(LIMITS).take(bytes).ok).toBe(false);
  });

  it('takes a will message of any bytes', () => {
    const will = packet(1, ...connectBody(0b110, text('me'), text('w'), text(Buffer.from([0, 0xff]))));
    expect(createPacketGuard(LIMITS).take(will).ok).toBe(true);
  });

  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        createPacketGuard(LIMITS).take(Buffer.from(noise));
        connected().take(Buffer.from(noise));
      }),
    );
  });
});
