import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { httpResponseForm } from './form.ts';
import { httpResponseRunner } from './run.ts';
import { httpResponseNode } from './schema.ts';

async function answered(config: object, message: object) {
  const bench = startNode({ definition: httpResponseNode }, httpResponseRunner, config);
  const { http } = bench.world.outside;
  await bench.world.context.http.listen('GET', '/x', () => undefined);
  http.call({ method: 'GET', path: '/x', id: 'r1' });
  await bench.receive([{ headers: { requestId: 'r1' }, ...message }]);
  return { bench, answer: http.answers.get('r1') };
}

it.each([
  [{ a: 1 }, '{"a":1}', 'application/json'],
  ['text', 'text', 'text/plain; charset=utf-8'],
  [Uint8Array.of(1), Uint8Array.of(1), 'application/octet-stream'],
  [null, 'null', 'application/json'],
])('answers %j as what it is', async (payload, body, type) => {
  const { answer } = await answered({ status: 201 }, { payload });
  expect(answer).toEqual({ status: 201, headers: { 'content-type': type }, body });
});

it('sends the content type and headers that it is told', async () => {
  const { answer } = await answered(
    { contentType: 'text/csv', headers: [{ name: 'X-Device', value: { path: 'device' } }] },
    { payload: 'a,b', device: 'pump' },
  );
  expect(answer?.headers).toEqual({ 'content-type': 'text/csv', 'x-device': 'pump' });
});

it('[EN7] a request is answered once; the second message fails with a sentence', async () => {
  const { bench } = await answered({}, { payload: 1 });
  expect(bench.sent).toEqual([]);
  await bench.receive([{ headers: { requestId: 'r1' } }, { payload: 1 }]);
  expect(bench.sent.map(({ message }) => message.headers['error'])).toEqual([
    'The caller of this request is gone, or it was answered already.',
    'This message did not come from an HTTP in node: it has no headers.requestId.',
  ]);
});

it('a value cannot smuggle in another header', async () => {
  const { bench, answer } = await answered(
    { headers: [{ name: 'x', value: { path: 'payload' } }] },
    { payload: 'a\r\nset-cookie: b' },
  );
  expect(answer).toBeUndefined();
  expect(bench.sent[0]?.message.headers['error']).toBe('The header x has a line break in its value.');
  expect(httpResponseNode.config.safeParse({ headers: [{ name: 'a: b', value: '' }] }).success).toBe(false);
});

it('reads as a sentence', () => {
  const sentence = (config: object) => httpResponseForm.sentence(httpResponseNode.config.parse(config));
  expect(sentence({})).toBe('status 200');
  expect(sentence({ status: 404, contentType: 'text/plain' })).toBe('status 404, text/plain');
});
