import { describe, expect, it } from 'vitest';
import { createCommitter } from './commit.ts';
import type { FlowChanges } from './shell.ts';
import { storeWithDisk } from './testFlow.ts';
import { reading } from './testNodes.ts';
import { createVirtualTime } from './virtualTime.ts';

function changes(parts: Partial<FlowChanges>): FlowChanges {
  return {
    flow: 'flow',
    state: [],
    timers: [],
    pendingAdded: [],
    pendingDone: [],
    deadLetters: [],
    ...parts,
  };
}

function row(key: string, state: number) {
  return { node: 'n', type: 't', version: 1, key, state, setAt: 1_000 };
}

function waiting(sequence: number) {
  return { sequence, node: 'n', port: 'in', message: reading(1), at: 0, bytes: 100, isCaught: false };
}

function created() {
  const store = storeWithDisk();
  const time = createVirtualTime(0);
  return { store, time, committer: createCommitter(store, time.scheduler) };
}

describe('group commit', () => {
  it('[EN9] writes what flows change in one turn together, the last of a key, and then says so', async () => {
    const { store, time, committer } = created();
    const durable: string[] = [];
    committer.add(changes({ state: [row('a', 1), row('b', 1)] }));
    committer.whenDurable(() => durable.push('one'));
    committer.add(changes({ state: [row('a', 2)] }));
    committer.add(changes({ flow: 'two', state: [row('a', 3)] }));
    expect([store.commits, durable]).toEqual([[], []]);
    await time.settle();
    expect(store.commits.map((flows) => flows.map(({ flow, state }) => [flow, state.length]))).toEqual([
      [
        ['flow', 2],
        ['two', 1],
      ],
    ]);
    expect(store.load('flow').state.map(({ state }) => state)).toEqual([2, 1]);
    expect(durable).toEqual(['one']);
  });

  it('[EN9] says at once that all is on disk when nothing is outstanding', () => {
    const { committer } = created();
    let isDurable = false;
    committer.whenDurable(() => (isDurable = true));
    expect(isDurable).toBe(true);
  });

  it('[EN9] writes no row for a message that was handled before the commit', async () => {
    const { store, time, committer } = created();
    committer.add(changes({ pendingAdded: [waiting(1), waiting(2)] }));
    committer.add(changes({ pendingDone: [1, 0] }));
    await time.settle();
    expect(store.commits[0]?.[0]).toMatchObject({ pendingAdded: [{ sequence: 2 }], pendingDone: [0] });
  });

  it('[EN9] writes no row for a message that is handled in the turn in which the gathering ends', () => {
    const store = storeWithDisk();
    const due: (() => void)[] = [];
    const gatherings: (() => void)[] = [];
    const committer = createCommitter(store, {
      soon: (run) => void due.push(run),
      after: (_ms, run) => {
        gatherings.push(run);
        return () => undefined;
      },
    });
    const runDue = () => due.splice(0).forEach((run) => run());
    committer.add(changes({ state: [row('a', 1)] }));
    runDue();
    committer.add(changes({ state: [row('a', 2)], pendingAdded: [waiting(1)] }));
    due.push(() => committer.add(changes({ pendingDone: [1] })));
    gatherings[0]?.();
    runDue();
    expect(store.commits[1]?.[0]).toMatchObject({
      state: [{ state: 2 }],
      pendingAdded: [],
      pendingDone: [],
    });
  });

  it('[EN9] gathers for a few milliseconds after a commit', async () => {
    const { store, time, committer } = created();
    for (let count = 0; count < 10; count++) {
      committer.add(changes({ state: [row('a', count)] }));
      await time.runUntil(count * 0.2);
    }
    expect(store.commits).toHaveLength(1);
    await time.runUntil(10);
    expect(store.commits).toHaveLength(2);
    expect(store.load('flow').state[0]?.state).toBe(9);
  });

  it('[EN9] keeps everything while the disk is full, tries again ever more slowly, and tells of both ends', async () => {
    const { store, time, committer } = created();
    const told: (string | undefined)[] = [];
    void committer.onTrouble((sentence) => told.push(sentence));
    store.isFull = true;
    let isDurable = false;
    committer.add(changes({ state: [row('a', 1)] }));
    committer.whenDurable(() => (isDurable = true));
    await time.runUntil(20_000);
    committer.add(changes({ state: [row('b', 2)] }));
    expect([isDurable, told, committer.flush(), committer.trouble]).toEqual([
      false,
      ['The disk is full.'],
      false,
      'The disk is full.',
    ]);
    expect(time.standing).toBe(1);
    store.isFull = false;
    await time.runUntil(26_000);
    expect([isDurable, told]).toEqual([true, ['The disk is full.', undefined]]);
    expect(store.load('flow').state.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('[EN9] tries a last time when it is stopped, and leaves nothing standing', async () => {
    const { store, time, committer } = created();
    store.isFull = true;
    committer.add(changes({ state: [row('a', 1)] }));
    await time.runUntil(1_000);
    store.isFull = false;
    committer.stop();
    committer.stop();
    expect([store.load('flow').state.length, time.standing]).toEqual([1, 0]);
    committer.add(changes({ state: [row('b', 1)] }));
    await time.runUntil(100_000);
    expect(store.load('flow').state).toHaveLength(1);
  });
});
