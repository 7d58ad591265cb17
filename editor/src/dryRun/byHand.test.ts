import { describe, expect, it } from 'vitest';
import { parseByHand } from './byHand.ts';

const payloadOf = (payload: string) => parseByHand({ payload, device: '', topic: '' });

describe('parseByHand', () => {
  it('takes JSON as JSON and anything else as text', () => {
    expect(payloadOf('{"a":1}')).toEqual({ ok: true, message: { payload: { a: 1 } } });
    expect(payloadOf(' 12.5 ')).toEqual({ ok: true, message: { payload: 12.5 } });
    expect(payloadOf('door open')).toEqual({ ok: true, message: { payload: 'door open' } });
    expect(payloadOf('')).toEqual({ ok: true, message: { payload: null } });
  });

  it('says of broken JSON that it is broken', () => {
    expect(parseByHand({ payload: '{"a":', device: '', topic: '' })).toMatchObject({ ok: false });
  });

  it('brings device and topic along where they are given', () => {
    expect(parseByHand({ payload: '1', device: 'f1', topic: 't' })).toEqual({
      ok: true,
      message: { payload: 1, device: 'f1', topic: 't' },
    });
  });
});
