import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SluiceError } from '@sluice/shared/errors.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { StoredMessage } from '@sluice/shared/message/stored.ts';
import { fromStored } from '@sluice/shared/message/stored.ts';
import type { DeadLetterEntry } from '../engine/shell.ts';
import type { RunnerAnswer } from '../runner/protocol.ts';
import type { RunnerTime } from '../runner/time.ts';
import { systemTime } from '../runner/time.ts';
import { openStateStore } from '../storage/stateStore.ts';
import { openDeadLetters } from '../storage/stateStoreDeadLetters.ts';
import type { Note } from './actor.ts';
import { createDeadLetters } from './deadLetters.ts';
import type { FakeRunnerHost } from './fakeRunnerHost.ts';
import { createFakeRunnerHost } from './fakeRunnerHost.ts';

const ADA = { who: 'ada@example.org', address: '127.0.0.1' };
const OK: RunnerAnswer = { ok: true, problems: [] };

function letter(id: string, parts: Partial<DeadLetterEntry> = {}): DeadLetterEntry {
  const headers = { qos: 1, error: 'It broke.', errorNode: 'n' };
  const message = createMessage({ id: `m-${id}`, time: 1, payload: { id, password: 'tiger' }, headers });
  return { id, node: 'n', port: 'in', at: 5, sentence: 'It broke.', message, ...parts };
}

function letters(count: number, parts: Partial<DeadLetterEntry> = {}): DeadLetterEntry[] {
  return Array.from({ length: count }, (_, index) => letter(`l${index}`, parts));
}

/** A real store on disk, a host that runs nothing, and the dead letters between the two. */
function setUp(time: RunnerTime = systemTime) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-letters-'));
  const state = openStateStore(join(folder, 'state.db'));
  const store = openDeadLetters(join(folder, 'state.db'));
  onTestFinished(() => {
    store.close();
    state.close();
    rmSync(folder, { recursive: true });
  });
  const host = createFakeRunnerHost({} as never);
  host.running.set('cold', 1);
  const notes: unknown[] = [];
  const disk = { isFull: false };
  const noteOfDone: Note = (_actor, what, subject, details) => void notes.push([what, subject, details]);
  const note: Note = (...noted) => {
    if (disk.isFull) throw new SluiceError('disk-full', 'The disk is full.');
    noteOfDone(...noted);
  };
  const deadLetters = createDeadLetters({
    store,
    host,
    time,
    note,
    noteOfDone,
    isRunning: (flow) => host.running.has(flow),
    nameOf: (flow) => `The ${flow} room`,
  });
  const fail = (deadLetters: readonly DeadLetterEntry[], flow = 'cold') =>
    state.commit([{ flow, state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters }]);
  const kept = async () => (await deadLetters.list({}, undefined, 1_000)).map(({ id }) => id).toReversed();
  return { deadLetters, disk, host, store, fail, notes, kept };
}

/** What goes into the nodes, in order, as the ids of the messages. */
function sent(host: FakeRunnerHost): (string | undefined)[] {
  return host.injected.map(({ message }) => message?.id);
}

it('[EN7] are shown page by page, newest first, secrets masked and cut', async () => {
  const { deadLetters, fail } = setUp();
  const large = createMessage({ id: 'm', time: 1, payload: { text: 'x'.repeat(20_000) } });
  fail([letter('1'), letter('2', { message: large }), letter('3', { sentence: 'No.' })]);
  const first = await deadLetters.list({}, undefined, 2);
  expect(first.map(({ id }) => id)).toEqual(['3', '2']);
  expect(first[0]).toMatchObject({ flow: 'cold', node: 'n', port: 'in', at: 5, sentence: 'No.' });
  expect(first[0]?.message.payload).toEqual({ id: '3', password: '••••••' });
  expect(first[1]?.message.cut).toMatchObject({ kind: 'cut' });
  const next = await deadLetters.list({}, '2', 2);
  expect(next.map(({ id }) => id)).toEqual(['1']);
  expect(await deadLetters.list({ sentence: 'No.' }, undefined, 9)).toHaveLength(1);
  await expect(deadLetters.list({}, 'gone', 2)).rejects.toThrow('Begin anew');
});

it('[EN7] are counted by flow, node and error, the most frequent first, however many there are', async () => {
  const { deadLetters, fail } = setUp();
  fail(letters(4_100, { at: 7 }));
  fail([letter('a', { sentence: 'No.' }), letter('b', { sentence: 'No.', at: 9 })], 'warm');
  const { groups, kept, dropped } = await deadLetters.groups({});
  expect(groups).toEqual([
    { flow: 'cold', node: 'n', sentence: 'It broke.', count: 4_100, newestAt: 7, oldestAt: 7 },
    { flow: 'warm', node: 'n', sentence: 'No.', count: 2, newestAt: 9, oldestAt: 5 },
  ]);
  expect([kept, dropped]).toEqual([4_102, 0]);
  expect(await deadLetters.groups({ flow: 'warm', until: 6 })).toMatchObject({ kept: 1 });
});

it('[EN7] a flow with a thousand different errors hides no other, and the dropped are counted', async () => {
  const { deadLetters, fail } = setUp();
  fail(Array.from({ length: 10_002 }, (_, index) => letter(`l${index}`, { sentence: `Error ${index}.` })));
  fail([letter('a')], 'warm');
  const { groups, kept, dropped } = await deadLetters.groups({});
  expect(groups).toHaveLength(101);
  expect(groups.some(({ flow }) => flow === 'warm')).toBe(true);
  expect([kept, dropped]).toEqual([10_001, 2]);
  expect((await deadLetters.groups({ flow: 'warm' })).dropped).toBe(0);
});

it('[EN7] the export has whole messages, oldest first, and goes on where it ended', async () => {
  const { deadLetters, fail } = setUp();
  const bytes = createMessage({ id: 'b', time: 1, payload: new Uint8Array([0, 255]) });
  fail([letter('1'), letter('2', { message: bytes }), letter('3')]);
  const all = (await deadLetters.export({ flow: 'cold' }, undefined)) as {
    id: string;
    message: StoredMessage;
  }[];
  expect(all.map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect(all[0]?.message.payload).toEqual({ id: '1', password: 'tiger' });
  expect(all.map(({ message }) => fromStored(message))[1]).toEqual(bytes);
  expect(await deadLetters.export({}, '2')).toMatchObject([{ id: '3' }]);
  expect(await deadLetters.export({}, '3')).toEqual([]);
});

it('[EN5] the export of large messages ends early, and the next ones give the rest', async () => {
  const { deadLetters, fail } = setUp();
  const large = createMessage({ id: 'm', time: 1, payload: 'x'.repeat(3_000_000) });
  fail(letters(10, { message: large }));
  const first = (await deadLetters.export({}, undefined)) as { id: string }[];
  expect(first.length).toBeLessThan(10);
  const second = (await deadLetters.export({}, first.at(-1)?.id)) as { id: string }[];
  expect([...first, ...second].map(({ id }) => id)).toEqual(letters(10).map(({ id }) => id));
});

it('[EN7] a replay sends all into their nodes, oldest first and as they came, and they are gone when all is committed', async () => {
  const { deadLetters, host, fail, notes, kept } = setUp();
  fail(letters(250, { port: 'other' }));
  expect(await deadLetters.replayAll(ADA, { flow: 'cold' })).toEqual({ replayed: 250, left: 0 });
  expect(sent(host)).toEqual(letters(250).map(({ message }) => message.id));
  expect(host.injected[0]).toMatchObject({ flow: 'cold', node: 'n', port: 'other' });
  expect(host.injected[0]?.message?.headers).toEqual({ qos: 1 });
  expect(host.injected[0]?.message?.payload).toEqual({ id: 'l0', password: 'tiger' });
  expect(host.questions.map(({ about }) => about)).toEqual(['settled', 'settled', 'settled']);
  expect(await kept()).toEqual([]);
  expect(notes).toEqual([['dead-letter.replay-all', 'cold', { count: 250 }]]);
});

it('[EN6] nothing is removed before the flow has committed it', async () => {
  const { deadLetters, host, fail, kept } = setUp();
  fail(letters(3));
  let settle: () => void = () => undefined;
  const settled = new Promise<undefined>((resolve) => {
    settle = () => resolve(undefined);
  });
  host.ask = (() => settled) as FakeRunnerHost['ask'];
  const replaying = deadLetters.replay(ADA, 'l0');
  await new Promise((resolve) => systemTime.soon(() => resolve(undefined)));
  expect(sent(host)).toEqual(['m-l0']);
  expect(await kept()).toHaveLength(3);
  settle();
  await replaying;
  expect(await kept()).toEqual(['l1', 'l2']);
});

it('[EN6] a runner that goes away in the middle loses nothing: what was under way stays, and can be sent again', async () => {
  const { deadLetters, host, fail, kept } = setUp();
  fail(letters(250));
  const ask = host.ask.bind(host);
  let pages = 0;
  host.ask = ((flow: string, question: { about: 'settled' }) => {
    pages += 1;
    if (pages === 2) return Promise.reject(new SluiceError('runner-away', 'The runner is starting again.'));
    return ask(flow, question);
  }) as FakeRunnerHost['ask'];
  const outcome = await deadLetters.replayAll(ADA, {});
  expect(outcome).toEqual({ replayed: 100, left: 150, sentence: 'The runner is starting again.' });
  expect((await kept())[0]).toBe('l100');
  expect(await deadLetters.replayAll(ADA, {})).toEqual({ replayed: 150, left: 0 });
  // Twice: what was under way when it went away, and nothing else.
  const twice = sent(host).filter((id, index, all) => all.indexOf(id) !== index);
  expect(twice).toEqual(
    letters(200)
      .slice(100)
      .map(({ message }) => message.id),
  );
});

it('[EN7] a flow that does not run keeps its messages and keeps none of another flow back', async () => {
  const { deadLetters, host, fail, kept } = setUp();
  fail(letters(2), 'off');
  fail([letter('c')]);
  host.inject = async (flow, node, port, message) => {
    if (flow === 'off') return { ok: false, code: 'not-found', sentence: 'not running', problems: [] };
    host.injected.push({ flow, node, port, message });
    return OK;
  };
  const sentence =
    '“The off room” is not running, so its failed messages stay here. Start it and replay them again.';
  expect(await deadLetters.replayAll(ADA, {})).toEqual({ replayed: 1, left: 2, sentence });
  expect(await kept()).toEqual(['l0', 'l1']);
  await expect(deadLetters.replayAll(ADA, { flow: 'off' })).rejects.toThrow(sentence);
  await expect(deadLetters.replay(ADA, 'l1')).rejects.toThrow(sentence);
});

it('[EN7] a message whose node is gone stays, the others go', async () => {
  const { deadLetters, host, fail, kept } = setUp();
  fail([letter('1', { node: 'gone' }), letter('2')]);
  host.inject = async (_flow, node) =>
    node === 'gone'
      ? { ok: false, code: 'not-found', sentence: 'The node “gone” is not running.', problems: [] }
      : OK;
  const outcome = await deadLetters.replayAll(ADA, {});
  expect(outcome).toEqual({ replayed: 1, left: 1, sentence: 'The node “gone” is not running.' });
  expect(await kept()).toEqual(['1']);
});

it('[EN7] a message that fails again is one new letter, and is not sent round and round', async () => {
  const { deadLetters, host, fail, kept } = setUp();
  fail(letters(3));
  let failures = 0;
  host.inject = async (_flow, _node, _port, message) => {
    failures += 1;
    fail([letter(`again-${message?.id}`)]);
    return OK;
  };
  expect(await deadLetters.replayAll(ADA, {})).toEqual({ replayed: 3, left: 0 });
  expect(failures).toBe(3);
  expect(await kept()).toEqual(['again-m-l0', 'again-m-l1', 'again-m-l2']);
});

it('[EN7] two people who replay at once send nothing twice', async () => {
  const { deadLetters, host, fail } = setUp();
  fail(letters(150));
  const [all, one, again] = await Promise.allSettled([
    deadLetters.replayAll(ADA, {}),
    deadLetters.replay(ADA, 'l7'),
    deadLetters.replayAll(ADA, {}),
  ]);
  expect(all).toMatchObject({ value: { replayed: 150 } });
  expect(one).toMatchObject({ reason: { code: 'not-found' } });
  expect(again).toMatchObject({ value: { replayed: 0, left: 0 } });
  expect(new Set(sent(host)).size).toBe(host.injected.length);
});

it('[EN5] a replay that takes long ends after a while and says how many are left', async () => {
  let now = 0;
  const { deadLetters, host, fail } = setUp({ ...systemTime, now: () => now });
  fail(letters(500));
  host.inject = async () => {
    now += 60;
    return OK;
  };
  expect(await deadLetters.replayAll(ADA, {})).toEqual({ replayed: 200, left: 300 });
});

it('[EN5] a flow that does not come to an end with a page holds nobody up, and what was sent stays', async () => {
  const due: (() => void)[] = [];
  const after = (_ms: number, run: () => void) => {
    due.push(run);
    return () => undefined;
  };
  const { deadLetters, host, fail, kept } = setUp({ ...systemTime, after });
  fail(letters(3));
  host.ask = () => new Promise(() => undefined);
  const replaying = deadLetters.replay(ADA, 'l0');
  await new Promise((resolve) => systemTime.soon(() => resolve(undefined)));
  for (const run of due) run();
  await expect(replaying).rejects.toThrow('“The cold room” has not come to an end');
  expect(await kept()).toHaveLength(3);
});

it('[EN7] all that fit are dropped, counted and noted; what fails meanwhile is not', async () => {
  const { deadLetters, fail, notes, kept } = setUp();
  fail(letters(2_300));
  fail([letter('b', { sentence: 'No.' })]);
  const dropping = deadLetters.dropAll(ADA, { flow: 'cold', sentence: 'It broke.' });
  fail([letter('later')]);
  expect(await dropping).toBe(2_300);
  expect(await kept()).toEqual(['b', 'later']);
  expect(notes).toEqual([['dead-letter.drop-all', 'cold', { count: 2_300, sentence: 'It broke.' }]]);
  expect(await deadLetters.dropAll(ADA, { flow: 'nowhere' })).toBe(0);
});

it('[EN7] one can be dropped, once', async () => {
  const { deadLetters, fail, kept } = setUp();
  fail(letters(2));
  deadLetters.drop(ADA, 'l0');
  expect(() => deadLetters.drop(ADA, 'l0')).toThrow('it was replayed or dropped');
  expect(await kept()).toEqual(['l1']);
});

it('[EN9] on a full disk nothing is replayed, and dropping, which frees space, goes on', async () => {
  const { deadLetters, disk, host, fail, kept } = setUp();
  fail(letters(3));
  disk.isFull = true;
  await expect(deadLetters.replay(ADA, 'l0')).rejects.toThrow('The disk is full');
  await expect(deadLetters.replayAll(ADA, {})).rejects.toThrow('The disk is full');
  expect([sent(host), await kept()]).toEqual([[], ['l0', 'l1', 'l2']]);
  deadLetters.drop(ADA, 'l0');
  expect(await deadLetters.dropAll(ADA, {})).toBe(2);
  expect(await kept()).toEqual([]);
});

it('[EN5] counting ten thousand leaves the server free in between', async () => {
  const { deadLetters, fail } = setUp();
  fail(letters(10_000));
  let turns = 0;
  let isDone = false;
  const tick = () => {
    turns += 1;
    if (!isDone) systemTime.soon(tick);
  };
  systemTime.soon(tick);
  await deadLetters.groups({});
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(4);
});
