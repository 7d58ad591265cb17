import { MASK } from './shown.ts';
import { createMessage } from '../message/message.ts';
import type { Headers, Payload } from '../message/message.ts';
import { shownMessageSchema } from './shown.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretKey, SHOWN_LENGTH, showMessage } from './showMessage.ts';

const show = (payload: Payload, headers: Headers = {}) =>
  showMessage(createMessage({ id: 'm', time: 1, topic: 't', payload, headers }));

describe('[EN14] what people see of a message', () => {
  it('is the message itself when it is small', () => {
    const message = createMessage({ id: 'm', time: 1, topic: 't', device: 'd', payload: { a: [1, null] } });
    expect(showMessage(message)).toEqual({
      id: 'm',
      time: 1,
      topic: 't',
      device: 'd',
      payload: { a: [1, null] },
      headers: {},
    });
  });

  it('is cut to 10 kB, with the size that it had', () => {
    const shown = show({ text: 'x'.repeat(50_000) });
    expect(shown.cut).toEqual({ bytes: 50_011, kind: 'cut' });
    expect(shown.payload).toHaveLength(SHOWN_LENGTH + 1);
    expect(show('y'.repeat(20_000)).payload).toBe(`${'y'.repeat(SHOWN_LENGTH)}…`);
  });

  it('is text for bytes that are text, hexadecimal for others', () => {
    expect(show(Buffer.from('grün'))).toMatchObject({ payload: 'grün', cut: { bytes: 5, kind: 'bytes' } });
    expect(show(new Uint8Array([0xff, 0x00]))).toMatchObject({
      payload: 'ff00',
      cut: { bytes: 2, kind: 'bytes' },
    });
    expect(show(new Uint8Array(1_000_000).fill(0xff)).payload).toHaveLength(SHOWN_LENGTH);
  });

  it.each([
    'password',
    'Password',
    'db_password',
    'passwd',
    'passphrase',
    'secret',
    'clientSecret',
    'token',
    'access_token',
    'apiKey',
    'api-key',
    'Authorization',
    'cookie',
    'set-cookie',
    'privateKey',
    'ACCESS_KEY',
    'tokens',
    'credentials',
  ])('masks %s', (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each([
    'temperature',
    'pressure',
    'key',
    'author',
    'passengers',
    'pin',
    'keyboard',
    'spinning',
    'compass',
    'state',
  ])('does not mask %s', (key) => {
    expect(isSecretKey(key)).toBe(false);
  });

  it('masks at any depth and in headers', () => {
    const shown = show(
      { list: [{ login: { password: 'tiger', user: 'ada' } }], token: null },
      { authorization: 'Bearer x', qos: 1 },
    );
    expect(shown.payload).toEqual({ list: [{ login: { password: MASK, user: 'ada' } }], token: null });
    expect(shown.headers).toEqual({ authorization: MASK, qos: 1 });
  });

  it('always fits the protocol and is never much longer than its cap', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const shown = show(payload as Payload);
        expect(shownMessageSchema.safeParse(shown).success).toBe(true);
        expect(JSON.stringify(shown.payload).length).toBeLessThan(3 * SHOWN_LENGTH);
      }),
    );
  });
});
