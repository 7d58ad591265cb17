import { createMessage } from '@sluice/shared/message/message.ts';
import type { Message } from '@sluice/shared/message/message.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from './createSandbox.ts';
import type { FailureReason, Limits } from './sandbox.ts';

// Code that never ends has a low limit; all other a wide one, so that a busy machine does not fail the test.
const SHORT = { timeoutMs: 50 };
const WIDE = { timeoutMs: 10_000 };
const sandbox = createSandbox({ limits: { ...WIDE, memoryMb: 16 }, residentMb: 300 });
const good = sandbox.compile('good flow', 'good', {
  kind: 'function',
  code: 'message.payload += 1; return message.payload',
  outputs: 1,
});
beforeAll(async () => {
  await good.run([message(0)]);
});
afterAll(() => sandbox.close());

function message(payload: number): Message {
  return createMessage({ id: 'm', time: 1, payload });
}

/** Runs bad code, and the good code of another flow beside it and after it. Gives what became of the bad one. */
async function attack(name: string, code: string, limits: Partial<Limits>): Promise<string> {
  const bad = sandbox.compile(name, 'bad', { kind: 'function', code, outputs: 1 }, limits);
  const [[outcome], beside] = await Promise.all([bad.run([message(1)]), good.run([message(1), message(2)])]);
  const started = performance.now();
  const after = await good.run([message(3)]);
  const servedAgainMs = performance.now() - started;
  bad.close();
  expect(beside).toEqual([2, 3].map((value) => ({ ok: true, value, logs: [] })));
  expect(after).toEqual([{ ok: true, value: 4, logs: [] }]);
  expect(servedAgainMs).toBeLessThan(1000);
  if (outcome === undefined) throw new Error('There was no outcome.');
  if (outcome.ok) return JSON.stringify(outcome.value);
  return `${outcome.reason}: ${outcome.sentence}`;
}

interface Attack {
  readonly name: string;
  readonly code: string;
  /** Why the message fails; more than one where it depends on the speed of the machine which limit comes first. */
  readonly ends: readonly FailureReason[];
  /** What the sentence says. */
  readonly says?: RegExp;
  readonly limits?: Partial<Limits>;
}

const ROOM_FOR_MEMORY = { timeoutMs: 3000 };
const TOO_LONG = /ran longer than 50 ms.*loop that never ends/;
const TWICE = /only be stopped by ending the sandbox, twice/;

const attacks: Attack[] = [
  { name: 'an endless loop', code: 'while (true) {}', ends: ['timeout'], says: TOO_LONG },
  {
    name: 'an endless built-in: indexOf',
    code: 'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
    ends: ['poison'],
    says: TWICE,
  },
  {
    name: 'an endless built-in: fill',
    code: 'return Array(2 ** 32 - 1).fill(0)',
    ends: ['poison'],
    says: TWICE,
  },
  {
    name: 'BigInt powers',
    code: 'let x = 3n ** 100000n; for (;;) x = x * x',
    ends: ['poison', 'error', 'memory'],
  },
  {
    name: 'padEnd that fills memory',
    code: "const all = []; for (;;) all.push('x'.padEnd(2 ** 20, String(all.length)).split(''))",
    ends: ['memory', 'poison'],
    limits: ROOM_FOR_MEMORY,
  },
  {
    name: 'an object that grows by keys',
    code: "const o = {};\nfor (let i = 0; ; i++) o['k' + i] = i",
    ends: ['memory', 'poison'],
    limits: ROOM_FOR_MEMORY,
  },
  {
    name: 'text taken apart at once, which aborts the process',
    code: "return 'x'.repeat(2 ** 29 - 24).split('').length",
    ends: ['poison', 'memory'],
    limits: ROOM_FOR_MEMORY,
  },
  {
    name: 'resizable buffers, which no limit of the isolate counts',
    code: `const keep = [];
      for (;;) {
        const b = new ArrayBuffer(1, { maxByteLength: 2 ** 30 });
        b.resize(2 ** 28); new Uint8Array(b).fill(1); keep.push(b);
      }`,
    ends: ['poison', 'error'],
    limits: ROOM_FOR_MEMORY,
  },
  {
    name: 'typed arrays',
    code: 'const keep = []; for (;;) keep.push(new Float64Array(1e6).fill(1))',
    ends: ['error', 'memory'],
    limits: ROOM_FOR_MEMORY,
  },
  {
    name: 'doubling text',
    code: "let s = 'x'; for (;;) s += s",
    ends: ['error'],
    says: /Invalid string length/,
  },
  { name: 'an error whose getters loop', code: 'throw { get message() { for (;;) ; } }', ends: ['timeout'] },
  {
    name: 'an error whose getters throw',
    code: 'throw { get message() { throw this } }',
    ends: ['error'],
    says: /cannot be read/,
  },
  {
    name: 'a stack that loops',
    code: "Error.prepareStackTrace = () => { for (;;) ; }; throw new Error('x')",
    ends: ['timeout'],
  },
  {
    name: 'an error with a huge message',
    code: "throw new Error('x'.repeat(2 ** 28))",
    ends: ['error', 'timeout', 'memory', 'poison'],
  },
  {
    name: 'an async function',
    code: 'return (async () => message)()',
    ends: ['error'],
    says: /without async or await/,
  },
  {
    name: 'await without end, after the result is out',
    code: '(async () => { for (;;) await 0 })(); return message',
    ends: ['timeout', 'poison'],
  },
  {
    name: 'microtasks without end',
    code: 'const again = () => Promise.resolve().then(again); again(); return message',
    ends: ['timeout', 'poison'],
  },
  {
    name: 'everything made a promise',
    code: 'Object.prototype.then = (f) => f(f); return message',
    ends: ['error'],
    says: /promise/,
  },
  {
    name: 'an escape by constructor',
    code: "return message.constructor.constructor('return process')().exit(1)",
    ends: ['error'],
    says: /process is not defined/,
  },
  { name: 'an escape by import', code: "return import('node:fs')", ends: ['error'] },
  {
    name: 'a proxy as the result',
    code: 'return new Proxy({}, { get() { for (;;) ; }, ownKeys() { for (;;) ; } })',
    ends: ['timeout'],
  },
  {
    name: 'a regular expression that backtracks, of the kind that needs it',
    code: "return /^(a+)+\\1$/.test('a'.repeat(50) + 'b')",
    ends: ['timeout'],
  },
  {
    name: 'recursion',
    code: 'const f = () => f() + 1; return f()',
    ends: ['error'],
    says: /^error: Line 1: RangeError/,
  },
  { name: 'a huge result', code: "return 'x'.repeat(2e6)", ends: ['too-large'], says: /at most 1000000/ },
  {
    name: 'a deep result',
    code: 'let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a',
    ends: ['too-large'],
    says: /100 levels/,
  },
  {
    name: 'a cyclic result',
    code: 'message.self = message; return message',
    ends: ['error'],
    says: /circular/,
  },
  { name: 'a result whose toJSON loops', code: 'return { toJSON() { for (;;) ; } }', ends: ['timeout'] },
  {
    name: 'an endless iterator',
    code: 'return [...{ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }]',
    ends: ['timeout', 'memory'],
  },
  { name: 'a flood of logs', code: "for (;;) console.log('x'.repeat(1000))", ends: ['timeout'] },
];

describe('hostile code', () => {
  it.each(attacks)(
    '[EN13] $name: the user reads what happened, other flows go on',
    async ({ name, code, ends, says, limits }) => {
      const isEndless = ends.includes('timeout') || ends.includes('poison');
      const told = await attack(name, code, limits ?? (isEndless ? SHORT : WIDE));
      expect(ends.some((reason) => told.startsWith(`${reason}: `)) ? 'as expected' : told).toBe(
        'as expected',
      );
      expect(told).toMatch(says ?? /: .{20}/);
    },
  );

  it('[EN13] a regular expression that would backtrack is matched in linear time', async () => {
    expect(await attack('regex', "return /^(a+)+$/.test('a'.repeat(50) + 'b')", WIDE)).toBe('false');
  });
});

describe('when the process dies while several flows run', () => {
  it('[EN13] the one to blame is found by running the messages alone; the others have their results and no strike', async () => {
    const slow = sandbox.compile('slow flow', 'slow', {
      kind: 'function',
      code: 'const end = Date.now() + 600; while (Date.now() < end) ; return message.payload',
      outputs: 1,
    });
    const bad = sandbox.compile('aborting flow', 'bad', {
      kind: 'function',
      code: "if (message.payload === 1) 'x'.repeat(2 ** 29 - 24).split(''); return message.payload",
      outputs: 1,
    });
    await Promise.all([slow.run([message(0)]), bad.run([message(0)])]);
    const killsBefore = sandbox.stats().kills;
    const [outcomes, ...others] = await Promise.all([
      bad.run([message(0), message(1), message(2)]),
      slow.run([message(1), message(2)]),
      slow.run([message(3)]),
    ]);
    expect(outcomes).toMatchObject([
      { ok: true, value: 0 },
      { ok: false, reason: 'poison' },
      { ok: true, value: 2 },
    ]);
    expect(others).toMatchObject([[{ value: 1 }, { value: 2 }], [{ value: 3 }]]);
    expect(sandbox.stats().kills - killsBefore).toBeGreaterThanOrEqual(2);
    expect(sandbox.stats().heldFlows).toEqual([]);
    slow.close();
    bad.close();
  });
});

describe('what hostile code leaves behind', () => {
  const tricks = {
    'JSON and prototypes replaced': `JSON.parse = JSON.stringify = () => '{'; Reflect.apply = null;
      String.prototype.slice = Array.prototype.map = Function.prototype.call = null; String = Error = null;`,
    'setters and iterators on Array.prototype': `Object.defineProperty(Array.prototype, '0', { set() { throw 1 } });
      Array.prototype[Symbol.iterator] = function* () { for (;;) yield 1 };`,
    'getters on Object.prototype': `for (const key of ['ok', 'logs', 'reason', 'payload', 'toString', '0'])
      Object.defineProperty(Object.prototype, key, { get() { throw 1 }, set() { throw 1 } });`,
    'globals deleted': `for (const key of Object.getOwnPropertyNames(globalThis)) {
      try { globalThis[key] = null; delete globalThis[key] } catch {} }`,
  };

  it.each(Object.entries(tricks))(
    '[EN13] %s: later messages come through, and other programs of the flow see nothing of it',
    async (name, trick) => {
      const bad = sandbox.compile(name, 'bad', {
        kind: 'function',
        code: `if (message.payload === 1) { ${trick} }\nreturn [message.payload]`,
        outputs: 1,
      });
      const friend = sandbox.compile(name, 'friend', {
        kind: 'function',
        code: 'return [...[message.payload]].map((n) => JSON.stringify({ n }).slice(1))',
        outputs: 1,
      });
      const expression = sandbox.compile(name, 'expression', { kind: 'expression', source: 'payload + 1' });
      for (const payload of [1, 2]) {
        expect(await bad.run([message(payload), message(7)])).toMatchObject([
          { ok: true, value: [payload] },
          { ok: true, value: [7] },
        ]);
        expect(await friend.run([message(payload)])).toMatchObject([
          { ok: true, value: [`"n":${payload}}`] },
        ]);
        expect(await expression.run([message(payload)])).toMatchObject([{ ok: true, value: payload + 1 }]);
      }
      for (const program of [bad, friend, expression]) program.close();
    },
  );
});
