import type { Message } from '@sluice/shared/message/message.ts';
import { describe, expect, it } from 'vitest';
import { startNode } from '../testing.ts';
import { createWorld, moveTo } from '../testingWorld.ts';
import { cronProblem } from '@sluice/shared/message/cron.ts';
import { injectForm } from './form.ts';
import { injectRunner } from './run.ts';
import { injectNode } from './schema.ts';

const start = async (config: object, world = createWorld()) => {
  const bench = startNode({ definition: injectNode }, injectRunner, config, world);
  await bench.start();
  return bench;
};
const problems = (config: object) => injectNode.problems?.(injectNode.config.parse(config));

it('sends the time when nothing else is set, and null when null is set', async () => {
  const bench = await start({});
  bench.press();
  expect(bench.sent[0]?.message).toMatchObject({
    payload: bench.world.now,
    time: bench.world.now,
    device: undefined,
  });
  const empty = await start({ payload: null });
  empty.press();
  expect(empty.sent[0]?.message.payload).toBeNull();
});

it('keeps step, and leaves out ticks that were missed', async () => {
  const bench = await start({ when: 'interval', every: '10s', atStart: true });
  await bench.advance(20_000);
  expect(bench.take()).toHaveLength(3);
  // The machine slept for 35 s: one late tick, and then in step again.
  bench.world.now += 35_000;
  await bench.advance(0);
  expect(bench.take()).toHaveLength(1);
  await bench.advance(5_000);
  expect(bench.take()).toHaveLength(1);
});

it('[EN5] skips and counts while the flow has no room', async () => {
  const world = createWorld();
  const source = injectRunner.create(
    injectNode.config.parse({ when: 'interval', every: '1s' }) as never,
    world.context,
  );
  let taken = 0;
  const flow = { room: () => undefined as void };
  await source.start({
    push: () => (taken += 1) < 0,
    pushAll: () => true,
    fail: () => true,
    onRoom: (listener) => {
      flow.room = listener;
      return () => undefined;
    },
  });
  const advance = (ms: number) => moveTo(world, world.now + ms, () => undefined);
  advance(3_000);
  expect(taken).toBe(1);
  expect(world.statuses.at(-1)).toEqual({
    state: 'warning',
    text: 'skipped 2 messages: the flow had no room',
  });
  flow.room();
  advance(1_000);
  expect(taken).toBe(2);
});

it('stays at eight in the morning when summer time begins', async () => {
  const world = createWorld();
  // 2026-03-28T12:00Z, the day before clocks go forward in Berlin.
  world.now = Date.UTC(2026, 2, 28, 12);
  const bench = await start({ when: 'cron', cron: '0 8 * * *', zone: 'Europe/Berlin' }, world);
  await bench.advance(86_400_000);
  expect(bench.sent.map(({ message }) => message.time)).toEqual([Date.UTC(2026, 2, 29, 6)]);
});

it('close leaves no timer', async () => {
  const bench = await start({ when: 'cron', cron: '* * * * * *' });
  await bench.advance(2_000);
  await bench.close();
  expect(bench.world.appointments.size).toBe(0);
});

describe('settings', () => {
  it.each([
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/0 * * * *',
    '5-1 * * * *',
    'a * * * *',
    '5/15 * * * *',
    '',
  ])('the pattern “%s” is refused with a sentence', (pattern) => {
    expect(cronProblem(pattern)).toMatch(/^(The|In the) pattern/);
  });

  it.each([
    '* * * * *',
    '0 8 * * MON-FRI',
    '*/5 8-17 1,15 JAN-MAR *',
    '30 0 8 * * 7',
    '0 0 L * *',
    '5-59/15 * * * *',
  ])('the pattern “%s” is taken, and runs', async (cron) => {
    expect(problems({ when: 'cron', cron })).toEqual([]);
    const bench = await start({ when: 'cron', cron });
    expect(bench.world.appointments.size).toBe(1);
  });

  it('says what is wrong, for the kind that is chosen only', () => {
    expect(problems({ when: 'cron', cron: 'x', zone: 'Mars' })).toMatchObject([
      { field: 'cron' },
      { field: 'zone' },
    ]);
    expect(problems({ when: 'button', cron: 'x', zone: 'Mars' })).toEqual([]);
    expect(problems({ when: 'interval', every: '0s' })).toMatchObject([{ field: 'every' }]);
  });

  it('reads as a sentence', () => {
    const sentence = (config: object) => injectForm.sentence(injectNode.config.parse(config));
    expect(sentence({})).toBe('when pressed');
    expect(sentence({ when: 'interval', every: '1m30s', atStart: true })).toBe(
      'every 1 min 30 s, at the start too',
    );
    expect(sentence({ when: 'cron', zone: 'Europe/Berlin' })).toBe('0 8 * * * in Europe/Berlin');
  });
});

describe('ticks that were missed', () => {
  /** Runs for a while, is away for a while, and starts anew with what it kept. */
  const away = async (config: object, awayMs: number) => {
    const before = await start({ when: 'interval', every: '10s', ...config });
    await before.advance(20_000);
    await before.close();
    before.world.now += awayMs;
    const after = await start({ when: 'interval', every: '10s', ...config }, before.world);
    const started = before.world.now;
    return { after, times: after.take().map(({ message }) => message.time - started) };
  };

  it('are left out where nothing else is said', async () => {
    expect((await away({}, 35_000)).times).toEqual([]);
  });

  it('are made up for by one message, or by each with the time when it was due', async () => {
    expect((await away({ missed: 'once' }, 35_000)).times).toEqual([-5_000]);
    expect((await away({ missed: 'all' }, 35_000)).times).toEqual([-25_000, -15_000, -5_000]);
    const many = await away({ missed: 'all', every: '10ms' }, 30 * 86_400_000);
    expect([many.times.length, many.times.at(-1)]).toEqual([1_000, 0]);
  });

  it('of the calendar are found over years', async () => {
    const yearly = await away({ when: 'cron', cron: '0 0 1 1 *', missed: 'all' }, 2 * 366 * 86_400_000);
    expect(yearly.times).toHaveLength(2);
  });

  it('[EN6] are those that were not through, and none that was', async () => {
    const world = createWorld();
    const config = injectNode.config.parse({ when: 'interval', every: '10s', missed: 'all' });
    const settle: ((outcome: 'done' | 'refused') => void)[] = [];
    const made: Message[] = [];
    const intake = {
      push: (_port: string, message: Message, settled?: (outcome: 'done' | 'refused') => void) => {
        made.push(message);
        if (settled !== undefined) settle.push(settled);
        return true;
      },
      pushAll: () => true,
      fail: () => true,
      onRoom: () => () => undefined,
    };
    await injectRunner.create(config as never, world.context).start(intake);
    moveTo(world, world.now + 20_000, () => undefined);
    settle[0]?.('done');
    settle[1]?.('refused');
    made.length = 0;
    await injectRunner.create(config as never, world.context).start(intake);
    expect(made.map(({ time }) => time)).toEqual([world.now]);
  });
});
