import { describe, expect, it } from 'vitest';
import { redactor, withoutUser } from './redact.ts';

describe('what others say of a connection', () => {
  it('is shown without its secrets, in any of their forms', () => {
    const secret = 'tiger & lion';
    const bytes = Buffer.from(secret);
    const forms = [secret, bytes.toString('base64'), bytes.toString('hex'), encodeURIComponent(secret)];
    const redact = redactor({ password: secret, pin: '12' });
    for (const form of forms)
      expect(redact(`no ${form}, 12 times ${form}.`)).toBe('no ••••••, 12 times ••••••.');
  });

  it('is shown without them where they are a part of what was encoded, whatever stands before and after', () => {
    const redact = redactor({ password: 'tiger~~?>' });
    for (const before of ['', 'a', 'ab', 'abc', '\0ada\0'])
      for (const after of ['', 'x', 'xy', 'xyz'])
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(`${before}tiger~~?>${after}`).toString(encoding);
          expect(redact(`you said ${encoded} just now`)).toBe('you said •••••• just now');
        }
  });

  it('shows an address without user and password, however they are written', () => {
    expect(withoutUser('mqtt://ada:ti/ger@host:1883')).toBe('mqtt://host:1883');
    expect(withoutUser('htp://ada:a@b@host')).toBe('htp://host');
    expect(withoutUser('http://host/a')).toBe('http://host/a');
    expect(withoutUser('a@//host')).toBe('a@//host');
    // Takes a minute where time goes by the square of the length.
    const slow = '/'.repeat(400_000);
    expect(withoutUser(slow)).toBe(slow);
  });
});
