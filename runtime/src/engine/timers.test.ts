import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowTimers } from './timers.ts';
import { createFlowTimers } from './timers.ts';

function takeAll(timers: FlowTimers, now: number): [number, string][] {
  const taken: [number, string][] = [];
  const before = timers.mark();
  for (let node = timers.peek(now, before); node !== undefined; node = timers.peek(now, before)) {
    const at = node;
    taken.push(...timers.takeDue(at, now, before).map(({ key }): [number, string] => [at, key]));
  }
  return taken;
}

describe('timers of a flow', () => {
  it('[EN10] come in due order, those of one node together until another is due between', () => {
    const timers = createFlowTimers(() => undefined);
    timers.of(1).set('a', 't', 30);
    timers.of(0).set('b', 't', 20);
    timers.of(1).set('c', 't', 10);
    timers.of(1).set('d', 't', 5);
    timers.of(1).set('late', 't', 99);
    const before = timers.mark();
    expect(timers.takeDue(1, 50, before).map(({ key }) => key)).toEqual(['d', 'c']);
    expect(takeAll(timers, 50)).toEqual([
      [0, 'b'],
      [1, 'a'],
    ]);
    expect(timers.nextDueAt()).toBe(99);
  });

  it('[EN10] are moved by setting them again, and gone when cleared', () => {
    const timers = createFlowTimers(() => undefined);
    timers.of(0).set('k', 't', 10);
    timers.of(0).set('k', 't', 40);
    timers.of(0).set('k', 'u', 5);
    timers.of(0).clear('k', 'u');
    timers.of(0).clear('k', 'none');
    expect(takeAll(timers, 39)).toEqual([]);
    expect(timers.takeChanges()).toEqual([
      { node: 0, key: 'k', name: 't', dueAt: 40 },
      { node: 0, key: 'k', name: 'u', dueAt: undefined },
    ]);
    expect(takeAll(timers, 40)).toEqual([[0, 'k']]);
    expect(timers.takeChanges()).toEqual([{ node: 0, key: 'k', name: 't', dueAt: undefined }]);
  });

  it('[EN10] that are set again to the time that they have are no change, and keep their place', () => {
    const timers = createFlowTimers(() => undefined);
    timers.of(0).set('first', 't', 10);
    timers.of(0).set('second', 't', 10);
    timers.takeChanges();
    timers.of(0).set('first', 't', 10);
    expect(timers.hasChanges()).toBe(false);
    expect(takeAll(timers, 10)).toEqual([
      [0, 'first'],
      [0, 'second'],
    ]);
  });

  it('[EN10] that are set while others run are left for the next time', () => {
    const timers = createFlowTimers(() => undefined);
    timers.of(0).set('k', 't', 1);
    const before = timers.mark();
    timers.of(0).set('again', 't', 1);
    expect(timers.takeDue(0, 1, before).map(({ key }) => key)).toEqual(['k']);
    expect(timers.peek(1, before)).toBeUndefined();
    expect(timers.nextDueAt()).toBe(1);
  });

  it('[EN10] come out sorted whatever was set, moved and cleared', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 60 }), dueAt: fc.integer({ min: 0, max: 500 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const timers = createFlowTimers(() => undefined);
        const expected = new Map<string, number>();
        for (const { key, dueAt } of steps) {
          if (dueAt % 5 === 0) {
            timers.of(0).clear(String(key), 't');
            expected.delete(String(key));
          } else {
            timers.of(0).set(String(key), 't', dueAt);
            expected.delete(String(key));
            expected.set(String(key), dueAt);
          }
        }
        const inOrder = [...expected].sort((one, other) => one[1] - other[1]).map(([key]) => [0, key]);
        expect(takeAll(timers, 1_000)).toEqual(inOrder);
      }),
    );
  });
});
