import { SluiceError } from '@sluice/shared/errors.ts';
import { expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { notifyForm } from './form.ts';
import { createRate, MAX_DEVICES } from './rate.ts';
import { notifyRunner } from './run.ts';
import { notifyNode } from './schema.ts';

const mail = { channel: 'email', connection: 'mail', to: 'a@example.com, b@example.com' };
const hook = { channel: 'webhook', url: 'http://hook.test/x' };
const start = (config: object) => startNode({ definition: notifyNode }, notifyRunner, config);
const problems = (config: object) => notifyNode.problems?.(notifyNode.config.parse(config));
const ports = (sent: readonly { readonly port: string }[]) => sent.map(({ port }) => port);

it('sends a mail with what the message says', async () => {
  const bench = start({
    ...mail,
    subject: { path: 'payload.s' },
    text: { template: '{{device}}: {{payload.t}}' },
  });
  await bench.receive([{ device: 'd', payload: { s: 'Hot\r\nBcc: x@example.com', t: 9 } }]);
  expect(bench.world.outside.mails).toEqual([
    { to: 'a@example.com, b@example.com', subject: 'Hot Bcc: x@example.com', text: 'd: 9' },
  ]);
  expect(ports(bench.sent)).toEqual(['out']);
});

it('calls a webhook with text, device, value, time and flow', async () => {
  const bench = start({ ...hook, text: 'Look' });
  await bench.receive([{ device: 'd', topic: 't', payload: { t: 9 } }]);
  const [request] = bench.world.outside.http.requests;
  expect(request).toMatchObject({ method: 'POST', url: 'http://hook.test/x' });
  expect(JSON.parse(String(request?.body))).toEqual({
    text: 'Look',
    device: 'd',
    topic: 't',
    value: { t: 9 },
    time: '2026-01-01T00:00:00.000Z',
    flow: 'Flow',
  });
});

it('holds back by device, and lets through when the time is over', async () => {
  const bench = start({ ...mail, atMostEvery: '1m' });
  await bench.receive([{ device: 'a' }, { device: 'a' }, { device: 'b' }]);
  expect(ports(bench.take())).toEqual(['out', 'held', 'out']);
  await bench.advance(60_000);
  await bench.receive([{ device: 'a' }]);
  expect(ports(bench.take())).toEqual(['out']);
});

it('[EN7] a server that refuses is an error, and does not use up the turn', async () => {
  const bench = start({ ...mail, atMostEvery: '1m' });
  bench.world.outside.failNextWrite(new Error('The mail server refuses.'));
  await bench.receive([{ device: 'a' }, { device: 'a' }]);
  expect(ports(bench.sent)).toEqual(['error', 'out']);
  const refused = start(hook);
  refused.world.outside.http.answerWith(() => ({ status: 404 }));
  await refused.receive([{}]);
  expect(refused.sent[0]?.message.headers['error']).toBe('POST http://hook.test/x answered 404.');
});

it('[EN8] a mail server that is away is tried again, which does not use up the turn', async () => {
  const bench = start({ ...mail, atMostEvery: '1m' });
  bench.world.outside.failNextWrite(new SluiceError('target-away', 'The mail server is away.'));
  await bench.receive([{ id: '1', device: 'a' }]);
  expect([bench.sent, bench.later]).toMatchObject([[], [{ message: { id: '1' } }]]);
  await bench.receive([{ id: '1', device: 'a' }]);
  expect(ports(bench.take())).toEqual(['out']);
});

it('[EN8] a try that fails leaves the turn before it as it was', async () => {
  const bench = start({ ...mail, atMostEvery: '1m' });
  await bench.receive([{ device: 'a' }]);
  await bench.advance(60_000);
  bench.world.outside.failNextWrite(new SluiceError('target-away', 'The mail server is away.'));
  await bench.receive([{ device: 'a' }]);
  await bench.receive([{ device: 'a' }]);
  expect(ports(bench.sent)).toEqual(['out', 'out']);
});

it('[EN8] a webhook that is busy is tried again, with how long it asks to be left alone', async () => {
  const bench = start(hook);
  bench.world.outside.http.answerWith(() => ({ status: 429, headers: { 'retry-after': '7' } }));
  await bench.receive([{}]);
  expect(bench.sent).toEqual([]);
  expect(bench.later[0]?.sentence).toBe(
    'POST http://hook.test/x answered 429. It asks to be left alone for 7 s.',
  );
});

it('remembers a bounded number of devices', () => {
  const rate = createRate(1_000);
  for (let at = 0; at <= MAX_DEVICES; at += 1) rate.take(`device-${at}`, at / MAX_DEVICES);
  expect(rate.take('device-0', 2)).toBe(true);
  expect(rate.take(`device-${MAX_DEVICES}`, 2)).toBe(false);
});

it('says what is wrong with the channel that is chosen', () => {
  expect(problems({})).toMatchObject([{ field: 'connection' }, { field: 'to' }]);
  expect(problems({ ...mail, to: 'a@example.com, nobody' })).toMatchObject([{ field: 'to' }]);
  expect(problems({ channel: 'webhook' })).toMatchObject([{ field: 'url' }]);
  expect(problems({ channel: 'webhook', url: 'hook.test' })).toMatchObject([{ field: 'url' }]);
  expect(problems(mail)).toEqual([]);
  expect(problems(hook)).toEqual([]);
});

it('reads as a sentence', () => {
  const sentence = (config: object) => notifyForm.sentence(notifyNode.config.parse(config));
  expect(sentence({})).toBe('e-mail, to nobody yet');
  expect(sentence({ ...mail, atMostEvery: '10m' })).toBe(
    'e-mail to a@example.com and 1 more, at most every 10 min',
  );
  expect(sentence(hook)).toBe('POST http://hook.test/x');
});
