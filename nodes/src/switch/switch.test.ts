import { describe, expect, it } from 'vitest';
import { switchNode } from './schema.ts';
import { switchRunner } from './run.ts';
import { startNode } from '../testing.ts';

const start = (config: object) => startNode({ definition: switchNode }, switchRunner, config);
const problems = (config: object) => switchNode.problems?.(switchNode.config.parse(config)) ?? [];

async function portFor(rule: object, payload: unknown): Promise<string> {
  const bench = start({ rules: [{ value: 'payload.v', ...rule }] });
  await bench.receive([{ payload }]);
  return bench.sent.map(({ port }) => port).join();
}

describe('operators', () => {
  it.each([
    [{ operator: '==', to: 5 }, [5], [6, '5', null, true, undefined]],
    [
      { operator: '==', to: { a: [1, { b: 2 }] } },
      [{ a: [1, { b: 2 }] }],
      [{ a: [1, { b: 3 }] }, { a: [1] }, {}],
    ],
    [{ operator: '!=', to: 'on' }, ['off', 1, undefined], ['on']],
    [{ operator: '<', to: 5 }, [4, -1e9], [5, 6]],
    [{ operator: '<=', to: 5 }, [4, 5], [5.1]],
    [{ operator: '>', to: 5 }, [5.1], [5]],
    [{ operator: '>=', to: 5 }, [5], [4.9]],
    [{ operator: 'between', to: 2, upper: 4 }, [2, 3, 4], [1.9, 4.1]],
    [{ operator: 'contains', to: 'ab' }, ['xaby', ['x', 'ab']], ['ba', ['abc'], []]],
    [{ operator: 'matches', to: '^p\\d+$' }, ['p12'], ['xp12', 'p', '']],
    [{ operator: 'true' }, [true], [false]],
    [{ operator: 'false' }, [false], [true]],
    [{ operator: 'empty' }, [undefined, null, '', [], {}], [0, false, ' ', [0], { a: 1 }]],
    [{ operator: 'exists' }, [null, 0, ''], [undefined]],
    [{ operator: 'type', to: 'number' }, [1], ['1', null]],
    [{ operator: 'type', to: 'text' }, [''], [1]],
    [{ operator: 'type', to: 'list' }, [[]], [{}]],
    [{ operator: 'type', to: 'null' }, [null], [undefined]],
    [{ operator: 'type', to: 'missing' }, [undefined], [null]],
  ])('%j', async (rule, fitting, others) => {
    for (const v of fitting) expect(await portFor(rule, { v }), JSON.stringify(v)).toBe('rule1');
    for (const v of others) expect(await portFor(rule, { v }), JSON.stringify(v)).toBe('otherwise');
  });

  it.each([
    [{ operator: '>', to: 5 }, ['6', null, undefined, true, Number.NaN]],
    [{ operator: 'between', to: 1, upper: 2 }, ['1']],
    [{ operator: 'true' }, ['true', 1, undefined]],
    [{ operator: 'matches', to: 'a' }, [1, null, undefined]],
    [{ operator: 'contains', to: 'a' }, [1, undefined, { a: 1 }]],
    [{ operator: '>', to: { path: 'payload.limit' } }, [5]],
  ])('[EN7] %j: what does not fit is an error, not a “no”', async (rule, odd) => {
    for (const v of odd) expect(await portFor(rule, { v }), JSON.stringify(v)).toBe('error');
  });

  it('finds inherited names nowhere', async () => {
    expect(await portFor({ operator: 'exists', value: 'payload.constructor' }, {})).toBe('otherwise');
  });

  it('a pattern that would take for ever elsewhere takes no time', async () => {
    expect(await portFor({ operator: 'matches', to: '^(a+)+$' }, { v: `${'a'.repeat(50_000)}!` })).toBe(
      'otherwise',
    );
  });
});

describe('rules', () => {
  const rules = [
    { value: 'payload.v', operator: '>', to: 10 },
    { value: 'payload.v', operator: '>', to: 5 },
  ];

  it('first: the first that fits, in order of the messages', async () => {
    const bench = start({ rules });
    await bench.receive([11, 7, 1, 12].map((v) => ({ payload: { v } })));
    expect(bench.sent.map(({ port, message }) => [port, message.id])).toEqual([
      ['rule1', 'm1'],
      ['rule1', 'm4'],
      ['rule2', 'm2'],
      ['otherwise', 'm3'],
    ]);
  });

  it('all: every one that fits', async () => {
    const bench = start({ rules, mode: 'all' });
    await bench.receive([{ payload: { v: 11 } }, { payload: { v: 1 } }]);
    expect(bench.sent.map(({ port }) => port)).toEqual(['rule1', 'rule2', 'otherwise']);
  });

  it('all: a rule that fails sends the message to error only', async () => {
    const bench = start({
      mode: 'all',
      rules: [{ operator: 'exists' }, { value: 'payload.v', operator: '>', to: 1 }],
    });
    await bench.receive([{ payload: { value: 1 } }]);
    expect(bench.sent.map(({ port }) => port)).toEqual(['error']);
  });

  it('has one output for each rule, titled by it', () => {
    const outputs = switchNode.outputs;
    const ports = typeof outputs === 'function' ? outputs(switchNode.config.parse({ rules })) : [];
    expect(ports.map(({ name, title }) => [name, title])).toEqual([
      ['rule1', 'payload.v > 10'],
      ['rule2', 'payload.v > 5'],
      ['otherwise', 'Otherwise'],
    ]);
  });
});

describe('settings', () => {
  it.each([
    [{ operator: '>' }, 'rules[0].to', 'Rule 1: Say what the value is compared with.'],
    [{ operator: '>', to: '5' }, 'rules[0].to', 'Rule 1: This comparison needs a number.'],
    [{ operator: 'between', to: 5 }, 'rules[0].upper', 'Rule 1: “Between” has two ends. Give the upper one.'],
    [{ operator: 'type', to: 'string' }, 'rules[0].to', 'Rule 1: Choose one of number, text'],
    [{ operator: 'matches', to: '(?=a)' }, 'rules[0].to', 'Rule 1: Patterns have no look-ahead'],
    [{ operator: 'matches', to: '(' }, 'rules[0].to', 'Rule 1: The pattern cannot be read.'],
  ])('%j is a problem', (rule, field, sentence) => {
    expect(problems({ rules: [rule] })).toMatchObject([{ field }]);
    expect(problems({ rules: [rule] })[0]?.sentence).toContain(sentence);
  });

  it('without a rule there is a warning', () => {
    expect(problems({ rules: [] })).toMatchObject([{ severity: 'warning' }]);
  });

  it('a pattern that RE2 does not take keeps the node from starting, with a sentence', () => {
    expect(() => start({ rules: [{ operator: 'matches', to: '(?<n>a' }] })).toThrow(/^The pattern “/);
  });
});
