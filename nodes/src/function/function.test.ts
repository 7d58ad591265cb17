import type { Json } from '@sluice/shared/message/message.ts';
import type { ProgramResult, ProgramSource } from '@sluice/shared/node/context.ts';
import { expect, it } from 'vitest';
import { functionForm } from './form.ts';
import { functionRunner } from './run.ts';
import { functionNode } from './schema.ts';
import { startNode } from '../testing.ts';
import { createWorld } from '../testingWorld.ts';

const INPUT = { id: 'i', topic: 't', device: 'd', headers: { qos: 1 }, payload: 0 };

/** What the node does with what code gave back. The code itself is run, in the real sandbox, by a test of the runtime. */
async function given(results: readonly ProgramResult[], outputs = 1) {
  const asked: ProgramSource[] = [];
  const world = createWorld({
    program: (source) => {
      asked.push(source);
      return { run: (messages) => Promise.resolve(results.slice(0, messages.length)) };
    },
  });
  const bench = startNode(
    { definition: functionNode },
    functionRunner,
    { code: 'return message;', outputs },
    world,
  );
  await bench.receive(results.map(() => INPUT));
  return { ...bench, asked };
}
const value = (result: unknown): ProgramResult => ({ ok: true, value: result as Json, logs: [] });

it('[EN13] asks the sandbox for its code and nothing else', async () => {
  const { asked } = await given([value(null)], 2);
  expect(asked).toEqual([{ kind: 'function', code: 'return message;', outputs: 2 }]);
});

it('a message has what it leaves out from the one that came in', async () => {
  const { sent } = await given([value({ payload: 1 })]);
  expect(sent).toMatchObject([{ port: 'out', message: { ...INPUT, payload: 1 } }]);
});

it('a message may set each of its fields, and take the device away', async () => {
  const changed = { id: 'x', time: 5, topic: 'u', device: null, headers: {}, payload: null };
  const { sent } = await given([value(changed)]);
  expect(sent[0]?.message).toEqual({ ...changed, device: undefined });
});

it('null and nothing drop it, a list sends all of it', async () => {
  const { sent } = await given([
    value(null),
    value(undefined),
    value([{ payload: 1 }, null, { payload: 2 }]),
  ]);
  expect(sent.map(({ message }) => message.payload)).toEqual([1, 2]);
});

it('with two outputs each entry goes to its own', async () => {
  const { sent } = await given([value([null, [{ payload: 1 }, { payload: 2 }]]), value([{ payload: 3 }])], 2);
  expect(sent.map(({ port, message }) => [port, message.payload])).toEqual([
    ['out2', 1],
    ['out2', 2],
    ['out', 3],
  ]);
});

it.each([
  [5, 1, 'What the code gave back is 5.'],
  ['text', 1, 'What the code gave back is the text “text”.'],
  [{ temperature: 5 }, 1, 'What the code gave back has no payload.'],
  [[[{ payload: 1 }]], 1, 'What the code gave back is a list.'],
  [{ payload: 1, topic: 5 }, 1, 'The message given back: topic is 5. It has to be a text.'],
  [{ payload: 1, headers: { a: [] } }, 1, 'The message given back: headers is an object (a).'],
  [{ payload: 1 }, 2, 'The code has 2 outputs and gave back one object.'],
  [[null, null, { payload: 1 }], 2, 'The code gave back 3 entries, and there are 2 outputs.'],
])('[EN7] %j with %d outputs is an error of that message alone', async (result, outputs, sentence) => {
  const { sent } = await given([value(result), value(null)], outputs);
  expect(sent).toMatchObject([{ port: 'error', message: { id: 'i', payload: 0 } }]);
  expect(String(sent[0]?.message.headers['error'])).toContain(sentence);
});

it('[EN7] what the sandbox says of a failure is the error, and what was printed is shown', async () => {
  const { sent, world } = await given([
    { ok: false, sentence: 'boom (line 2).', logs: ['before'] },
    { ok: true, value: { payload: 1 }, logs: ['a', 'b'] },
  ]);
  expect(sent.map(({ port }) => port)).toEqual(['error', 'out']);
  expect(sent[0]?.message.headers['error']).toBe('boom (line 2).');
  expect(world.logs).toEqual(['before', 'a', 'b']);
});

it('[EN7] a sandbox that is not there fails the messages, not the node', async () => {
  const bench = startNode({ definition: functionNode }, functionRunner, {});
  await bench.receive([INPUT]);
  expect(bench.sent.map(({ port }) => port)).toEqual(['error']);
});

it('warns of code that gives nothing back, and shows its first comment', () => {
  const parse = (code: string) => functionNode.config.parse({ code });
  expect(functionNode.problems?.(parse('let a = 1;'))).toMatchObject([
    { field: 'code', severity: 'warning' },
  ]);
  expect(functionNode.problems?.(parse('return message;'))).toEqual([]);
  expect(functionForm.sentence(parse('// scale to bar\nreturn message;'))).toBe('scale to bar');
  expect(functionForm.sentence(parse('a();\nreturn message;'))).toBe('2 lines of JavaScript');
  expect(functionForm.sentence(parse(''))).toBe('no code');
});
