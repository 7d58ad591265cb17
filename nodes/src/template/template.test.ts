import type { Json } from '@sluice/shared/message/message.ts';
import { expect, it } from 'vitest';
import { templateRunner } from './run.ts';
import { templateNode } from './schema.ts';
import { startNode } from '../testing.ts';
import { createWorld } from '../testingWorld.ts';

/** What the node does with a rendered text. Rendering is tried, in the real sandbox, by a test of the runtime. */
async function rendered(text: Json, settings: object) {
  const world = createWorld({
    program: () => ({
      run: (messages) => Promise.resolve(messages.map(() => ({ ok: true, value: text, logs: [] }) as const)),
    }),
  });
  const bench = startNode({ definition: templateNode }, templateRunner, settings, world);
  await bench.receive([{ device: 'd', topic: 't', payload: { a: 1 } }]);
  expect(world.programs).toHaveLength(1);
  return bench.sent[0];
}

it('puts the text into its field and leaves the rest', async () => {
  expect((await rendered('hello', {}))?.message).toMatchObject({ payload: 'hello', topic: 't', device: 'd' });
  expect((await rendered('hello', { path: 'payload.text' }))?.message.payload).toEqual({
    a: 1,
    text: 'hello',
  });
  expect((await rendered('up', { path: 'topic' }))?.message.topic).toBe('up');
});

it('reads JSON when it is told to, and only then', async () => {
  expect((await rendered('{"b":2}', { as: 'json' }))?.message.payload).toEqual({ b: 2 });
  expect((await rendered('{"b":2}', {}))?.message.payload).toBe('{"b":2}');
});

it('[EN7] a result that is not JSON is an error', async () => {
  const sent = await rendered('{oops', { as: 'json' });
  expect(sent?.port).toBe('error');
  expect(sent?.message.headers['error']).toMatch(/^The result of the template is not JSON: /);
  expect(sent?.message.payload).toEqual({ a: 1 });
});

it('says what is wrong with its settings', () => {
  const problems = (settings: object) => templateNode.problems?.(templateNode.config.parse(settings)) ?? [];
  expect(problems({ template: '' })).toMatchObject([{ field: 'template', severity: 'warning' }]);
  expect(problems({ path: 'id' })).toMatchObject([{ field: 'path' }]);
});
