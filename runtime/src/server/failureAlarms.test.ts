import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { Alarm } from '@sluice/shared/protocol/http.ts';
import type { NodeCounters } from '../engine/runningFlow.ts';
import { fakeTime } from '../runner/fakeTime.ts';
import { createAccountStore } from '../storage/accounts.ts';
import { createAlarmStore } from '../storage/alarms.ts';
import { openDatabase } from '../storage/database.ts';
import { openStateStore } from '../storage/stateStore.ts';
import { openDeadLetters } from '../storage/stateStoreDeadLetters.ts';
import type { Alarms } from './alarms.ts';
import { createAlarms } from './alarms.ts';
import { alarmFailures } from './failureAlarms.ts';
import type { FakeRunnerHost } from './fakeRunnerHost.ts';
import { createFakeRunnerHost } from './fakeRunnerHost.ts';

const QUIET: NodeCounters = {
  in: 0,
  out: 0,
  errors: 0,
  deadLetters: 0,
  waiting: 0,
  evicted: 0,
  retries: 0,
  busyMs: 0,
};

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-failures-'));
  const state = openStateStore(join(folder, 'state.db'));
  const letters = openDeadLetters(join(folder, 'state.db'));
  const database = openDatabase(':memory:');
  createAccountStore(database).addWorkspace('main', 'Main', 0);
  const time = fakeTime();
  const host = createFakeRunnerHost({} as never);
  let ids = 0;
  const newId = () => `alarm-${(ids += 1)}`;
  const alarms = createAlarms({ workspace: 'main', store: createAlarmStore(database), database, newId });
  const changes: Alarm[] = [];
  alarms.onChanged((alarm) => changes.push(alarm));
  const lines: string[] = [];
  let limit = 60;
  const start = (over: Partial<Alarms> = {}) =>
    alarmFailures({
      host,
      alarms: { ...alarms, ...over },
      letters,
      time,
      log: (_level, sentence) => void lines.push(sentence),
      limit: () => limit,
      nameOfFlow: () => 'Cold room',
      nameOfNode: (_flow, node) => (node === 's' ? 'Store' : node),
    });
  onTestFinished(() => {
    database.close();
    letters.close();
    state.close();
    rmSync(folder, { recursive: true });
  });
  const fail = (sentence: string, id: string) => {
    const message = createMessage({ id, time: 1 });
    const deadLetters = [{ id, node: 's', port: 'in', at: 1, sentence, message }];
    state.commit([{ flow: 'cold', state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters }]);
  };
  return { alarms, changes, fail, host, lines, start, time, setLimit: (next: number) => (limit = next) };
}

/** The runner tells how many messages have failed since the flow started. */
function tell(host: FakeRunnerHost, failed: Readonly<Record<string, number>>): void {
  const nodes = Object.entries(failed).map(([node, deadLetters]) => [node, { ...QUIET, deadLetters }]);
  host.tell('counters', {
    kind: 'counters',
    flow: 'cold',
    wires: {},
    nodes: Object.fromEntries(nodes) as Record<string, NodeCounters>,
    totals: { batches: 0, messages: 0, underWay: 0, oldestMs: 0, memory: 0 },
    outboxes: [],
  });
}

it('[EN7] too many failed messages are one alarm of the flow, with the worst node and its most frequent reason', () => {
  const { changes, fail, host, start, time } = setUp();
  onTestFinished(start());
  fail('No room.', '1');
  fail('The database refused it.', '2');
  fail('The database refused it.', '3');
  tell(host, { s: 60 });
  expect(changes).toEqual([]);
  time.advance(5_000);
  tell(host, { s: 60, t: 2 });
  time.advance(5_000);
  tell(host, { s: 500, t: 2 });
  expect(changes).toHaveLength(1);
  expect(changes[0]).toMatchObject({
    flow: 'cold',
    node: 's',
    state: 'active',
    severity: 'major',
    count: 1,
    value: 62,
    text: '62 messages failed in the last minute in “Cold room”, most at “Store” because: The database refused it.',
  });
});

it('[EN7] it is cleared when it was quiet for five minutes, also when the flow stopped and tells nothing more', () => {
  const { alarms, host, start, time } = setUp();
  onTestFinished(start());
  tell(host, { s: 62 });
  expect(alarms.list('active')).toMatchObject([
    { text: '62 messages failed in the last minute in “Cold room”, most at “Store”.' },
  ]);
  time.advance(350_000);
  expect(alarms.list('active')).toHaveLength(1);
  time.advance(20_000);
  expect(alarms.list()).toMatchObject([{ state: 'cleared', node: 's' }]);
});

it('[EN7] the limit is the one that holds at the moment', () => {
  const { alarms, host, setLimit, start } = setUp();
  onTestFinished(start());
  setLimit(100);
  tell(host, { s: 90 });
  expect(alarms.list('active')).toEqual([]);
  setLimit(80);
  tell(host, { s: 90 });
  expect(alarms.list('active')).toHaveLength(1);
});

it('[EN7] an alarm from before a restart of the server is cleared too, and is not raised a second time', () => {
  const { alarms, changes, host, start, time } = setUp();
  const stop = start();
  tell(host, { s: 62 });
  stop();
  onTestFinished(start());
  tell(host, { s: 70 });
  expect(changes).toHaveLength(1);
  time.advance(400_000);
  expect(alarms.list('active')).toEqual([]);
});

it('[EN7] an alarm that could not be stored is said in the log and tried again', () => {
  const { alarms, host, lines, start, time } = setUp();
  let isFull = true;
  const store: Alarms['store'] = (...report) => {
    if (isFull) throw new Error('The disk is full.');
    alarms.store(...report);
  };
  onTestFinished(start({ store }));
  tell(host, { s: 62 });
  expect(lines[0]).toContain('The disk is full.');
  isFull = false;
  time.advance(5_000);
  tell(host, { s: 63 });
  expect(alarms.list('active')).toMatchObject([{ value: 63 }]);
});

it('[EN11] nothing is left running after its stop, which may be called twice', () => {
  const { alarms, host, start, time } = setUp();
  const stop = start();
  stop();
  stop();
  tell(host, { s: 620 });
  expect([alarms.list(), time.pending()]).toEqual([[], 0]);
});
