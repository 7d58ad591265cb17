import { describe, expect, it } from 'vitest';
import { createNodeState } from './state.ts';
import { createStateView } from './stateView.ts';
import { createFlowTimers } from './timers.ts';

function setUp() {
  const changes: string[] = [];
  const time = { now: 1_000 };
  const state = createNodeState({
    maxKeys: 200_000,
    keepMs: 500,
    clock: { now: () => time.now },
    onChange: () => changes.push('state'),
    onEvict: () => undefined,
  });
  const timers = createFlowTimers(() => changes.push('timers'));
  const view = createStateView(
    (node) => {
      if (node === 'hot') return { state, timers, index: 4 };
      return node === 'late' ? { state: undefined, timers, index: 5 } : undefined;
    },
    () => undefined,
  );
  const keys = (options: { search?: string; after?: string; limit?: number } = {}) =>
    view.page('hot', { limit: 100, ...options }).entries.map(({ key }) => key);
  return { state, timers, view, changes, time, keys };
}

describe('a look at what a node keeps', () => {
  it('[EN9] [EN10] shows each key with its state, since when, and its timers, those alone too', () => {
    const { state, timers, view } = setUp();
    state.set('f2', { raised: true });
    state.set('f1', 0);
    timers.of(4).set('f2', 'second', 90);
    timers.of(4).set('f2', 'first', 80);
    timers.of(4).set('f3', 'first', 70);
    timers.of(5).set('f9', 'other', 1);
    expect(view.page('hot', { limit: 100 })).toEqual({
      entries: [
        { key: 'f1', state: 0, setAt: 1_000, timers: [] },
        {
          key: 'f2',
          state: { raised: true },
          setAt: 1_000,
          timers: [
            { name: 'first', dueAt: 80 },
            { name: 'second', dueAt: 90 },
          ],
        },
        { key: 'f3', timers: [{ name: 'first', dueAt: 70 }] },
      ],
      total: 3,
      timers: 3,
      maxKeys: 200_000,
      evicted: 0,
    });
    expect(view.page('late', { limit: 1 })).toMatchObject({ entries: [{ key: 'f9' }], total: 1, maxKeys: 0 });
  });

  it('[EN9] pages through a hundred thousand keys in the order of text, each once', () => {
    const { state, view } = setUp();
    const expected = Array.from({ length: 100_000 }, (_, at) => `k${(at * 7_919) % 100_000}`);
    for (const key of expected) state.set(key, 1);
    const seen: string[] = [];
    for (let after: string | undefined, pages = 0; pages < 101; pages += 1) {
      const page = view.page('hot', { limit: 1_000, after });
      seen.push(...page.entries.map(({ key }) => key));
      expect(page.total).toBe(100_000);
      after = page.next;
      if (after === undefined) break;
    }
    expect(seen).toEqual(expected.toSorted());
  });

  it('[EN9] finds a part of a key, in capitals or not, and says where to go on', () => {
    const { state, view, keys } = setUp();
    for (const key of ['Freezer 1', 'freezer 2', 'FREEZER 3', 'oven']) state.set(key, 1);
    expect(keys({ search: 'eezer' })).toEqual(['FREEZER 3', 'Freezer 1', 'freezer 2']);
    const page = view.page('hot', { search: 'FREEZER', limit: 2 });
    expect([page.next, page.total]).toEqual(['Freezer 1', 4]);
    expect(keys({ search: 'freezer', after: 'Freezer 1' })).toEqual(['freezer 2']);
    expect(keys({ search: 'none' })).toEqual([]);
    expect(view.page('hot', { limit: 4 }).next).toBeUndefined();
  });

  it('[EN9] does not keep a key alive by looking at it', () => {
    const { state, view, time } = setUp();
    state.set('f1', 1);
    time.now = 1_500;
    view.page('hot', { limit: 10 });
    state.forgetOld(() => false);
    expect(state.size).toBe(0);
  });

  it('[EN9] says how long a state is that is too long to show', () => {
    const { state, view } = setUp();
    state.set('f1', 'x'.repeat(20_000));
    const [entry] = view.page('hot', { limit: 1 }).entries;
    expect(entry).toEqual({ key: 'f1', length: 20_002, setAt: 1_000, timers: [] });
  });

  it('[EN9] changes a key, and forgets one or all with their timers, as changes that are committed', () => {
    const { state, timers, view, changes } = setUp();
    view.set('hot', 'f1', { raised: false });
    view.set('hot', 'f2', 1);
    expect(changes).toEqual(['state']);
    timers.of(4).set('f1', 'hold', 10);
    timers.of(4).set('f3', 'hold', 10);
    timers.of(5).set('f1', 'hold', 10);
    state.takeChanges();
    timers.takeChanges();
    changes.length = 0;
    view.clear('hot', 'f1');
    expect(changes).toEqual(['timers', 'state']);
    expect(state.takeChanges()).toEqual([{ key: 'f1', state: undefined, setAt: 1_000 }]);
    expect(timers.takeChanges()).toEqual([{ node: 4, key: 'f1', name: 'hold', dueAt: undefined }]);
    expect(view.clearAll('hot')).toBe(2);
    expect(view.page('hot', { limit: 1 })).toMatchObject({ entries: [], total: 0, timers: 0 });
    expect(view.page('late', { limit: 1 }).total).toBe(1);
  });

  it('[EN9] says what is wrong about a node that keeps nothing', () => {
    const { view } = setUp();
    expect(() => view.page('out', { limit: 1 })).toThrow('The node “out” does not run here');
    expect(() => view.set('late', 'k', 1)).toThrow('keeps timers only');
  });
});

describe('timers of one node', () => {
  it('[EN10] are listed by when they are due', () => {
    const timers = createFlowTimers(() => undefined);
    timers.of(1).set('b', 't', 20);
    timers.of(1).set('a', 't', 20);
    timers.of(1).set('c', 't', 10);
    timers.of(1).set('gone', 't', 5);
    timers.of(1).clear('gone', 't');
    timers.of(2).set('other', 't', 1);
    expect(timers.list(1).map(({ key, dueAt }) => [key, dueAt])).toEqual([
      ['c', 10],
      ['b', 20],
      ['a', 20],
    ]);
    expect(timers.list(9)).toEqual([]);
  });
});
