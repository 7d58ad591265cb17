import { describe, expect, it } from 'vitest';
import type { MqttPacket } from '@sluice/shared/node/context.ts';
import { MAX_WAITING } from './mqttBacklog.ts';
import { deliveryOf } from './mqttDelivery.ts';
import { createInbox } from './mqttInbox.ts';

/** Time that stands until it is moved. */
function createTime() {
  let now = 0;
  const waiting = new Set<{ dueAt: number; run: () => void }>();
  return {
    waiting,
    after: (ms: number, run: () => void) => {
      const appointment = { dueAt: now + ms, run };
      waiting.add(appointment);
      return () => void waiting.delete(appointment);
    },
    advance: (ms: number) => {
      now += ms;
      for (const appointment of waiting)
        if (appointment.dueAt <= now && waiting.delete(appointment)) appointment.run();
    },
  };
}

function setUp(onReadable: () => void = () => undefined) {
  const time = createTime();
  const unused: string[] = [];
  let readable = 0;
  const settled: string[] = [];
  const inbox = createInbox({
    after: time.after,
    onReadable: () => {
      readable += 1;
      onReadable();
    },
    onUnused: (filter) => void unused.push(filter),
  });
  const arrive = (topic: string, text = topic) => {
    const packet: MqttPacket = { topic, payload: Buffer.from(text), qos: 1, retain: false, duplicate: false };
    inbox.arrive([deliveryOf(packet, () => void settled.push(text))]);
  };
  return { time, inbox, unused, settled, arrive, timesReadable: () => readable };
}

/** A subscriber that keeps what it got, and acknowledges when told. */
function listener() {
  const got: { readonly text: string; readonly duplicate: boolean; readonly acknowledge: () => void }[] = [];
  const state = { hasRoom: true };
  const receive = (packets: readonly MqttPacket[], acknowledge: () => void) => {
    for (const { payload, duplicate } of packets)
      got.push({ text: Buffer.from(payload).toString(), duplicate, acknowledge });
    return state.hasRoom;
  };
  return { got, state, receive, texts: () => got.map(({ text }) => text) };
}

describe('inbox', () => {
  it('[EN6] a packet for two flows is settled when both have acknowledged it', () => {
    const { inbox, settled, arrive } = setUp();
    const [one, two] = [listener(), listener()];
    inbox.add('a/+', 1, one.receive);
    inbox.add('#', 1, two.receive);
    arrive('a/x');
    one.got[0]?.acknowledge();
    one.got[0]?.acknowledge();
    expect(settled).toEqual([]);
    two.got[0]?.acknowledge();
    expect(settled).toEqual(['a/x']);
  });

  it('asks the broker once for what two flows want, at the higher quality of service', () => {
    const { inbox } = setUp();
    inbox.add('a', 0, listener().receive);
    inbox.add('a', 1, listener().receive);
    inbox.add('b', 2, listener().receive);
    expect([...inbox.wanted()]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('[EN5] a flow that is full gets nothing until it resumes, in order, while another goes on', () => {
    const { inbox, arrive } = setUp();
    const [slow, quick] = [listener(), listener()];
    const { subscription } = inbox.add('a', 1, slow.receive);
    inbox.add('a', 1, quick.receive);
    slow.state.hasRoom = false;
    for (const text of ['1', '2', '3']) arrive('a', text);
    expect(slow.texts()).toEqual(['1']);
    expect(quick.texts()).toEqual(['1', '2', '3']);
    slow.state.hasRoom = true;
    subscription.resume();
    expect(slow.texts()).toEqual(['1', '2', '3']);
  });

  it('[EN5] reading stops when too much waits, and goes on when there is room', () => {
    const { inbox, arrive, timesReadable } = setUp();
    const slow = listener();
    const { subscription } = inbox.add('a', 1, slow.receive);
    slow.state.hasRoom = false;
    for (let at = 0; at < MAX_WAITING; at += 1) arrive('a', String(at));
    expect([inbox.canRead, subscription.waiting]).toEqual([true, MAX_WAITING - 1]);
    arrive('a', 'one more');
    expect([inbox.canRead, subscription.waiting]).toEqual([false, MAX_WAITING]);
    slow.state.hasRoom = true;
    subscription.resume();
    expect(timesReadable()).toBe(1);
    expect(slow.got).toHaveLength(MAX_WAITING + 1);
    expect([inbox.canRead, subscription.waiting]).toEqual([true, 0]);
  });

  it('[EN5] large packets stop the reading sooner', () => {
    const { inbox, arrive } = setUp();
    const slow = listener();
    inbox.add('a', 1, slow.receive);
    slow.state.hasRoom = false;
    for (let at = 0; at < 17; at += 1) arrive('a', 'x'.repeat(1_000_000));
    expect(inbox.canRead).toBe(false);
  });

  it('[EN5] who holds up the others for a second is told so, and when that is over', () => {
    const { inbox, arrive, time } = setUp();
    const [slow, quick] = [listener(), listener()];
    const told: boolean[] = [];
    const { subscription } = inbox.add('a', 1, slow.receive, (isBlocking) => told.push(isBlocking));
    inbox.add('a', 1, quick.receive, () => told.push(false));
    const fill = () => {
      slow.state.hasRoom = false;
      for (let at = 0; at <= MAX_WAITING; at += 1) arrive('a', String(at));
    };
    const empty = () => {
      slow.state.hasRoom = true;
      subscription.resume();
    };
    fill();
    time.advance(900);
    empty();
    time.advance(5_000);
    expect(told).toEqual([]);
    fill();
    time.advance(1_000);
    expect(told).toEqual([true]);
    empty();
    expect(told).toEqual([true, false]);
    expect(time.waiting.size).toBe(0);
  });

  it('[EN12] the next version of a flow gets what the last one left, in order, and nothing that it finished', () => {
    const { inbox, settled, arrive, unused, time } = setUp();
    const [before, after] = [listener(), listener()];
    const { subscription } = inbox.add('a', 1, before.receive);
    arrive('a', 'finished');
    arrive('a', 'refused');
    void subscription.stop();
    arrive('a', 'in between');
    before.got[0]?.acknowledge();
    const { isNew } = inbox.add('a', 1, after.receive);
    expect(isNew).toBe(false);
    expect(after.got.map(({ text, duplicate }) => [text, duplicate])).toEqual([
      ['refused', true],
      ['in between', false],
    ]);
    after.got.forEach(({ acknowledge }) => acknowledge());
    expect(settled).toEqual(['finished', 'refused', 'in between']);
    time.advance(60_000);
    expect(unused).toEqual([]);
  });

  it('[EN4] [EN12] what is read on at a take-over comes after what had waited, to all who want it', () => {
    const beforehand: string[] = [];
    const [slow, other, after] = [listener(), listener(), listener()];
    const { inbox, arrive } = setUp(() => beforehand.splice(0).forEach((text) => arrive('a', text)));
    const { subscription } = inbox.add('a', 1, slow.receive);
    inbox.add('+', 1, other.receive);
    slow.state.hasRoom = false;
    const texts = Array.from({ length: MAX_WAITING + 1 }, (_, at) => String(at));
    for (const text of texts) arrive('a', text);
    beforehand.push('read on 1', 'read on 2');
    void subscription.stop();
    inbox.add('a', 1, after.receive);
    expect(after.texts()).toEqual([...texts, 'read on 1', 'read on 2']);
    expect(other.texts()).toEqual([...texts, 'read on 1', 'read on 2']);
  });

  it('a filter is given up a while after its last flow stopped, and what it left is let go', () => {
    const { inbox, settled, arrive, unused, time } = setUp();
    const { subscription } = inbox.add('a', 1, listener().receive);
    void subscription.stop();
    void subscription.stop();
    arrive('a', 'late');
    expect(settled).toEqual([]);
    time.advance(2_000);
    expect(settled).toEqual(['late']);
    expect(unused).toEqual(['a']);
    expect(inbox.isEmpty).toBe(true);
    expect(time.waiting.size).toBe(0);
  });

  it('[EN6] while a stopped flow still drains, its packets are not let go', () => {
    const { inbox, settled, arrive, time } = setUp();
    const draining = listener();
    const { subscription } = inbox.add('a', 1, draining.receive);
    arrive('a', 'slow one');
    void subscription.stop();
    time.advance(20_000);
    expect(settled).toEqual([]);
    draining.got[0]?.acknowledge();
    expect(settled).toEqual(['slow one']);
  });

  it('[EN6] what the broker sends before a flow has started waits for it', () => {
    const { inbox, settled, arrive, time } = setUp();
    arrive('a', 'backlog');
    arrive('nobody', 'of a flow that is gone');
    const late = listener();
    inbox.add('a', 1, late.receive);
    expect(late.texts()).toEqual(['backlog']);
    time.advance(10_000);
    expect(settled).toEqual(['of a flow that is gone']);
  });

  it('close leaves no timer', () => {
    const { inbox, arrive, time } = setUp();
    const { subscription } = inbox.add('a', 1, listener().receive);
    void subscription.stop();
    arrive('b');
    inbox.close();
    expect(time.waiting.size).toBe(0);
  });
});
