import { describe, expect, it } from 'vitest';
import { backOffMs } from './reach.ts';
import { createPace } from './pace.ts';
import type { TestFlow } from './testFlow.ts';
import { runFlow, storeWithDisk } from './testFlow.ts';
import { drawFlow, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';

const MINUTE_MS = 60_000;

function sending(outbox: object = {}, config: object = {}) {
  const s = { type: 'send', config: { batch: 4, outbox, ...config } };
  return drawFlow({ in: 'bring', s, lost: 'pass' }, 'in>s', 's.error>lost');
}

/** Pushes numbers from `from` on, each from one of three devices. */
function push({ origin }: TestFlow, from: number, count: number): void {
  for (let number = from; number < from + count; number++) origin.push(reading(number, `d${number % 3}`));
}

const byDevice = (accepted: readonly unknown[]) =>
  [0, 1, 2].map((device) => accepted.filter((number) => Number(number) % 3 === device));

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('an outbox', () => {
  it('[EN8] keeps messages on disk while the target is away, and lets go of their source', async () => {
    const made = await runFlow(sending());
    made.lab.isAway = true;
    push(made, 0, 10);
    await made.time.runUntil(TEST_START + 1_000);
    expect(made.origin.unacknowledged()).toEqual([]);
    expect(made.store.load('flow').pending).toMatchObject([{ node: 's', count: 10 }]);
    expect(made.lab.accepted).toEqual([]);
  });

  it('[EN8] sends on what waited when the target is back, in order by key, and strikes it out', async () => {
    const made = await runFlow(sending());
    made.lab.isAway = true;
    push(made, 0, 10);
    await made.time.runUntil(TEST_START + 1_000);
    push(made, 10, 10);
    made.lab.isAway = false;
    await made.time.runUntil(TEST_START + MINUTE_MS);
    expect(byDevice(made.lab.accepted)).toEqual(byDevice(numbers(0, 20)));
    expect(made.store.load('flow').pending).toEqual([]);
    expect(made.flow.outboxes()).toEqual([]);
    expect(made.origin.outcomes).toHaveLength(20);
  });

  it('[EN8] tries with one message, less and less often, down to every half minute', async () => {
    const made = await runFlow(sending());
    made.lab.isAway = true;
    push(made, 0, 10);
    await made.time.runUntil(TEST_START + 5 * MINUTE_MS);
    const gaps = made.lab.triedAt.slice(1).map((at, index) => at - (made.lab.triedAt[index] ?? 0));
    expect(gaps.slice(0, 9)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600]);
    expect(new Set(gaps.slice(9))).toEqual(new Set([30_000]));
    expect([backOffMs(3, 0), backOffMs(3, 1)]).toEqual([400, 200]);
  });

  it('[EN8] holds more than fits in memory, and goes through all of it', async () => {
    const made = await runFlow(sending({ maxBytes: 10_000_000 }));
    made.lab.isAway = true;
    for (let from = 0; from < 10_000; from += 500) {
      push(made, from, 500);
      await made.time.runUntil(made.time.clock.now() + 10);
    }
    expect(made.flow.outboxes()).toMatchObject([{ node: 's', state: 'away', waiting: 10_000 }]);
    made.lab.isAway = false;
    await made.time.runUntil(made.time.clock.now() + 2 * MINUTE_MS);
    expect(byDevice(made.lab.accepted)).toEqual(byDevice(numbers(0, 10_000)));
    expect(made.store.load('flow').pending).toEqual([]);
  });

  it('[EN8] is there again after a crash, without what went out before', async () => {
    const before = await runFlow(sending());
    before.lab.isAway = true;
    push(before, 0, 3_000);
    await before.time.runUntil(TEST_START + 500);
    before.lab.isAway = false;
    await before.time.runUntil(TEST_START + 505);
    const after = await runFlow(sending(), { left: before.store, at: 1_000 });
    push(after, 3_000, 10);
    await after.time.runUntil(TEST_START + MINUTE_MS);
    const seen = new Set(before.lab.accepted);
    const all = [...before.lab.accepted, ...after.lab.accepted.filter((number) => !seen.has(number))];
    expect(byDevice(all)).toEqual(byDevice(numbers(0, 3_010)));
    expect(after.store.load('flow').pending).toEqual([]);
  });

  it('[EN8] that is full stops intake, and goes on when there is room', async () => {
    const made = await runFlow(sending({ maxBytes: 20_000 }));
    made.lab.isAway = true;
    let pushed = 0;
    let hasRoom = true;
    const fill = async () => {
      while (hasRoom && pushed < 5_000) {
        hasRoom = made.origin.push(reading(pushed, 'd0'));
        pushed += 1;
        await made.time.settle();
      }
    };
    made.lab.intakes.get('in')?.onRoom(() => (hasRoom = true));
    await made.time.settle();
    await fill();
    expect(pushed).toBeLessThan(200);
    expect(made.flow.outboxes()).toMatchObject([{ state: 'full' }]);
    made.lab.isAway = false;
    await made.time.runUntil(made.time.clock.now() + MINUTE_MS);
    expect(hasRoom).toBe(true);
    expect(made.lab.accepted).toEqual(numbers(0, pushed));
  });

  it('[EN8] that may drop the oldest does so when it is full, and counts them', async () => {
    const made = await runFlow(sending({ maxBytes: 20_000, whenFull: 'drop-oldest' }));
    made.lab.isAway = true;
    for (let count = 0; count < 10; count++) {
      push(made, count * 100, 100);
      await made.time.runUntil(made.time.clock.now() + 1_000);
    }
    const [outbox] = made.flow.outboxes();
    expect(outbox?.bytes).toBeLessThanOrEqual(20_000);
    expect((outbox?.waiting ?? 0) + (outbox?.dropped ?? 0)).toBe(1_000);
    made.lab.isAway = false;
    await made.time.runUntil(made.time.clock.now() + MINUTE_MS);
    expect(made.lab.accepted.toSorted((one, other) => Number(one) - Number(other))).toEqual(
      numbers(outbox?.dropped ?? 0, 1_000),
    );
    expect(made.origin.unacknowledged()).toEqual([]);
  });

  it('[EN8] gives up on what waited for too long, with a sentence', async () => {
    const made = await runFlow(sending({ keepMs: 10 * MINUTE_MS }));
    made.lab.isAway = true;
    push(made, 0, 5);
    await made.time.runUntil(TEST_START + 9 * MINUTE_MS);
    push(made, 5, 5);
    await made.time.runUntil(TEST_START + 12 * MINUTE_MS);
    expect(made.lab.payloads('lost')).toEqual(numbers(0, 5));
    const [failed] = made.lab.seen.get('lost') ?? [];
    expect(failed?.[0]?.headers['error']).toBe(
      'It waited for its target for longer than 10 min. The target is away.',
    );
  });

  it('[EN8] gives up on a message that fails while others get through, after ten tries', async () => {
    const made = await runFlow(sending());
    made.lab.refused.add(0);
    for (let number = 0; number < 300; number++) {
      push(made, number, 1);
      await made.time.runUntil(made.time.clock.now() + 1_000);
    }
    await made.time.runUntil(made.time.clock.now() + 5 * MINUTE_MS);
    expect(made.lab.payloads('lost')).toEqual([0]);
    expect(made.lab.seen.get('lost')?.[0]?.[0]?.headers['error']).toBe(
      'The target is busy. It was tried 10 times, while others got through.',
    );
    // Those of its own device waited behind it, in order.
    expect(byDevice(made.lab.accepted)).toEqual(byDevice(numbers(1, 300)));
  });

  it('[EN8] sends at its pace what waited, and no slower than messages come in', () => {
    const pace = createPace(100, 0);
    expect(pace.allowed(256, 0)).toBe(10);
    pace.spent(10);
    expect([pace.allowed(256, 0), pace.waitMs(0)]).toEqual([0, 10]);
    expect(pace.allowed(256, 50)).toBe(5);
    for (let count = 0; count < 200; count++) pace.arrived();
    expect(pace.allowed(256, 50)).toBe(205);
  });

  it('[EN8] lets go of its sources only when the disk has the messages', async () => {
    const disk = storeWithDisk();
    const made = await runFlow(sending(), { left: disk });
    made.lab.isAway = true;
    disk.isFull = true;
    push(made, 0, 5);
    await made.time.runUntil(TEST_START + MINUTE_MS);
    expect(made.origin.outcomes).toEqual([]);
    disk.isFull = false;
    await made.time.runUntil(TEST_START + 2 * MINUTE_MS);
    expect(made.origin.unacknowledged()).toEqual([]);
  });

  it('[EN8] tries again without writing to the disk what is there already', async () => {
    const disk = storeWithDisk();
    const made = await runFlow(sending(), { left: disk });
    made.lab.isAway = true;
    push(made, 0, 5);
    await made.time.runUntil(TEST_START + 1_000);
    const written = disk.commits.length;
    await made.time.runUntil(TEST_START + 10 * MINUTE_MS);
    expect(made.lab.triedAt.length).toBeGreaterThan(20);
    expect(disk.commits).toHaveLength(written);
  });

  it('[EN8] can be emptied by hand', async () => {
    const made = await runFlow(sending());
    made.lab.isAway = true;
    push(made, 0, 3_000);
    await made.time.runUntil(TEST_START + 1_000);
    push(made, 3_000, 1_000);
    await made.time.runUntil(TEST_START + 2_000);
    expect(made.flow.clearOutbox('s')).toBe(4_000);
    made.lab.isAway = false;
    push(made, 4_000, 3);
    await made.time.runUntil(TEST_START + 2 * MINUTE_MS);
    expect(made.lab.accepted.toSorted((one, other) => Number(one) - Number(other))).toEqual(
      numbers(4_000, 4_003),
    );
    expect(made.store.load('flow').pending).toEqual([]);
  });

  it('[EN8] that is emptied is so on disk when people are told, and its source goes on', async () => {
    const made = await runFlow(sending({ maxBytes: 1_000 }));
    let rooms = 0;
    made.lab.intakes.get('in')?.onRoom(() => (rooms += 1));
    made.lab.isAway = true;
    for (let number = 0; number < 50 && made.origin.push(reading(number, 'd0')); number++)
      await made.time.settle();
    await made.time.runUntil(TEST_START + 1_000);
    expect(made.flow.outboxes()).toMatchObject([{ state: 'full' }]);
    expect(rooms).toBe(0);
    const waiting = made.store.load('flow').pending[0]?.count;
    expect(made.flow.clearOutbox('s')).toBe(waiting);
    expect(made.store.load('flow').pending).toEqual([]);
    await made.time.settle();
    expect(rooms).toBe(1);
  });

  it('[EN8] does not hold up a stop', async () => {
    const made = await runFlow(sending());
    made.lab.isAway = true;
    push(made, 0, 10);
    await made.time.runUntil(TEST_START + 1_000);
    let isStopped = false;
    void made.flow.stop(MINUTE_MS).then(() => (isStopped = true));
    await made.time.settle();
    expect(isStopped).toBe(true);
  });
});
