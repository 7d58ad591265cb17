import { expect, it } from 'vitest';
import { changeNode } from './schema.ts';
import { changeForm } from './form.ts';
import { changeRunner } from './run.ts';
import { startNode } from '../testing.ts';

const start = (config: object) => startNode({ definition: changeNode }, changeRunner, config);
const sentence = (config: object) => changeForm.sentence(changeNode.config.parse(config));
const problems = (config: object) => changeNode.problems?.(changeNode.config.parse(config)) ?? [];

async function changed(config: object, message: object) {
  const bench = start(config);
  await bench.receive([message]);
  return bench.sent[0];
}

it('sets before it deletes, and deletes before it moves', async () => {
  const config = {
    move: [{ from: 'payload.b', to: 'payload.c' }],
    delete: ['payload.a'],
    set: [
      { path: 'payload.b', to: { path: 'payload.a' } },
      { path: 'payload.d', to: { path: 'payload.b' } },
    ],
  };
  const sent = await changed(config, { payload: { a: 1 } });
  expect(sent?.message.payload).toEqual({ c: 1, d: 1 });
});

it('leaves the message that came in as it was, and shares what it did not touch', async () => {
  const payload = Object.freeze({ a: Object.freeze({ x: 1 }), b: Object.freeze({ y: 2 }) });
  const sent = await changed({ set: [{ path: 'payload.a.x', to: 5 }] }, { payload });
  expect(payload.a.x).toBe(1);
  expect(sent?.message.payload).toEqual({ a: { x: 5 }, b: { y: 2 } });
  expect(Object.values(sent?.message.payload ?? {})[1]).toBe(payload.b);
});

it('keeps id, time, device and headers when it sets the topic', async () => {
  const sent = await changed(
    { set: [{ path: 'topic', to: { template: 'a/{{device}}/{{payload.n}}' } }] },
    { id: 'x', time: 5, device: 'd', payload: { n: 1 }, headers: { qos: 1 }, topic: 'old' },
  );
  expect(sent?.message).toMatchObject({
    id: 'x',
    topic: 'a/d/1',
    device: 'd',
    payload: { n: 1 },
    headers: { qos: 1 },
  });
});

it('moves a whole field of the message, and leaves the target when there is nothing to move', async () => {
  const move = [{ from: 'payload.when', to: 'time' }];
  expect((await changed({ move }, { payload: { when: 77 } }))?.message).toMatchObject({
    time: 77,
    payload: {},
  });
  const nothing = await changed({ move: [{ from: 'payload.x', to: 'payload.y' }] }, { payload: { y: 1 } });
  expect(nothing?.message.payload).toEqual({ y: 1 });
});

it('[EN7] a value that is not there is an error of that message alone', async () => {
  const bench = start({ set: [{ path: 'payload.b', to: { path: 'payload.a' } }] });
  await bench.receive([{ payload: {} }, { payload: { a: 1 } }]);
  expect(bench.sent.map(({ port }) => port)).toEqual(['error', 'out']);
  expect(bench.sent[0]?.message.headers['error']).toBe(
    'payload.b is not set: set[0] has no value for this message. Check where it comes from.',
  );
});

it.each(['soon', null, Number.NaN])('refuses %s as a time', async (when) => {
  const sent = await changed({ move: [{ from: 'payload.when', to: 'time' }] }, { payload: { when } });
  expect(sent?.port).toBe('error');
});

it('a key __proto__ is a field like any other', async () => {
  const sent = await changed({ set: [{ path: 'payload.__proto__.admin', to: true }] }, { payload: {} });
  expect(Object.keys(sent?.message.payload as object)).toEqual(['__proto__']);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

it('says what is wrong with its settings', () => {
  expect(problems({})).toMatchObject([{ field: 'set', severity: 'warning' }]);
  expect(problems({ set: [{ path: 'id', to: 1 }] })).toMatchObject([{ field: 'set[0].path' }]);
  expect(problems({ delete: ['payload.a', 'id'] })).toMatchObject([{ field: 'delete[1]' }]);
  expect(changeNode.config.safeParse({ set: [{ path: 'msg.payload', to: 1 }] }).success).toBe(false);
});

it('reads as a sentence', () => {
  expect(sentence({})).toBe('changes nothing');
  expect(sentence({ set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] })).toBe(
    'topic = “alerts/{{device}}”',
  );
  expect(sentence({ delete: ['payload.a'], move: [{ from: 'payload.b', to: 'payload.c' }] })).toBe(
    'without payload.a and 1 more',
  );
});

it('[EN7] refuses to lose a payload that is no object', async () => {
  const sent = await changed({ set: [{ path: 'payload.unit', to: '°C' }] }, { payload: 21.5 });
  expect(sent).toMatchObject({ port: 'error', message: { payload: 21.5 } });
  expect(sent?.message.headers['error']).toBe(
    'payload.unit is not set: payload holds something else already, which would be lost.',
  );
});
