import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createInFlight, createLowerPacketIds, MAX_IN_FLIGHT } from './mqttInFlight.ts';

it('gives each packet an id of the upper half that no other has, and finds it by that', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 2_000 }), (turns) => {
      const inFlight = createInFlight<string>();
      const ids = new Map<number, string>();
      turns.forEach((turn, at) => {
        const known = [...ids][turn];
        if (known === undefined || turn > 12) {
          const id = inFlight.add(`packet ${at}`);
          expect(ids.has(id)).toBe(false);
          expect(id).toBeGreaterThanOrEqual(0x8000);
          expect(id).toBeLessThanOrEqual(0xffff);
          ids.set(id, `packet ${at}`);
        } else {
          expect(inFlight.take(known[0])).toBe(known[1]);
          expect(inFlight.take(known[0])).toBeUndefined();
          ids.delete(known[0]);
        }
        expect(inFlight.size).toBe(ids.size);
      });
      expect(inFlight.values()).toEqual([...ids.values()]);
    }),
    { numRuns: 50 },
  );
});

it('goes round through all ids, past one that is never acknowledged, oldest first', () => {
  const inFlight = createInFlight<number>();
  inFlight.add(-1);
  for (let at = 0; at < 30_000; at += 1) {
    const id = inFlight.add(at);
    if (at < 30_000 - MAX_IN_FLIGHT) expect(inFlight.take(id)).toBe(at);
  }
  expect(inFlight.size).toBe(MAX_IN_FLIGHT + 1);
  expect(inFlight.values().slice(-1)).toEqual([29_999]);
  inFlight.clear();
  expect([inFlight.size, inFlight.values()]).toEqual([0, []]);
});

it('knows nothing of ids that are not its own', () => {
  const inFlight = createInFlight<string>();
  inFlight.add('one');
  for (const id of [0, 1, 0x7fff, 0x8001, 0xffff, 1e9]) expect(inFlight.take(id)).toBeUndefined();
});

it('mqtt.js gets ids of the lower half, none twice until it gives it back', () => {
  const ids = createLowerPacketIds();
  const all = Array.from({ length: 0x7fff }, () => ids.allocate());
  expect(new Set(all).size).toBe(0x7fff);
  expect([Math.min(...all.map(Number)), Math.max(...all.map(Number))]).toEqual([1, 0x7fff]);
  expect(ids.allocate()).toBeNull();
  ids.deallocate(77);
  expect([ids.allocate(), ids.getLastAllocated(), ids.register(77)]).toEqual([77, 77, false]);
  ids.clear();
  expect(ids.register(77)).toBe(true);
});
