import { SluiceError } from '@sluice/shared/errors.ts';
import { expect, it } from 'vitest';
import { waitPolicyOf } from '@sluice/shared/node/defineNode.ts';
import { startNode } from '../testing.ts';
import { moveTo } from '../testingWorld.ts';
import { httpRequestForm } from './form.ts';
import { httpRequestRunner } from './run.ts';
import { httpRequestNode } from './schema.ts';

const plain = { url: 'http://erp.test/x' };
const start = (config: object = {}) =>
  startNode({ definition: httpRequestNode }, httpRequestRunner, { ...plain, ...config });
const bytes = (text: string) => new TextEncoder().encode(text);
const problems = (config: object) => httpRequestNode.problems?.(httpRequestNode.config.parse(config));

it('passes the message on with the response as its payload', async () => {
  const bench = start();
  bench.world.outside.http.answerWith(() => ({
    status: 201,
    headers: { 'content-type': 'application/json' },
    body: bytes('{"made":1}'),
  }));
  await bench.receive([{ id: 'm', device: 'd', headers: { a: 1 }, payload: 5 }]);
  expect(bench.sent).toMatchObject([
    {
      port: 'out',
      message: {
        id: 'm',
        device: 'd',
        payload: { made: 1 },
        headers: { a: 1, status: 201, contentType: 'application/json' },
      },
    },
  ]);
});

it.each([
  [{ send: 'payload' }, { a: 1 }, '{"a":1}', 'application/json'],
  [{ send: 'payload' }, 'text', 'text', 'text/plain; charset=utf-8'],
  [{ send: 'value', body: { path: 'payload.a' } }, { a: [1] }, '[1]', 'application/json'],
  [{ send: 'none' }, { a: 1 }, undefined, undefined],
])('%j sends its body', async (config, payload, body, type) => {
  const bench = start({ method: 'POST', ...config });
  await bench.receive([{ payload }]);
  const [request] = bench.world.outside.http.requests;
  expect([request?.body, request?.headers['content-type']]).toEqual([body, type]);
});

it('fills in address and headers from the message', async () => {
  const bench = start({
    url: { template: 'http://erp.test/{{device}}' },
    headers: [{ name: 'X-Topic', value: { path: 'topic' } }],
  });
  await bench.receive([{ device: 'pump', topic: 't' }]);
  expect(bench.world.outside.http.requests).toMatchObject([
    { url: 'http://erp.test/pump', headers: { 'x-topic': 't' } },
  ]);
});

it('[EN7] a status of 400 or more fails with what the server said, or passes on when told', async () => {
  const failing = start();
  failing.world.outside.http.answerWith(() => ({ status: 422, body: bytes('no such order') }));
  await failing.receive([{ payload: 5 }]);
  expect(failing.sent).toMatchObject([{ port: 'error', message: { payload: 5 } }]);
  expect(failing.sent[0]?.message.headers['error']).toBe(
    'GET http://erp.test/x answered 422: no such order.',
  );
  const passing = start({ otherStatus: 'pass' });
  passing.world.outside.http.answerWith(() => ({ status: 404 }));
  await passing.receive([{}]);
  expect(passing.sent).toMatchObject([{ port: 'out', message: { payload: null, headers: { status: 404 } } }]);
});

it.each([408, 425, 429, 500, 503])(
  '[EN8] a status %i is tried again, unless it passes on',
  async (status) => {
    const trying = start();
    trying.world.outside.http.answerWith(() => ({ status, body: bytes('come again.') }));
    await trying.receive([{ payload: 5 }]);
    expect([trying.sent, trying.later.map(({ sentence }) => sentence)]).toEqual([
      [],
      [`GET http://erp.test/x answered ${status}: come again.`],
    ]);
    const passing = start({ otherStatus: 'pass' });
    passing.world.outside.http.answerWith(() => ({ status }));
    await passing.receive([{}]);
    expect([passing.sent, passing.later]).toMatchObject([[{ message: { headers: { status } } }], []]);
  },
);

it('[EN8] a server that is not there is tried again', async () => {
  const bench = start();
  bench.world.outside.http.answerWith(() => Promise.reject(new SluiceError('target-away', 'Nobody there.')));
  await bench.receive([{ id: 'm' }]);
  expect([bench.sent, bench.later]).toMatchObject([
    [],
    [{ message: { id: 'm' }, sentence: 'Nobody there.' }],
  ]);
});

it('gives up when time is up, and leaves no timer', async () => {
  const bench = start({ timeout: '2s' });
  const { http } = bench.world.outside;
  http.answerWith(() => Promise.reject(new Error('unreachable')));
  await bench.receive([{}]);
  expect(bench.world.appointments.size).toBe(0);
  const original = bench.world.context.http.request;
  const hanging = (_request: unknown, signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  Object.assign(bench.world.context.http, { request: hanging });
  const done = bench.receive([{}]);
  moveTo(bench.world, bench.world.now + 2_000, () => undefined);
  await done;
  Object.assign(bench.world.context.http, { request: original });
  expect(bench.sent.map(({ message }) => message.headers['error'])).toEqual(['unreachable']);
  expect(bench.later.map(({ sentence }) => sentence)).toEqual([
    'GET http://erp.test/x gave no answer within 2s.',
  ]);
  expect(bench.world.appointments.size).toBe(0);
});

it('a response that is not what it should be fails', async () => {
  const bench = start({ response: 'json' });
  bench.world.outside.http.answerWith(() => ({ body: bytes('<html>') }));
  await bench.receive([{}]);
  expect(bench.sent[0]?.message.headers['error']).toBe(
    'The response could not be read. The payload is not JSON: <html>',
  );
});

it('its own limit comes before that of the engine', () => {
  const config = httpRequestNode.config.parse({ ...plain, timeout: '1m' });
  expect(waitPolicyOf(httpRequestNode, config)?.timeoutMs).toBeGreaterThan(60_000);
});

it('says what is wrong with its settings', () => {
  expect(problems({})).toMatchObject([{ field: 'url' }]);
  expect(problems({ url: 'erp.test' })).toMatchObject([{ field: 'url' }]);
  expect(problems({ ...plain, send: 'value' })).toMatchObject([{ field: 'body' }]);
  expect(problems({ ...plain, timeout: '0s' })).toMatchObject([{ field: 'timeout' }]);
  expect(problems({ url: { path: 'payload.url' } })).toEqual([]);
});

it('reads as a sentence', () => {
  const sentence = (config: object) => httpRequestForm.sentence(httpRequestNode.config.parse(config));
  expect(sentence({})).toBe('GET, no address yet');
  expect(sentence({ method: 'POST', ...plain })).toBe('POST http://erp.test/x');
});
