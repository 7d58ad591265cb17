import { describe, expect, it } from 'vitest';
import { compileArrival, decodePayload, MAX_PAYLOAD_BYTES, readTime } from './arrival.ts';
import type { ArrivalSettings } from './arrival.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const parts = { id: '1', now: 5_000, topic: 't', device: 'd', headers: {} };
const arrive = (settings: ArrivalSettings, text: string) =>
  compileArrival(settings)(parts, { payload: bytesOf(text) });

describe('payloads', () => {
  it('auto takes JSON where it parses, else text, else bytes', () => {
    expect(decodePayload(bytesOf('{"a":1}'), 'auto')).toEqual({ ok: true, payload: { a: 1 } });
    expect(decodePayload(bytesOf('21.5'), 'auto')).toEqual({ ok: true, payload: 21.5 });
    expect(decodePayload(bytesOf('open'), 'auto')).toEqual({ ok: true, payload: 'open' });
    expect(decodePayload(bytesOf(''), 'auto')).toEqual({ ok: true, payload: '' });
    const binary = Uint8Array.of(0xff, 0xfe, 0x00);
    expect(decodePayload(binary, 'auto')).toEqual({ ok: true, payload: binary });
  });

  it.each(['', '  ', '{"a":', 'open', 'NaN', '['.repeat(101) + ']'.repeat(101)])(
    'what is not JSON where JSON is asked for gets a sentence (%#)',
    (text) => {
      expect(decodePayload(bytesOf(text), 'json')).toMatchObject({
        ok: false,
        sentence: expect.stringMatching(/^The payload /),
      });
    },
  );

  it('brackets inside of text do not count as depth', () => {
    const text = JSON.stringify({ note: '['.repeat(500), quoted: '"['.repeat(300) });
    expect(decodePayload(bytesOf(text), 'json')).toMatchObject({ ok: true });
  });

  it('__proto__ in JSON is a plain key', () => {
    const decoded = decodePayload(bytesOf('{"__proto__":{"admin":true}}'), 'json');
    const payload = decoded.ok ? decoded.payload : undefined;
    expect(Object.keys(payload as object)).toEqual(['__proto__']);
    expect((payload as { admin?: boolean }).admin).toBeUndefined();
  });

  it('a giant payload is refused before it is read, and not kept', () => {
    const giant = new Uint8Array(MAX_PAYLOAD_BYTES + 1);
    const arrival = compileArrival({ format: 'auto' })(parts, { payload: giant });
    expect(arrival).toMatchObject({
      ok: false,
      message: { payload: null },
      sentence: expect.stringContaining('1048577 bytes'),
    });
  });
});

describe('time', () => {
  it('is the time of arrival unless a field is named', () => {
    expect(arrive({ format: 'auto' }, '{"ts":1}')).toMatchObject({ ok: true, message: { time: 5_000 } });
    expect(arrive({ format: 'auto', timeField: 'payload.ts' }, '{"ts":1767225600}')).toMatchObject({
      ok: true,
      message: { time: 1_767_225_600_000 },
    });
  });

  it.each([
    [1_767_225_600, 1_767_225_600_000],
    [1_767_225_600_000, 1_767_225_600_000],
    [1_767_225_600.5, 1_767_225_600_500],
    ['2026-01-01T00:00:00Z', 1_767_225_600_000],
    ['2026-01-01T01:00:00+01:00', 1_767_225_600_000],
  ])('%s is read', (value, time) => {
    expect(readTime(value)).toEqual({ ok: true, time });
  });

  it.each([
    undefined,
    null,
    'yesterday',
    '2026-01-01T00:00:00',
    '2026-13-45T99:00:00Z',
    -1,
    Number.NaN,
    true,
    {},
  ])('%s is no time, and the message says so', (value) => {
    expect(readTime(value)).toMatchObject({ ok: false });
  });

  it('a message without its time field fails with the field in the sentence', () => {
    expect(arrive({ format: 'json', timeField: 'payload.ts' }, '{"a":1}')).toMatchObject({
      ok: false,
      sentence: 'The time field payload.ts is missing in this message.',
    });
  });
});

it('reads what arrived once for all who want it in the same way, and anew for others', () => {
  const [json, again, text] = (['json', 'json', 'text'] as const).map((format) => compileArrival({ format }));
  const parts = { id: 'm', now: 1, topic: 't', device: undefined, headers: {} };
  const arrived = { payload: bytesOf('{"a":1}') };
  const payloads = [json, again, text, json].map((read) => read?.(parts, arrived).message.payload);
  expect(payloads).toEqual([{ a: 1 }, { a: 1 }, '{"a":1}', { a: 1 }]);
  expect(payloads[1]).toBe(payloads[0]);
  expect(json?.(parts, { payload: bytesOf('{"a":2}') }).message.payload).toEqual({ a: 2 });
});
