import { describe, expect, it } from 'vitest';
import { createNodeState } from './state.ts';

function kept(maxKeys = 3) {
  const events: string[] = [];
  const time = { now: 0 };
  const state = createNodeState({
    maxKeys,
    keepMs: 100,
    clock: { now: () => time.now },
    onChange: () => events.push('change'),
    onEvict: () => events.push('evict'),
  });
  return { state, events, time };
}

describe('state of a node', () => {
  it('[EN9] gives each changed key once, with what it is now', () => {
    const { state, events, time } = kept();
    state.set('a', 1);
    state.set('a', 2);
    state.set('b', 1);
    state.delete('b');
    expect(state.takeChanges()).toEqual([
      { key: 'a', state: 2, setAt: 0 },
      { key: 'b', state: undefined, setAt: 0 },
    ]);
    expect(state.takeChanges()).toEqual([]);
    expect(events).toEqual(['change']);
    state.delete('unknown');
    time.now = 7;
    state.set('a', 3);
    expect(state.takeChanges()).toEqual([{ key: 'a', state: 3, setAt: 7 }]);
    expect(events).toEqual(['change', 'change']);
  });

  it('[EN9] knows a key that was deleted and set again', () => {
    const { state } = kept();
    state.restore([{ key: 'a', state: 1, setAt: 0 }]);
    state.delete('a');
    state.set('a', 2);
    expect(state.takeChanges()).toEqual([{ key: 'a', state: 2, setAt: 0 }]);
    expect([...state.keys()]).toEqual(['a']);
  });

  it('[EN9] keeps what is set after a key was read and deleted', () => {
    const { state } = kept();
    state.set('a', 1);
    expect(state.get('a')).toBe(1);
    state.delete('a');
    state.set('a', 2);
    expect([state.get('a'), state.size]).toEqual([2, 1]);
    expect(state.takeChanges()).toEqual([{ key: 'a', state: 2, setAt: 0 }]);
  });

  it('[EN9] counts what was restored as no change', () => {
    const { state, events } = kept();
    state.restore([{ key: 'a', state: 1, setAt: 0 }]);
    expect([state.get('a'), state.size, events, state.takeChanges()]).toEqual([1, 1, [], []]);
  });

  it('[EN9] forgets the key that was set the longest ago when there are too many, and counts it', () => {
    const { state, events } = kept(3);
    for (const key of ['a', 'b', 'c', 'a', 'd', 'e']) state.set(key, key);
    expect([...state.keys()]).toEqual(['a', 'd', 'e']);
    expect(state.evicted).toBe(2);
    expect(events).toEqual(['change', 'evict']);
    expect(state.takeChanges()).toContainEqual({ key: 'b', state: undefined, setAt: 0 });
  });

  it('[EN9] restores keys in the order of the store, and forgets first what was set the longest ago', () => {
    const { state } = kept(2);
    state.restore([
      { key: 'a', state: 1, setAt: 30 },
      { key: 'b', state: 1, setAt: 10 },
      { key: 'c', state: 1, setAt: 20 },
    ]);
    expect([[...state.keys()], state.evicted]).toEqual([['a', 'c'], 1]);
    state.set('d', 1);
    expect([...state.keys()]).toEqual(['a', 'd']);
  });

  it('[EN9] forgets a key that was neither set nor read for its time, counts it, and spares what is held', () => {
    const { state, time } = kept();
    state.set('a', 1);
    state.set('held', 1);
    time.now = 60;
    state.set('b', 1);
    time.now = 99;
    state.forgetOld(() => false);
    expect(state.size).toBe(3);
    state.takeChanges();
    time.now = 100;
    state.forgetOld((key) => key === 'held');
    expect([[...state.keys()], state.evicted]).toEqual([['held', 'b'], 1]);
    expect(state.takeChanges()).toEqual([{ key: 'a', state: undefined, setAt: 0 }]);
    time.now = 160;
    state.forgetOld(() => false);
    expect([state.size, state.evicted]).toEqual([0, 3]);
  });

  it('[EN9] keeps a key that is read, and writes that only once in half of its time', () => {
    const { state, time } = kept();
    state.set('a', 1);
    state.takeChanges();
    const written: number[] = [];
    for (time.now = 10; time.now <= 400; time.now += 10) {
      state.get('a');
      state.forgetOld(() => false);
      for (const { setAt } of state.takeChanges()) written.push(setAt);
    }
    expect(written).toEqual([50, 100, 150, 200, 250, 300, 350, 400]);
    expect([state.size, state.evicted]).toEqual([1, 0]);
  });
});
