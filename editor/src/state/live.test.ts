import type { LogEntry } from '@sluice/shared/protocol/live.ts';
import type { Outbox } from '@sluice/shared/protocol/running.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { describe, expect, it } from 'vitest';
import { FRAME_MS, LOG_RING, RING, createLive } from './live.ts';
import { fakeTime } from './testing.ts';

const WIRE = 'in.out>hot.in';

function open() {
  const time = fakeTime();
  return { time, live: createLive('flow', time) };
}

function message(value: number): ShownMessage {
  return { id: `m${value}`, time: value, topic: '', payload: value, headers: {} };
}

function entry(id: number): LogEntry {
  return { id: String(id), at: id, kind: 'log', text: `${id}` };
}

describe('live', () => {
  it('[five times a second] many changes are told once a frame, with the last values newest first', async () => {
    const { live, time } = open();
    const told: number[] = [];
    live.onWire(WIRE, (wire) => told.push(wire.count));
    for (let value = 1; value <= 9; value++) {
      live.receive.counters({ flow: 'flow', wires: { [WIRE]: [value, 2] }, errors: {} });
      live.receive.values({ flow: 'flow', samples: [{ wire: WIRE, message: message(value) }] });
    }
    expect(told).toEqual([]);
    await time.pass(FRAME_MS);
    expect(told).toEqual([9]);
    expect(live.wire(WIRE).recent.map(({ payload }) => payload)).toEqual([9, 8, 7, 6, 5]);
    expect(live.wire(WIRE).recent).toHaveLength(RING);
    await time.pass(1_000);
    expect(told).toEqual([9]);
  });

  it('[five times a second] only those hear of a wire who asked for it, until they stop', async () => {
    const { live, time } = open();
    let told = 0;
    const stop = live.onWire('other', () => (told += 1));
    live.receive.counters({ flow: 'flow', wires: { [WIRE]: [1, 1] }, errors: {} });
    await time.pass(FRAME_MS);
    expect(told).toBe(0);
    stop();
    stop();
    live.receive.counters({ flow: 'flow', wires: { other: [1, 1] }, errors: {} });
    await time.pass(FRAME_MS);
    expect(told).toBe(0);
  });

  it('[one flow] what is about another flow is passed over', async () => {
    const { live, time } = open();
    live.receive.counters({ flow: 'another', wires: { [WIRE]: [1, 1] }, errors: { hot: 1 } });
    live.receive.values({ flow: 'another', samples: [{ wire: WIRE, message: message(1) }] });
    live.receive.log({ flow: 'another', entries: [entry(1)], skipped: 1 });
    live.receive.status({ flow: 'another', nodes: { hot: { state: 'error', text: '' } } });
    await time.pass(FRAME_MS);
    expect(live.wire(WIRE)).toMatchObject({ count: 0, recent: [] });
    expect(live.getState()).toMatchObject({ log: [], skipped: 0, nodes: {}, errors: {} });
  });

  it('shows an entry once, also when the server tells it again after a reconnect', async () => {
    const { live, time } = open();
    live.receive.log({ flow: 'flow', entries: [entry(1), entry(2)], skipped: 0 });
    await time.pass(FRAME_MS);
    live.receive.log({ flow: 'flow', entries: [entry(2), entry(3)], skipped: 0 });
    await time.pass(FRAME_MS);
    expect(live.getState().log.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('[bounded] the log keeps the newest, and what is left out is counted', async () => {
    const { live, time } = open();
    const entries = Array.from({ length: LOG_RING + 5 }, (_, index) => entry(index));
    live.receive.log({ flow: 'flow', entries, skipped: 3 });
    await time.pass(FRAME_MS);
    live.receive.log({ flow: 'flow', entries: [entry(-1)], skipped: 0 });
    await time.pass(FRAME_MS);
    const { log, skipped } = live.getState();
    expect(log).toHaveLength(LOG_RING);
    expect(log[0]?.id).toBe('6');
    expect(log.at(-1)?.id).toBe('-1');
    expect(skipped).toBe(3);
    live.clearLog();
    expect(live.getState()).toMatchObject({ log: [], skipped: 0 });
  });

  it('[pause] holds values and messages, and lets counters and status go on', async () => {
    const { live, time } = open();
    live.setPaused(true);
    live.receive.values({ flow: 'flow', samples: [{ wire: WIRE, message: message(1) }] });
    live.receive.log({ flow: 'flow', entries: [entry(1)], skipped: 0 });
    live.receive.counters({ flow: 'flow', wires: { [WIRE]: [4, 1] }, errors: { hot: 2 } });
    live.receive.status({ flow: 'flow', nodes: { hot: { state: 'warning', text: 'Slow' } } });
    await time.pass(FRAME_MS);
    expect(live.wire(WIRE)).toMatchObject({ count: 4, recent: [] });
    expect(live.getState()).toMatchObject({
      log: [],
      errors: { hot: 2 },
      nodes: { hot: { state: 'warning' } },
    });
  });

  it('[reset] another version starts from nothing, and says so to who listens', async () => {
    const { live, time } = open();
    const told: number[] = [];
    live.onWire(WIRE, (wire) => told.push(wire.count));
    live.receive.counters({ flow: 'flow', wires: { [WIRE]: [4, 1] }, errors: { hot: 2 } });
    await time.pass(FRAME_MS);
    live.reset();
    await time.pass(FRAME_MS);
    expect(told).toEqual([4, 0]);
    expect(live.getState().errors).toEqual({});
  });

  it('[EN8] what waits for a target is known by node, and gone when it is told no more', () => {
    const { live } = open();
    const before = live.getState();
    live.receive.outboxes([]);
    expect(live.getState()).toBe(before);
    const outbox: Outbox = {
      flow: 'flow',
      node: 'out',
      name: 'Out',
      state: 'away',
      sentence: '',
      waiting: 3,
      bytes: 1,
      maxBytes: 2,
      dropped: 0,
    };
    live.receive.outboxes([outbox]);
    expect(live.getState().outboxes).toEqual({ out: outbox });
    live.receive.outboxes([]);
    expect(live.getState().outboxes).toEqual({});
  });

  it('[close] leaves no frame behind', async () => {
    const { live, time } = open();
    let told = 0;
    live.onWire(WIRE, () => (told += 1));
    live.receive.counters({ flow: 'flow', wires: { [WIRE]: [4, 1] }, errors: {} });
    live.close();
    live.close();
    await time.pass(1_000);
    expect(told).toBe(0);
  });
});
