import { describe, expect, it } from 'vitest';
import { openRestingState } from './restingState.ts';
import { runFlow, storeWithDisk } from './testFlow.ts';
import { drawFlow, planOf, reading } from './testNodes.ts';
import { TEST_START } from './testing.ts';

const alerting = drawFlow({ in: 'bring', change: 'change', s: 'send' }, 'in>change', 'change>s');
const delaying = drawFlow(
  { in: 'bring', hold: { type: 'hold', config: { ms: 60_000 } }, s: 'send' },
  'in>hold',
  'hold>s',
);

/** A flow that got these readings and was stopped. */
async function stopped(drawing: typeof alerting, ...devices: readonly string[]) {
  const disk = storeWithDisk();
  const before = await runFlow(drawing, { left: disk });
  for (const device of devices) before.origin.push(reading('a', device));
  await before.time.runUntil(TEST_START + 100);
  await before.flow.stop(0);
  const open = () => openRestingState(planOf(drawing), { store: disk, clock: before.shell.clock });
  const restarted = () => runFlow(drawing, { left: disk });
  return { disk, open, restarted };
}

describe('[EN9] what a flow that is stopped keeps', () => {
  it('is shown, and what is changed in it is what the next start goes on with', async () => {
    const { open, restarted } = await stopped(alerting, 'd1', 'd2');
    expect(open().page('change', { limit: 10 })).toMatchObject({
      entries: [
        { key: 'd1', state: 'a' },
        { key: 'd2', state: 'a' },
      ],
      total: 2,
    });
    open().set('change', 'd1', 'b');
    open().clear('change', 'd2');
    const after = await restarted();
    expect(after.flow.stateView.page('change', { limit: 10 }).entries).toMatchObject([
      { key: 'd1', state: 'b' },
    ]);
    after.origin.push(reading('b', 'd1'));
    after.origin.push(reading('c', 'd1'));
    await after.time.runUntil(TEST_START + 100);
    expect(after.lab.accepted).toEqual(['c']);
  });

  it('[EN10] has its timers, which are cleared with their keys and then never fire', async () => {
    const { disk, open, restarted } = await stopped(delaying, 'd1', 'd2');
    const [first, second] = open().page('hold', { limit: 10 }).entries;
    expect([first?.timers.length, second?.timers.length]).toEqual([1, 1]);
    open().clear('hold', first?.key ?? '');
    expect(disk.load('flow').timers.map(({ key }) => key)).toEqual([second?.key]);
    expect(open().clearAll('hold')).toBe(1);
    expect(disk.load('flow').timers).toEqual([]);
    const after = await restarted();
    await after.time.runUntil(TEST_START + 200_000);
    expect(after.lab.accepted).toEqual([]);
  });

  it('that another version of a node has left is neither shown nor taken away by a change', async () => {
    const { disk, open } = await stopped(alerting, 'd1');
    const [row] = disk.load('flow').state;
    if (row === undefined) throw new Error('Nothing was kept.');
    const old = { ...row, key: 'd9', version: row.version + 1 };
    const rest = { flow: 'flow', timers: [], pendingAdded: [], pendingDone: [], deadLetters: [] };
    disk.commit([{ ...rest, state: [old] }]);
    expect(open().page('change', { limit: 10 }).total).toBe(1);
    open().set('change', 'd1', 'b');
    expect(
      disk
        .load('flow')
        .state.map(({ key }) => key)
        .toSorted(),
    ).toEqual(['d1', 'd9']);
  });

  it('is as it was where the change cannot be written, and that is said', async () => {
    const { disk, open } = await stopped(alerting, 'd1');
    disk.isFull = true;
    expect(() => open().clearAll('change')).toThrow('The disk is full.');
    disk.isFull = false;
    expect(open().page('change', { limit: 10 }).total).toBe(1);
    expect(() => open().page('s', { limit: 10 })).toThrow('The version that ran last has no node “s”');
  });
});
