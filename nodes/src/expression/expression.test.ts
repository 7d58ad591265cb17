import type { ProgramResult } from '@sluice/shared/node/context.ts';
import { expect, it } from 'vitest';
import { expressionRunner } from './run.ts';
import { expressionNode } from './schema.ts';
import { startNode } from '../testing.ts';
import { createWorld } from '../testingWorld.ts';

/** What the node does with a result. Evaluating is tried, in the real sandbox, by a test of the runtime. */
async function evaluated(result: ProgramResult, settings: object = {}) {
  const world = createWorld({
    program: () => ({ run: (messages) => Promise.resolve(messages.map(() => result)) }),
  });
  const bench = startNode({ definition: expressionNode }, expressionRunner, settings, world);
  await bench.receive([{ device: 'd', payload: { a: 1 } }]);
  return bench.sent[0];
}

it('puts the result into its field, null and false too', async () => {
  for (const value of [5, null, false, '', [], { b: 1 }])
    expect((await evaluated({ ok: true, value, logs: [] }))?.message.payload).toEqual(value);
  const inside = await evaluated({ ok: true, value: 5, logs: [] }, { path: 'payload.b.c' });
  expect(inside?.message.payload).toEqual({ a: 1, b: { c: 5 } });
});

it('[EN7] nothing, and a failure, are errors of the message as it came', async () => {
  const nothing = await evaluated({ ok: true, value: undefined, logs: [] });
  expect(nothing).toMatchObject({ port: 'error', message: { payload: { a: 1 } } });
  expect(nothing?.message.headers['error']).toMatch(/^The expression gave nothing for this message/);
  const failed = await evaluated({ ok: false, sentence: 'It does not add up.', logs: [] });
  expect(failed?.message.headers['error']).toBe('It does not add up.');
});

it('says what is wrong with its settings', () => {
  const problems = (settings: object) =>
    expressionNode.problems?.(expressionNode.config.parse(settings)) ?? [];
  expect(problems({ expression: ' ' })).toMatchObject([{ field: 'expression' }]);
  expect(problems({ path: 'id' })).toMatchObject([{ field: 'path' }]);
  expect(problems({})).toEqual([]);
});
