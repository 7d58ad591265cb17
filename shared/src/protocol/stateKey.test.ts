import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateKeyInPath, stateKeyOfPath } from './stateKey.ts';

const addressOf = (key: string) =>
  new URL(`http://sluice/state/${encodeURIComponent(stateKeyInPath(key))}`).pathname;

describe('keys of state in an address', () => {
  it('[EN9] come back as they were, whatever they hold', () => {
    const key = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', 'a\udfff'),
      fc.constantFrom('', '.', '..', '"', '""', '"a"', '/', 'a/b', '%2e', '?', '#', '\0'),
    );
    fc.assert(
      fc.property(
        key,
        (one) => stateKeyOfPath(decodeURIComponent(encodeURIComponent(stateKeyInPath(one)))) === one,
      ),
    );
  });

  it('[EN9] are never the address of all keys, so that forgetting one key never forgets all', () => {
    for (const key of ['', '.', '..', ' ', '/', '%2e', '"']) {
      const parts = addressOf(key).split('/');
      expect(parts.slice(0, 2)).toEqual(['', 'state']);
      expect([parts.length, parts[2]]).toEqual([3, expect.stringMatching(/./)]);
    }
  });

  it('says so where a key in quotes is none', () => {
    expect(stateKeyOfPath('"half')).toBeUndefined();
    expect(stateKeyOfPath('"a" b')).toBeUndefined();
  });
});
