import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './message.ts';
import { createMessage } from './message.ts';
import { setAt } from './path.ts';
import { compileWriter, writerOf } from './writer.ts';

const message = createMessage({
  id: 'm',
  time: 5,
  topic: 'devices/f1/telemetry',
  payload: { temperature: -18.5, readings: [{ value: 1 }] },
});

describe('writers', () => {
  it('do what setAt does, wherever they write', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (key, value) => {
        for (const path of [['payload', key], ['payload', key, 'x'], ['payload'], ['topic']])
          expect(compileWriter(path)(message, value as Json)).toEqual(setAt(message, path, value as Json));
      }),
    );
    expect(writerOf('payload.raw')(message, new Uint8Array([1])).payload).toMatchObject({ raw: [1] });
    expect(writerOf('time')(message, 7).time).toBe(7);
    expect(writerOf('headers.a')(message, 1).headers).toEqual({ a: 1 });
    expect(writerOf('headers')(message, { a: true }).headers).toEqual({ a: true });
  });

  it.each([
    ['time', 'soon', 'time is not set'],
    ['time', Number.NaN, 'time is not set'],
    ['headers.a', [1], 'headers.a is not set'],
    ['headers.a.b', 1, 'headers.a.b is not set'],
    ['headers', 5, 'headers is not set'],
    ['payload.temperature.celsius', 1, 'payload.temperature holds something else already'],
    ['payload.readings.first', 1, 'payload.readings holds something else already'],
  ])('refuse to lose or to ignore anything: %s', (path, value, sentence) => {
    expect(() => writerOf(path)(message, value as Json)).toThrow(sentence);
  });

  it.each([[21.5], ['text'], [new Uint8Array([1])], [[1, 2]]])(
    'do not replace a payload %s by an object',
    (payload) => {
      const bare = createMessage({ id: 'm', time: 5, payload });
      expect(() => writerOf('payload.unit')(bare, 'C')).toThrow('payload holds something else already');
      expect(writerOf('payload.unit')(createMessage({ id: 'm', time: 5 }), 'C').payload).toEqual({
        unit: 'C',
      });
    },
  );
});
