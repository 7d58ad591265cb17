import { describe, expect, it } from 'vitest';
import { fakeTime } from '../runner/fakeTime.ts';
import type { BrokerPacket } from './packets.ts';
import { createPlaces } from './places.ts';

function packet(text: string): BrokerPacket {
  return { cmd: 'publish', topic: 'a', payload: Buffer.from(text), qos: 1, retain: false, dup: false };
}

/** Queues with room for so many messages. */
function roomFor(most: number) {
  let reserved = 0;
  const time = fakeTime();
  const reserve = () => {
    if (reserved >= most) return undefined;
    reserved += 1;
    return () => void (reserved -= 1);
  };
  return { places: createPlaces({ reserve }, time), time, reserved: () => reserved };
}

describe('[EN5] places for messages on their way into a queue', () => {
  it('are as many as there is room for, and free when the message is there', () => {
    const { places, reserved } = roomFor(2);
    const [one, two, three] = [packet('1'), packet('2'), packet('3')];
    expect([one, two, three].map((each) => places.hold('p', ['flows'], each))).toEqual([true, true, false]);
    places.arrived({ ...one, brokerCounter: 7 });
    places.done(one);
    expect(reserved()).toBe(1);
    expect(places.hold('p', ['flows'], three)).toBe(true);
  });

  it('are free again when the publisher is gone and its message never came', () => {
    const { places, time, reserved } = roomFor(2);
    places.hold('p', ['flows'], packet('1'));
    places.hold('q', ['flows'], packet(''));
    places.left('p');
    time.advance(9_999);
    expect(reserved()).toBe(2);
    time.advance(1);
    expect(reserved()).toBe(1);
    places.left('q');
    places.stop();
    expect(time.pending()).toBe(0);
  });
});
