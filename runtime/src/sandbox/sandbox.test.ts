import { createMessage } from '@sluice/shared/message/message.ts';
import type { Message, Payload } from '@sluice/shared/message/message.ts';
import type { ProgramSource } from '@sluice/shared/node/context.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from './createSandbox.ts';
import type { Held, Outcome } from './sandbox.ts';

// Wide limits where code has to come through, so that a busy machine does not fail the test; narrow ones where it must not.
const WIDE = { timeoutMs: 5000 };
const NARROW = { timeoutMs: 150 };
const sandbox = createSandbox({ limits: WIDE });
afterAll(() => sandbox.close());

let lastFlow = 0;
function freshFlow(): string {
  lastFlow += 1;
  return `flow-${lastFlow}`;
}
function message(payload: Payload, id = 'm1'): Message {
  return createMessage({
    id,
    time: 1000,
    topic: 'devices/f1/telemetry',
    device: 'f1',
    payload,
    headers: { qos: 1 },
  });
}
function fn(code: string): ProgramSource {
  return { kind: 'function', code, outputs: 1 };
}
async function run(source: ProgramSource, ...payloads: Payload[]): Promise<readonly Outcome[]> {
  const program = sandbox.compile(freshFlow(), 'n', source);
  const outcomes = await program.run(payloads.map((payload, at) => message(payload, `m${at}`)));
  program.close();
  return outcomes;
}
async function valueOf(source: ProgramSource, payload: Payload): Promise<unknown> {
  const [outcome] = await run(source, payload);
  if (outcome?.ok !== true) throw new Error(outcome?.sentence ?? 'no outcome');
  return outcome.value;
}

describe('functions', () => {
  it('[EN13] get the message and give back one, in order, without touching the original', async () => {
    const program = sandbox.compile(
      freshFlow(),
      'n',
      fn('message.payload.f = message.payload.c * 1.8 + 32; return message'),
    );
    const messages = Array.from({ length: 600 }, (_, c) => message({ c }, `m${c}`));
    const outcomes = await program.run(messages);
    expect(outcomes).toHaveLength(600);
    for (const [c, outcome] of outcomes.entries())
      expect(outcome).toMatchObject({
        ok: true,
        value: { id: `m${c}`, device: 'f1', payload: { c, f: c * 1.8 + 32 } },
      });
    expect(messages[1]?.payload).toEqual({ c: 1 });
    program.close();
  });

  it('[EN13] may give back a list, a list for each output, null, or nothing', async () => {
    expect(await valueOf(fn('return [message.payload, 2]'), 1)).toEqual([1, 2]);
    expect(await valueOf(fn('return [[message.payload], [], [2, 3]]'), 1)).toEqual([[1], [], [2, 3]]);
    expect(await valueOf(fn('return null'), 1)).toBeNull();
    expect(await valueOf(fn(''), 1)).toBeUndefined();
  });

  it('[EN7] that throw for one message fail for that message alone, with the line', async () => {
    const outcomes = await run(fn('\nreturn message.payload.a.b'), { a: { b: 1 } }, {}, { a: { b: 3 } });
    expect(outcomes[0]).toMatchObject({ ok: true, value: 1 });
    expect(outcomes[1]).toEqual({
      ok: false,
      reason: 'error',
      sentence: "Line 2: TypeError: Cannot read properties of undefined (reading 'b')",
      logs: [],
      line: 2,
      column: 26,
    });
    expect(outcomes[2]).toMatchObject({ ok: true, value: 3 });
  });

  it('[EN13] print by console and log, up to 20 lines of 500 characters', async () => {
    const [first, second] = await run(
      fn('console.log("got", message.payload); for (let i = 0; i < 30; i++) log("x".repeat(600)); return 1'),
      { a: 1 },
      2,
    );
    expect(first?.logs).toHaveLength(20);
    expect(first?.logs[0]).toBe('got {"a":1}');
    expect(first?.logs[1]).toBe(`${'x'.repeat(500)}…`);
    expect(second?.logs[0]).toBe('got 2');
  });

  it('[EN13] get bytes as a list of numbers and give them back as one', async () => {
    expect(
      await valueOf(fn('return Uint8Array.from(message.payload, (n) => n + 1)'), Uint8Array.of(1, 2)),
    ).toEqual([2, 3]);
  });

  it('[EN13] see `__proto__` as a plain key', async () => {
    const payload = JSON.parse('{"__proto__":{"admin":true}}');
    expect(
      await valueOf(fn('return [message.payload.admin === undefined, message.payload]'), payload),
    ).toEqual([true, payload]);
  });
});

describe('expressions', () => {
  it.each([
    ['payload.temperature > 4', { temperature: 5 }, true],
    ['topic & "/" & device', {}, 'devices/f1/telemetry/f1'],
    ['$sum(payload.values)', { values: [1, 2, 3] }, 6],
    ['payload.values[$ > 1]', { values: [1, 2, 3] }, [2, 3]],
    ['$map(payload.values, function($v) { $v * 2 })', { values: [1, 2] }, [2, 4]],
    ['payload.missing', {}, undefined],
    ['{"a": payload.x, "b": [payload.x, headers.qos]}', { x: 2 }, { a: 2, b: [2, 1] }],
    ['$replace(payload.s, /(\\d+)-(\\d+)/, "$2-$1")', { s: 'a 10-20 30-40' }, 'a 20-10 40-30'],
    ['$match(payload.s, /[A-Z]+/i).match', { s: 'ab 12 CD' }, ['ab', 'CD']],
    ['$contains(payload.s, /^(a+)+$/)', { s: `${'a'.repeat(5000)}b` }, false],
  ])('[EN13] %s', async (source, payload, expected) => {
    expect(await valueOf({ kind: 'expression', source }, payload)).toEqual(expected);
  });

  it.each([
    ['payload.\n$nothing(1)', 'Line 2: Attempted to invoke a non-function'],
    ['($f := function($n) { $f($n + 1) + 1 }; $f(1))', 'Stack overflow'],
    ['[1..1000000]', 'sequence'],
  ])('[EN7] %s fails with a sentence', async (source, sentence) => {
    const [outcome] = await run({ kind: 'expression', source }, {});
    expect(outcome).toMatchObject({
      ok: false,
      reason: 'error',
      sentence: expect.stringContaining(sentence),
    });
  });

  it('[EN13] that never end are stopped by the limit', async () => {
    const program = sandbox.compile(
      freshFlow(),
      'n',
      { kind: 'expression', source: '($f := function($n) { $f($n + 1) }; $f(1))' },
      NARROW,
    );
    expect(await program.run([message(1)])).toMatchObject([{ ok: false, reason: 'timeout' }]);
    program.close();
  });
});

describe('templates', () => {
  it.each([
    ['{{device}} has {{payload.t}} °C', { t: 4.5 }, 'f1 has 4.5 °C'],
    [
      '{{payload.name}}|{{{payload.name}}}|{{&payload.name}}',
      { name: '<a & "b">' },
      '<a & "b">|<a & "b">|<a & "b">',
    ],
    ['{{payload}} {{payload.list}}', { list: [1] }, '{"list":[1]} [1]'],
    [
      '[{{payload.missing}}]{{#payload.on}}on{{/payload.on}}{{^payload.on}}off{{/payload.on}}',
      { on: false },
      '[]off',
    ],
    ['{{#payload.list}}<{{.}}>{{/payload.list}}', { list: [1, 'b'] }, '<1><b>'],
  ])('[EN13] %s', async (source, payload, expected) => {
    expect(await valueOf({ kind: 'template', source }, payload)).toBe(expected);
  });
});

describe('a syntax check', () => {
  it.each<[ProgramSource, object]>([
    [fn('let x = ;\nreturn 1'), { line: 1, column: 9, sentence: "Unexpected token ';'" }],
    [
      fn('if (message) {\n  return 1'),
      { line: 2, column: 11, sentence: expect.stringContaining('ends too early') },
    ],
    [fn('return await message'), { line: 1, sentence: expect.stringContaining('await is only valid') }],
    [
      { kind: 'expression', source: 'payload.a\n  + * 2)' },
      { line: 2, sentence: expect.any(String) },
    ],
    [
      { kind: 'expression', source: '$match(payload, /a{2,1}/)' },
      { sentence: expect.stringContaining('a{2,1}') },
    ],
    [
      { kind: 'template', source: 'a\n{{#b}}' },
      { line: 2, column: 7, sentence: 'Unclosed section "b"' },
    ],
  ])('[EN1] of %j says what is wrong and where', async (source, problem) => {
    expect(await sandbox.check(source)).toMatchObject(problem);
  });

  it.each<ProgramSource>([
    fn('return message'),
    { kind: 'expression', source: 'payload.a > 1' },
    { kind: 'template', source: '{{a}}' },
  ])('[EN1] of %j finds nothing', async (source) => {
    expect(await sandbox.check(source)).toBeUndefined();
  });

  it('[EN13] runs none of the code, also not code that closes the function it stands in', async () => {
    expect(await sandbox.check(fn('while (true) {}'))).toBeUndefined();
    expect(await sandbox.check(fn('}); while (true) {} (function () {'))).toMatchObject({
      sentence: expect.any(String),
    });
  });

  it('[EN1] has its problem told by each message, if the program is run all the same', async () => {
    const outcomes = await run(fn('return 1;\nlet = 2;;)'), 1, 2);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ ok: false, line: 2, sentence: expect.stringMatching(/^Line 2: /) });
  });
});

describe('limits', () => {
  it('[EN13] a message that runs too long fails alone, the others of its batch come through', async () => {
    const program = sandbox.compile(
      freshFlow(),
      'n',
      fn('while (message.payload === 1) {} return message.payload'),
      {
        timeoutMs: 200,
      },
    );
    const outcomes = await program.run([0, 1, 2].map((payload) => message(payload)));
    expect(outcomes).toMatchObject([
      { ok: true, value: 0 },
      { ok: false, reason: 'timeout', sentence: expect.stringContaining('200 ms') },
      { ok: true, value: 2 },
    ]);
    program.close();
  });

  it('[EN13] messages that are too large to send fail alone, large batches are cut', async () => {
    const outcomes = await run(
      fn('return message.payload.length'),
      'x'.repeat(8_000_001),
      'y'.repeat(700_000),
      'z'.repeat(700_000),
    );
    expect(outcomes).toMatchObject([
      { ok: false, reason: 'too-large', sentence: expect.stringContaining('at most 8000000') },
      { ok: true, value: 700_000 },
      { ok: true, value: 700_000 },
    ]);
  });

  it('[EN13] a flow whose code ends the process three times within a minute is held; others go on; it can be released', async () => {
    const flow = freshFlow();
    const held: Held[] = [];
    const stop = sandbox.onHeld((one) => held.push(one));
    const source = fn('if (message.payload) Array(2 ** 32 - 1).fill(0); return 1');
    const program = sandbox.compile(flow, 'hot', source, NARROW);
    const other = sandbox.compile(freshFlow(), 'n', fn('return message.payload'));
    const [outcomes, others] = await Promise.all([
      program.run([0, 1, 1, 1, 0].map((payload) => message(payload))),
      other.run([message(7)]),
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.reason))).toEqual([
      'ok',
      'poison',
      'poison',
      'held',
      'held',
    ]);
    expect(others).toMatchObject([{ ok: true, value: 7 }]);
    expect(held).toEqual([{ flow, node: 'hot', sentence: expect.stringContaining('held') }]);
    expect(sandbox.stats().heldFlows).toEqual([flow]);
    expect(await program.run([message(0)])).toMatchObject([{ ok: false, reason: 'held' }]);
    expect(await other.run([message(8)])).toMatchObject([{ ok: true, value: 8 }]);
    const mended = sandbox.compile(flow, 'hot', fn('return 2'));
    expect(await mended.run([message(0)])).toMatchObject([{ ok: true, value: 2 }]);
    mended.close();
    expect(await program.run([message(1), message(1)])).toMatchObject([
      { reason: 'poison' },
      { reason: 'poison' },
    ]);
    expect(held).toHaveLength(2);
    sandbox.release(flow);
    expect(await program.run([message(0)])).toMatchObject([{ ok: true, value: 1 }]);
    stop();
    program.close();
    other.close();
  });

  it('[EN13] memory of a flow is given back: it runs again after it had too much', async () => {
    const code = 'const all = []; while (message.payload) all.push({ all: [1, 2, 3] }); return 1';
    const program = sandbox.compile(freshFlow(), 'n', fn(code), { ...WIDE, memoryMb: 16 });
    const outcomes = await program.run([message(0), message(1), message(0)]);
    expect(outcomes).toMatchObject([
      { ok: true },
      { ok: false, reason: 'memory', sentence: expect.stringContaining('16 MB') },
      { ok: true },
    ]);
    program.close();
  });
});

describe('the life of the process', () => {
  it('[EN13] nothing is started before the first run, and nothing is left after close', async () => {
    const own = createSandbox({ limits: WIDE });
    const program = own.compile('f', 'n', fn('return 1'));
    expect(own.stats().processes).toBe(0);
    expect(await program.run([])).toEqual([]);
    expect(await program.run([message(1)])).toMatchObject([{ ok: true }]);
    expect(own.stats().processes).toBe(2);
    await own.close();
    await own.close();
    expect(own.stats()).toMatchObject({ processes: 0, residentBytes: 0 });
    expect(await program.run([message(1)])).toMatchObject([{ ok: false, reason: 'unavailable' }]);
    expect(await own.check(fn('return 1'))).toMatchObject({ sentence: expect.any(String) });
  });

  it('[EN13] it ends some time after the last program was closed', async () => {
    const timers: (() => void)[] = [];
    const after = (ms: number, run: () => void): (() => void) => {
      if (ms === 7777) timers.push(run);
      return () => undefined;
    };
    const own = createSandbox({ lingerMs: 7777, limits: WIDE, clock: { now: () => 0, after } });
    const program = own.compile('f', 'n', fn('return 1'));
    await program.run([message(1)]);
    expect(timers).toHaveLength(0);
    program.close();
    expect(timers).toHaveLength(1);
    timers[0]?.();
    expect(own.stats().processes).toBe(0);
    await own.close();
  });

  it('[EN13] what waits is settled when its program or the sandbox is closed, and an aborted call rejects', async () => {
    const own = createSandbox({ limits: WIDE });
    const closed = own.compile('a', 'n', fn('return 1'));
    const waiting = closed.run([message(1)]);
    closed.close();
    closed.close();
    expect(await waiting).toMatchObject([{ ok: false, reason: 'unavailable' }]);
    const stopped = own.compile('b', 'n', fn('return 1'));
    const abort = new AbortController();
    const aborted = stopped.run([message(1)], abort.signal);
    abort.abort(new Error('no longer wanted'));
    await expect(aborted).rejects.toThrow('no longer wanted');
    const lost = stopped.run([message(1)]);
    await own.close();
    expect(await lost).toMatchObject([{ ok: false, reason: 'unavailable' }]);
  });

  it('[EN13] what runs is settled when its program is closed; the flow goes on with its next one', async () => {
    const flow = freshFlow();
    const old = sandbox.compile(flow, 'n', fn('while (message.payload) {} return 1'));
    expect(await old.run([message(0)])).toMatchObject([{ ok: true }]);
    const running = old.run([message(1)]);
    old.close();
    expect(await running).toMatchObject([{ ok: false, reason: 'unavailable' }]);
    const next = sandbox.compile(flow, 'n', fn('return 2'));
    expect(await next.run([message(1)])).toMatchObject([{ ok: true, value: 2 }]);
    next.close();
  });

  it('[EN13] a process that cannot start is told in a sentence, and tried again with the next call', async () => {
    const own = createSandbox({ limits: WIDE });
    const program = own.compile('f', 'n', fn('return 1'));
    const { execPath } = process;
    process.execPath = `${execPath}-that-is-not-there`;
    try {
      expect(await program.run([message(1)])).toMatchObject([
        { ok: false, reason: 'unavailable', sentence: expect.stringContaining('ENOENT') },
      ]);
    } finally {
      process.execPath = execPath;
    }
    expect(await program.run([message(1)])).toMatchObject([{ ok: true, value: 1 }]);
    await own.close();
  });

  it('[EN13] gets nothing of the environment', async () => {
    const code =
      'return [typeof process, typeof require, typeof fetch, typeof setTimeout, typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics]';
    expect(new Set((await valueOf(fn(code), 1)) as string[])).toEqual(new Set(['undefined']));
  });
});
