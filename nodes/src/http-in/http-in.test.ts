import type { Message } from '@sluice/shared/message/message.ts';
import type { Settled } from '@sluice/shared/node/implementNode.ts';
import { expect, it } from 'vitest';
import { moveTo, createWorld } from '../testingWorld.ts';
import { httpInForm } from './form.ts';
import { httpInRunner } from './run.ts';
import { httpInNode } from './schema.ts';

const parse = (config: object) => httpInNode.config.parse(config);

/** A flow that settles when told, and has room when told. */
async function start(config: object = {}) {
  const world = createWorld();
  const source = httpInRunner.create(parse(config) as never, world.context);
  const taken: { readonly message: Message; readonly settle: (outcome: Settled) => void }[] = [];
  const flow = { hasRoom: true, room: () => undefined as void };
  const push = (_port: string, message: Message, settle: (outcome: Settled) => void = () => undefined) => {
    taken.push({ message, settle });
    return flow.hasRoom;
  };
  const onRoom = (listener: () => void) => {
    flow.room = listener;
    return () => undefined;
  };
  const stop = await source.start({ push, pushAll: () => true, fail: () => true, onRoom });
  const { http } = world.outside;
  const post = (text: string, type = 'application/json', path = '/messages') =>
    http.call({ method: 'POST', path, text, headers: { 'content-type': type } });
  const answers = () =>
    [...http.answers.values()].map(({ status, body }) => [status, JSON.parse(String(body)) as unknown]);
  return { world, taken, flow, stop, http, post, answers };
}

it('[EN6] the caller gets 200 when the message is through, not before', async () => {
  const { post, taken, answers } = await start();
  post('{"a":1}');
  expect(answers()).toEqual([]);
  taken[0]?.settle('done');
  expect(answers()).toEqual([[200, { ok: true }]]);
});

it('[EN6] a message that the flow refused is not confirmed: the caller is asked to send it again', async () => {
  const { post, taken, http } = await start();
  post('{}');
  taken[0]?.settle('refused');
  expect([...http.answers.values()]).toMatchObject([{ status: 503, headers: { 'retry-after': '5' } }]);
});

it('[EN5] a flow without room answers 503 with Retry-After until it has room again', async () => {
  const { post, taken, flow, http } = await start();
  flow.hasRoom = false;
  post('1');
  post('2');
  expect(taken).toHaveLength(1);
  expect([...http.answers.values()]).toMatchObject([{ status: 503, headers: { 'retry-after': '5' } }]);
  flow.hasRoom = true;
  flow.room();
  post('3');
  expect(taken.map(({ message }) => message.payload)).toEqual([1, 3]);
});

it('waits for an HTTP response node, and says 504 when none answered in time', async () => {
  const { post, taken, answers, world } = await start({ answer: 'by-node', timeout: '10s' });
  post('{}');
  taken[0]?.settle('done');
  moveTo(world, world.now + 9_999, () => undefined);
  expect(answers()).toEqual([]);
  moveTo(world, world.now + 1, () => undefined);
  expect(answers()).toEqual([
    [504, { error: 'No HTTP response node of the flow answered this request within 10s.' }],
  ]);
});

it('a message that is stuck is answered with 504 when time is up', async () => {
  const { post, answers, world } = await start({ timeout: '1s' });
  post('{}');
  moveTo(world, world.now + 1_000, () => undefined);
  expect(answers()).toEqual([[504, { error: 'The message was not through the flow within 1s.' }]]);
});

it.each([
  ['application/json', '{"a":1}', { a: 1 }],
  ['application/cloudevents+json; charset=utf-8', '[1]', [1]],
  [
    'application/x-www-form-urlencoded',
    'a=1&__proto__=x',
    Object.fromEntries([
      ['a', '1'],
      ['__proto__', 'x'],
    ]),
  ],
  ['text/plain', '{"a":1}', '{"a":1}'],
  ['', 'hello', 'hello'],
  ['application/json', '', null],
])('a body of type %s is read as such', async (type, text, payload) => {
  const { post, taken } = await start();
  post(text, type);
  expect(taken[0]?.message.payload).toEqual(payload);
});

it('a broken body is answered with 400 and a sentence, and makes no message', async () => {
  const { post, taken, answers } = await start();
  post('{"a":');
  expect(taken).toEqual([]);
  expect(answers()).toEqual([[400, { error: 'The payload is not JSON: {"a":' }]]);
});

it('parts of the path and the query are headers, and :device is the device', async () => {
  const { http, taken } = await start({ method: 'GET', path: '/sites/:site/:device' });
  http.call({ method: 'GET', path: '/sites/hall/pump', query: { unit: 'bar' }, id: 'r1' });
  expect(taken[0]?.message).toMatchObject({
    device: 'pump',
    topic: '/sites/hall/pump',
    headers: { requestId: 'r1', param_site: 'hall', param_device: 'pump', query_unit: 'bar', method: 'GET' },
  });
});

it('[EN12] a stopped flow leaves no caller without an answer', async () => {
  const { post, taken, stop, answers } = await start({ answer: 'by-node' });
  post('1');
  post('2');
  taken[0]?.settle('done');
  await stop();
  const stopped = [503, { error: 'The flow was stopped before it answered this request.' }];
  expect(answers()).toEqual([stopped]);
  taken[1]?.settle('done');
  expect(answers()).toEqual([stopped, stopped]);
});

it('stop leaves no timer and serves nothing', async () => {
  const { post, stop, world, http } = await start();
  post('{}');
  await stop();
  await stop();
  expect(world.appointments.size).toBe(0);
  expect(http.served()).toEqual([]);
});

it.each(['orders', '/a b', '/:x/:x', '/a?b', '/a//%'])('the path %s is refused with a sentence', (path) => {
  expect(httpInNode.problems?.(parse({ path }))).toMatchObject([{ field: 'path' }]);
});

it('reads as a sentence', () => {
  expect(httpInNode.problems?.(parse({ path: '/orders/:order' }))).toEqual([]);
  expect(httpInForm.sentence(parse({ method: 'GET', path: '/orders/:order' }))).toBe('GET /orders/:order');
});
