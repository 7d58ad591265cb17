import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowSchema } from '@sluice/shared/flow/flow.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import { expect, it, onTestFinished } from 'vitest';
import { createRunnerHost } from '../runner/host.ts';
import type { RunnerHost } from '../runner/runnerHost.ts';
import { newId, systemTime } from '../runner/time.ts';
import { openStateStore } from '../storage/stateStore.ts';
import { openDeadLetters } from '../storage/stateStoreDeadLetters.ts';
import { createDeadLetters } from './deadLetters.ts';

const ADA = { who: 'ada@example.org', address: '' };

/** What is over the limit is an alarm of its device: the sink of which the test keeps a ledger. */
const FLOW = flowSchema.parse({
  format: 1,
  id: 'warm',
  name: 'Warm',
  nodes: [
    {
      id: 'hot',
      type: 'threshold',
      position: { x: 0, y: 0 },
      config: { value: 'payload.temperature', limit: 30, mode: 'each' },
    },
    { id: 'alarm', type: 'alarm', position: { x: 240, y: 0 }, config: {} },
  ],
  wires: [{ from: ['hot', 'true'], to: ['alarm', 'in'] }],
});

function lettersOf(count: number, payload: { temperature: number | string }) {
  return Array.from({ length: count }, (_, index) => ({
    id: `l${index}`,
    node: 'hot',
    port: 'in',
    at: 5,
    sentence: 'It broke.',
    message: createMessage({ id: `m${index}`, time: 1, device: `d${index}`, payload }),
  }));
}

/** A real runner process, in whose file these letters are. `stored` hears of each alarm, by its device. */
async function start(deadLetters: ReturnType<typeof lettersOf>, stored: (device: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-replay-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'state.db');
  const state = openStateStore(file);
  state.commit([{ flow: 'warm', state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters }]);
  state.close();
  const host = createRunnerHost({
    workspace: 'w',
    folder,
    connections: [],
    devices: [],
    telemetry: { connection: 'broker', filter: 'devices/+/telemetry' },
    clock: systemTime,
    newId,
    log: () => undefined,
    storeAlarms: async (_flow, _node, reports) => {
      for (const { device = '' } of reports) stored(device);
    },
  });
  onTestFinished(() => host.close(2_000));
  expect(await host.deploy(FLOW, 1, [])).toMatchObject({ ok: true });
  const store = openDeadLetters(file);
  onTestFinished(() => store.close());
  const note = () => undefined;
  const parts = { store, host, time: systemTime, note, noteOfDone: note };
  const letters = createDeadLetters({ ...parts, isRunning: () => true, nameOf: () => 'Warm' });
  return { host, letters };
}

/** Resolves when the runner that was ended is back. */
function isBack(host: RunnerHost): Promise<void> {
  return new Promise((resolve) => {
    const stop = host.on('state', ({ state }) => {
      if (state !== 'ready') return;
      stop();
      resolve();
    });
  });
}

it('[EN6] after kill -9 of the runner in the middle of a replay every message arrives, and few of them twice', async () => {
  const arrived: string[] = [];
  const { host, letters } = await start(lettersOf(300, { temperature: 40 }), (device) => {
    arrived.push(device);
    const pid = host.pid();
    if (arrived.length === 150 && pid !== undefined) process.kill(pid, 'SIGKILL');
  });
  const back = isBack(host);
  const first = await letters.replayAll(ADA, {});
  expect(first).toMatchObject({
    replayed: 100,
    left: 200,
    sentence: expect.stringContaining('starting again'),
  });
  await back;
  expect(await letters.replayAll(ADA, {})).toEqual({ replayed: 200, left: 0 });
  expect(new Set(arrived).size).toBe(300);
  expect(arrived.length).toBeLessThanOrEqual(400);
}, 30_000);

it('[EN7] what fails again in the runner is a new letter, once, with its new reason', async () => {
  const { letters } = await start(lettersOf(3, { temperature: 'hot' }), () => undefined);
  expect(await letters.replayAll(ADA, {})).toEqual({ replayed: 3, left: 0 });
  const after = await letters.list({}, undefined, 10);
  expect(after.map(({ message }) => message.id).toSorted()).toEqual(['m0', 'm1', 'm2']);
  expect(after.some(({ id, sentence }) => id.startsWith('l') || sentence === 'It broke.')).toBe(false);
}, 30_000);

it('[EN7] of a flow as many are kept as the limits of the workspace say, also when they change while it runs', async () => {
  const { host, letters } = await start(lettersOf(5, { temperature: 'hot' }), () => undefined);
  const kept = async () => (await letters.groups({ flow: 'warm' })).kept;
  host.updateLimits({ deadLettersPerFlow: 12 });
  for (let failed = 0; failed < 10; failed++)
    await host.inject('warm', 'hot', undefined, createMessage({ id: `n${failed}`, time: 1, payload: 'no' }));
  await host.ask('warm', { about: 'settled' });
  expect(await kept()).toBe(12);
  host.updateLimits({ deadLettersPerFlow: 3 });
  await host.inject('warm', 'hot', undefined, createMessage({ id: 'last', time: 1, payload: 'no' }));
  await host.ask('warm', { about: 'settled' });
  expect(await letters.groups({ flow: 'warm' })).toMatchObject({ kept: 3, dropped: 13 });
}, 30_000);
