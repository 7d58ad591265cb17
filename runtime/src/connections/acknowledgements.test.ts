import { describe, expect, it } from 'vitest';
import { createAcknowledgements } from './acknowledgements.ts';

function setUp() {
  const sent: number[] = [];
  const told: number[] = [];
  const acknowledgements = createAcknowledgements(() => told.push(acknowledgements.underWay));
  const send = () => sent.push(...acknowledgements.take().map(({ packetId }) => packetId));
  const arrive = (packetId: number, text = `packet ${packetId}`) => {
    const settle = acknowledgements.track(packetId, 1, { topic: 't', payload: Buffer.from(text) });
    if (settle === undefined) return undefined;
    return () => {
      settle();
      send();
    };
  };
  return { sent, told, acknowledgements, arrive, send };
}

describe('acknowledgements', () => {
  it('[EN6] nothing is acknowledged before it is settled, and many may be under way', () => {
    const { sent, acknowledgements, arrive } = setUp();
    const settle = [1, 2, 3].map((id) => arrive(id));
    expect(acknowledgements.underWay).toBe(3);
    expect(sent).toEqual([]);
    settle[0]?.();
    expect(sent).toEqual([1]);
    expect(acknowledgements.underWay).toBe(2);
  });

  it('[MQTT-4.6.0-2] go out in the order of arrival, whatever is settled first', () => {
    const { sent, arrive } = setUp();
    const [one, two, three] = [1, 2, 3].map((id) => arrive(id));
    three?.();
    two?.();
    expect(sent).toEqual([]);
    one?.();
    expect(sent).toEqual([1, 2, 3]);
  });

  it('are sent once, however often a packet is settled', () => {
    const { sent, arrive } = setUp();
    const settle = arrive(1);
    settle?.();
    settle?.();
    expect(sent).toEqual([1]);
  });

  it('are told of once until they are taken, so that many go out together', () => {
    const { told, acknowledgements } = setUp();
    const delivered = { topic: 't', payload: Buffer.alloc(1) };
    const settle = [1, 2, 3, 4].map((id) => acknowledgements.track(id, 1, delivered));
    settle.slice(0, 3).forEach((run) => run?.());
    expect(told).toEqual([4]);
    expect(acknowledgements.take().map(({ packetId }) => packetId)).toEqual([1, 2, 3]);
    settle[3]?.();
    expect(told).toEqual([4, 1]);
  });

  it('[EN6] a packet that comes again while it is under way is not handed on twice', () => {
    const { sent, acknowledgements, arrive } = setUp();
    const settle = arrive(7);
    acknowledgements.detach();
    expect(arrive(7)).toBeUndefined();
    expect(sent).toEqual([]);
    settle?.();
    expect(sent).toEqual([7]);
  });

  it('a packet settled while the connection was gone is acknowledged when it comes again', () => {
    const { sent, told, acknowledgements, arrive, send } = setUp();
    const settle = arrive(7);
    acknowledgements.detach();
    settle?.();
    expect([sent, told]).toEqual([[], []]);
    expect(arrive(7)).toBeUndefined();
    expect(told).toEqual([1]);
    send();
    expect(sent).toEqual([7]);
  });

  it('the same id with another content is another packet', () => {
    const { sent, acknowledgements, arrive } = setUp();
    arrive(7, 'old');
    acknowledgements.detach();
    const settle = arrive(7, 'new');
    expect(settle).toBeTypeOf('function');
    settle?.();
    expect(sent).toEqual([7]);
  });

  it('after the broker lost its session the same packet is new', () => {
    const { acknowledgements, arrive } = setUp();
    arrive(7);
    acknowledgements.detach();
    acknowledgements.forget();
    expect(arrive(7)).toBeTypeOf('function');
  });

  it('keeps its memory flat over many packets', () => {
    const { sent, acknowledgements, arrive } = setUp();
    let last = arrive(1);
    for (let at = 0; at < 10_000; at += 1) {
      const next = arrive((at % 60_000) + 2);
      last?.();
      last = next;
    }
    expect(sent).toHaveLength(10_000);
    expect(acknowledgements.underWay).toBe(1);
  });
});
