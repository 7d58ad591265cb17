import { describe, expect, it } from 'vitest';
import { thresholdNode } from './schema.ts';
import { thresholdForm } from './form.ts';
import { thresholdRunner } from './run.ts';
import type { Bench, TestMessage } from '../testing.ts';
import { startNode } from '../testing.ts';
import type { World } from '../testingWorld.ts';
import { createWorld } from '../testingWorld.ts';

const MINUTE = 60_000;
const start = (config: object, world?: World) =>
  startNode({ definition: thresholdNode }, thresholdRunner, config, world);
const reading = (value: unknown, device = 'd1'): TestMessage => ({ device, payload: { value } });
const ports = (bench: Bench) => bench.take().map(({ port, message }) => `${port} ${message.device}`);
const values = (bench: Bench) => bench.take().map(({ port, message }) => [port, message.payload]);
const problems = (config: object) => thresholdNode.problems?.(thresholdNode.config.parse(config)) ?? [];

describe('every message', () => {
  it.each([
    ['>', [30.1], [30, 29]],
    ['>=', [30, 31], [29.9]],
    ['<', [29.9], [30, 31]],
    ['<=', [30, 29], [30.1]],
    ['==', [30], [29, 31]],
    ['!=', [29, 31], [30]],
    ['inside', [30, 35, 40], [29.9, 40.1]],
    ['outside', [29.9, 40.1], [30, 35, 40]],
  ])('%s sorts to true and false', async (operator, yes, no) => {
    const bench = start({ operator, limit: 30, upperLimit: 40 });
    await bench.receive(yes.map((value) => reading(value)));
    expect(bench.take().map(({ port }) => port)).toEqual(yes.map(() => 'true'));
    await bench.receive(no.map((value) => reading(value)));
    expect(bench.take().map(({ port }) => port)).toEqual(no.map(() => 'false'));
  });

  it('[EN7] what is not a number leaves by error, alone, and never as false', async () => {
    const bench = start({ limit: 30 });
    const odd = [undefined, null, '31', Number.NaN, Infinity, true, [31], { value: 31 }];
    await bench.receive([reading(31), ...odd.map((value) => reading(value)), reading(29)]);
    const sent = bench.take();
    expect(sent.filter(({ port }) => port === 'error')).toHaveLength(odd.length);
    expect(sent.filter(({ port }) => port === 'true')).toHaveLength(1);
    expect(sent.filter(({ port }) => port === 'false')).toHaveLength(1);
    for (const { port, message } of sent)
      if (port === 'error') expect(message.headers['error']).toMatch(/^payload\.value is /);
  });

  it('reads the limit from the message, and says when it is not a number', async () => {
    const bench = start({ limit: { path: 'payload.max' } });
    await bench.receive([
      { payload: { value: 5, max: 4 } },
      { payload: { value: 5, max: 6 } },
      { payload: { value: 5, max: '4' } },
      { payload: { value: 5 } },
    ]);
    const sent = bench.take();
    expect(sent.filter(({ port }) => port !== 'error').map(({ port }) => port)).toEqual(['true', 'false']);
    expect(sent.flatMap(({ message }) => message.headers['error'] ?? [])).toEqual([
      'The limit is the text “4”. A number is needed; turn the text into one before this node.',
      'The limit is missing. Check the path, or that the device sends this field.',
    ]);
  });

  it('keeps no state', async () => {
    const bench = start({ limit: 30 });
    await bench.receive([reading(31), reading(29)]);
    expect(bench.world.state.size).toBe(0);
  });
});

describe('changes only', () => {
  it('sends one message for each transition, by device', async () => {
    const bench = start({ limit: 30, mode: 'change' });
    await bench.receive([reading(31), reading(32), reading(33, 'd2'), reading(29), reading(28), reading(31)]);
    expect(ports(bench)).toEqual(['raised d1', 'raised d2', 'cleared d1', 'raised d1']);
  });

  it('clears only past the limit less the dead-band', async () => {
    const bench = start({ operator: '>', limit: 30, mode: 'change', hysteresis: 2 });
    await bench.receive([31, 30, 28.1].map((value) => reading(value)));
    expect(ports(bench)).toEqual(['raised d1']);
    await bench.receive([reading(28)]);
    expect(ports(bench)).toEqual(['cleared d1']);
  });

  it.each([
    ['<', 30, undefined, [29, 31.9], 32],
    ['inside', 10, 20, [15, 8.1, 21.9], 22.1],
    ['outside', 10, 20, [21, 18.1, 9, 11.9], 12],
  ])(
    'the dead-band of %s lies on the side of the way back',
    async (operator, limit, upperLimit, held, back) => {
      const bench = start({ operator, limit, upperLimit, mode: 'change', hysteresis: 2 });
      await bench.receive(held.map((value) => reading(value)));
      expect(ports(bench)).toEqual(['raised d1']);
      await bench.receive([reading(back)]);
      expect(ports(bench)).toEqual(['cleared d1']);
    },
  );

  it('[EN10] raises when it held for the whole time, by the latest message beyond the limit', async () => {
    const bench = start({ limit: 30, mode: 'change', raiseAfter: '10m' });
    await bench.receive([reading(31)]);
    await bench.advance(5 * MINUTE);
    await bench.receive([reading(35)]);
    await bench.advance(5 * MINUTE - 1);
    expect(bench.take()).toEqual([]);
    await bench.advance(1);
    expect(values(bench)).toEqual([['raised', { value: 35 }]]);
    expect(bench.sent[0]?.message.headers).toEqual({ threshold: 'raised' });
  });

  it('starts the time again after a break', async () => {
    const bench = start({ limit: 30, mode: 'change', raiseAfter: '10m' });
    await bench.receive([reading(31)]);
    await bench.advance(9 * MINUTE);
    await bench.receive([reading(30), reading(31)]);
    await bench.advance(9 * MINUTE);
    expect(bench.take()).toEqual([]);
    await bench.advance(MINUTE);
    expect(ports(bench)).toEqual(['raised d1']);
  });

  it('does not take a bad value for a break', async () => {
    const bench = start({ limit: 30, mode: 'change', raiseAfter: '10m' });
    await bench.receive([reading(31)]);
    await bench.advance(5 * MINUTE);
    await bench.receive([reading('?')]);
    await bench.advance(5 * MINUTE);
    expect(ports(bench)).toEqual(['error d1', 'raised d1']);
  });

  it('waits on the way back too', async () => {
    const bench = start({ limit: 30, mode: 'change', clearAfter: '1m' });
    await bench.receive([reading(31), reading(29)]);
    await bench.advance(MINUTE / 2);
    await bench.receive([reading(31), reading(28)]);
    await bench.advance(MINUTE - 1);
    expect(ports(bench)).toEqual(['raised d1']);
    await bench.advance(1);
    expect(values(bench)).toEqual([['cleared', { value: 28 }]]);
  });

  it('a message at the very end of the time does not undo it, whether the timer ran before or not', async () => {
    const bench = start({ limit: 30, mode: 'change', raiseAfter: '10m' });
    await bench.receive([reading(31)]);
    bench.world.now += 10 * MINUTE;
    await bench.receive([reading(20)]);
    expect(ports(bench)).toEqual(['raised d1', 'cleared d1']);
    await bench.advance(MINUTE);
    expect(bench.take()).toEqual([]);
  });

  it('counts messages in a row', async () => {
    const bench = start({ limit: 30, mode: 'change', repeat: 3 });
    await bench.receive([31, 31, 29, 31, 31].map((value) => reading(value)));
    expect(bench.take()).toEqual([]);
    await bench.receive([reading(31)]);
    expect(ports(bench)).toEqual(['raised d1']);
  });

  it('[EN9] [EN10] goes on after a restart: no second raise, and the time ends when it was due', async () => {
    const world = createWorld();
    const config = { limit: 30, mode: 'change', raiseAfter: '10m' };
    const first = start(config, world);
    await first.receive([reading(31)]);
    await first.advance(9 * MINUTE);
    await first.close();
    const second = start(config, world);
    await second.advance(MINUTE);
    expect(values(second)).toEqual([['raised', { value: 31 }]]);
    await second.close();
    const third = start(config, world);
    await third.receive([reading(40)]);
    expect(third.take()).toEqual([]);
  });

  it('[EN9] a device that is back keeps neither state nor timer', async () => {
    const bench = start({ limit: 30, mode: 'change', raiseAfter: '1m' });
    await bench.receive([reading(31), reading(29), reading(31)]);
    await bench.advance(MINUTE);
    await bench.receive([reading(29)]);
    expect(bench.world.state.size + bench.world.timers.size).toBe(0);
  });
});

describe('settings', () => {
  it('need an upper limit for a band, not below the lower one', () => {
    expect(problems({ operator: 'inside' })).toMatchObject([{ field: 'upperLimit' }]);
    expect(problems({ operator: 'inside', limit: 5, upperLimit: 4 })[0]?.sentence).toBe(
      'The upper limit 4 is below the lower limit 5.',
    );
    expect(problems({ operator: 'inside', limit: 4, upperLimit: 5 })).toEqual([]);
  });

  it('refuse a template as a limit and a dead-band without sides', () => {
    expect(problems({ limit: { template: '{{payload.x}}' } })).toMatchObject([{ field: 'limit' }]);
    expect(problems({ operator: '==', mode: 'change', hysteresis: 1 })).toMatchObject([
      { field: 'hysteresis' },
    ]);
  });

  it.each([
    [{ limit: -15, unit: '°C', mode: 'change', raiseAfter: '10m' }, 'above −15 °C for 10 min'],
    [{ operator: 'outside', limit: 2, upperLimit: 4, unit: 'bar' }, 'outside 2 … 4 bar'],
    [
      { operator: '<', limit: { path: 'payload.min' }, mode: 'change', repeat: 3 },
      'below payload.min, 3 in a row',
    ],
  ])('read as a sentence: %s', (config, sentence) => {
    expect(thresholdForm.sentence(thresholdNode.config.parse(config))).toBe(sentence);
  });
});
