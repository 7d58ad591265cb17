import { expect, it } from 'vitest';
import { canonicalJson } from './canonical.ts';

it('canonical JSON is the same for the same value, whatever the order of its keys (RFC 8785)', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  // RFC 8785, 3.2.3: by UTF-16 code units, so not as the keys of an object that look like numbers.
  expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '10': 4, '\ud83d\ude00': 5, '\u0080': 6 })).toBe(
    '{"\\r":2,"1":3,"10":4,"\u0080":6,"\u20ac":1,"\ud83d\ude00":5}',
  );
  expect(canonicalJson({ a: undefined, b: 1e21 })).toBe('{"b":1e+21}');
});
