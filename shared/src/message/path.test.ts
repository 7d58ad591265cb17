import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './message.ts';
import { createMessage } from './message.ts';
import type { Path } from './path.ts';
import { compileReader, deleteAt, formatPath, parsePath, setAt } from './path.ts';
import { compileTemplate } from './template.ts';

const message = createMessage({
  id: 'm',
  time: 5,
  topic: 'devices/f1/telemetry',
  device: 'f1',
  payload: { temperature: -18.5, readings: [{ value: 1 }, { value: 2 }], 'odd key': true },
});

function read(text: string): unknown {
  const parsed = parsePath(text);
  return parsed.ok ? compileReader(parsed.path)(message) : parsed.sentence;
}

const step = fc.oneof(fc.string({ minLength: 1 }), fc.nat({ max: 3 }));
const anyPath: fc.Arbitrary<Path> = fc.array(step, { maxLength: 4 }).map((steps) => ['payload', ...steps]);

describe('paths', () => {
  it('read fields, list items and odd keys', () => {
    expect(read('payload.temperature')).toBe(-18.5);
    expect(read('payload.readings[1].value')).toBe(2);
    expect(read('payload["odd key"]')).toBe(true);
    expect(read('device')).toBe('f1');
    expect(read('payload.readings[7].value')).toBeUndefined();
  });

  it('see own properties only', () => {
    expect(read('payload.constructor')).toBeUndefined();
    expect(read('payload.__proto__')).toBeUndefined();
    expect(read('payload.readings.length')).toBeUndefined();
  });

  it('say what is wrong with a text that is none', () => {
    expect(read('')).toBe('The path is empty. Write one such as payload.temperature.');
    expect(read('temperature')).toContain('must start with one of id, time');
    expect(read('payload..a')).toContain('cannot be read from character 8 on');
    expect(read('payload[x]')).toContain('cannot be read');
  });

  it('are the same after being written and read again', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        expect(parsePath(formatPath(path))).toEqual({ ok: true, path });
      }),
    );
  });

  it('set a value that is then read, and leave the message as it was', () => {
    fc.assert(
      fc.property(anyPath, fc.jsonValue(), (path, json) => {
        const before = JSON.stringify(message);
        const after = setAt(message, path, json as Json);
        const indexesAreNew = path.slice(1).every((one) => typeof one === 'string' || one === 0);
        if (indexesAreNew) expect(compileReader(path)(after)).toEqual(json);
        expect(JSON.stringify(message)).toBe(before);
      }),
    );
  });

  it('set __proto__ as a plain key', () => {
    const after = setAt(message, ['payload', '__proto__', 'polluted'], true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(compileReader(['payload', '__proto__', 'polluted'])(after)).toBe(true);
  });

  it('delete a field, a list item, and nothing where there is nothing', () => {
    expect(deleteAt(message, ['payload', 'readings', 0]).payload).toMatchObject({ readings: [{ value: 2 }] });
    expect(deleteAt(message, ['payload', 'odd key']).payload).not.toHaveProperty('odd key');
    expect(deleteAt(message, ['payload', 'gone', 'deep'])).toBe(message);
    expect(deleteAt(message, ['device']).device).toBeUndefined();
  });
});

describe('templates', () => {
  it('put values in their places, and nothing for what is missing', () => {
    const compiled = compileTemplate('alerts/{{ device }}/{{payload.gone}}{{payload.temperature}}');
    expect(compiled.ok ? compiled.render(message) : '').toBe('alerts/f1/-18.5');
  });

  it('say which place cannot be read', () => {
    expect(compileTemplate('a {{nope}}')).toMatchObject({ ok: false });
    expect(compileTemplate('a {{device')).toMatchObject({
      sentence: 'The template “a {{device” has a {{ without its }}.',
    });
  });
});
