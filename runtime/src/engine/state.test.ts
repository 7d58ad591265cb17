import { describe, expect, it } from 'vitest';
import { createNodeState } from './state.ts';

function kept(maxKeys = 3) {
  const events: string[] = [];
  const state = createNodeState({
    maxKeys,
    onChange: () => events.push('change'),
    onEvict: () => events.push('evict'),
  });
  return { state, events };
}

describe('state of a node', () => {
  it('[EN9] gives each changed key once, with what it is now', () => {
    const { state, events } = kept();
    state.set('a', 1);
    state.set('a', 2);
    state.set('b', 1);
    state.delete('b');
    expect(state.takeChanges()).toEqual([
      { key: 'a', state: 2 },
      { key: 'b', state: undefined },
    ]);
    expect(state.takeChanges()).toEqual([]);
    expect(events).toEqual(['change']);
    state.delete('unknown');
    state.set('a', 3);
    expect(state.takeChanges()).toEqual([{ key: 'a', state: 3 }]);
    expect(events).toEqual(['change', 'change']);
  });

  it('[EN9] knows a key that was deleted and set again', () => {
    const { state } = kept();
    state.restore('a', 1);
    state.delete('a');
    state.set('a', 2);
    expect(state.takeChanges()).toEqual([{ key: 'a', state: 2 }]);
    expect([...state.keys()]).toEqual(['a']);
  });

  it('[EN9] counts what was restored as no change', () => {
    const { state, events } = kept();
    state.restore('a', 1);
    expect([state.get('a'), state.size, events, state.takeChanges()]).toEqual([1, 1, [], []]);
  });

  it('[EN9] forgets the key that was set the longest ago when there are too many, and counts it', () => {
    const { state, events } = kept(3);
    for (const key of ['a', 'b', 'c', 'a', 'd', 'e']) state.set(key, key);
    expect([...state.keys()]).toEqual(['a', 'd', 'e']);
    expect(state.evicted).toBe(2);
    expect(events).toEqual(['change', 'evict']);
    expect(state.takeChanges()).toContainEqual({ key: 'b', state: undefined });
  });
});
