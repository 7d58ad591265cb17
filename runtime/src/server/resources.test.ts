import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { AlarmReport } from '@sluice/shared/node/context.ts';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStateStore } from '../storage/stateStore.ts';
import { builtInConnection } from './connections.ts';
import { apiOf, startTestServer } from './testServer.ts';
import { eventually } from '../testingPatience.ts';

async function setUp() {
  const test = await startTestServer();
  return { ...test, api: apiOf(test.server, test.cookieFor('integrator')) };
}

const PLANT = {
  name: 'Plant',
  type: 'mqtt',
  config: { url: 'mqtt://10.0.0.5' },
  secrets: { password: 'tiger' },
};

describe('connections', () => {
  it('hold secrets that the runner gets and nobody reads back', async () => {
    const { api, host, folder } = await setUp();
    const made = await api.ok('createConnection', { body: PLANT });
    expect(made).toMatchObject({ name: 'Plant', secrets: ['password'], revision: 1, builtIn: false });
    expect(JSON.stringify(await api.ok('connections'))).not.toContain('tiger');
    expect(host.asked.at(-1)).toBe(`connections broker ${made.id}`);
    expect(readFileSync(join(folder, 'sluice.db-wal')).includes('tiger')).toBe(false);
  });

  it('are refused with settings that such a connection cannot be opened with, and a change to those too', async () => {
    const { api } = await setUp();
    const wrong = [
      { ...PLANT, config: { url: 5 } },
      { ...PLANT, type: 'influxdb', config: { url: 'http://127.0.0.1:8086' } },
      { ...PLANT, type: 'smtp', config: { host: '' } },
    ];
    for (const body of wrong) {
      expect(await api.problem('createConnection', { body })).toMatchObject({ code: 'invalid-input' });
    }
    const { id } = await api.ok('createConnection', { body: PLANT });
    const body = { revision: 1, name: 'Plant', config: { url: 'ftp://10.0.0.5' } };
    expect(await api.problem('saveConnection', { params: { id }, body })).toMatchObject({
      detail: expect.stringContaining(
        'The address “ftp://10.0.0.5” of the connection “Plant” is not one of an MQTT broker.',
      ),
    });
    expect(await api.ok('connections')).toMatchObject([
      { id: 'broker' },
      { id, config: PLANT.config, revision: 1 },
    ]);
  });

  it('keep the secrets that a change leaves out, and delete those that it empties', async () => {
    const { api } = await setUp();
    const { id } = await api.ok('createConnection', { body: PLANT });
    const save = (revision: number, secrets: Record<string, string>) =>
      api.ok('saveConnection', {
        params: { id },
        body: { revision, name: 'Plant', config: PLANT.config, secrets },
      });
    expect((await save(1, { token: 'x' })).secrets).toEqual(['password', 'token']);
    expect((await save(2, { password: '' })).secrets).toEqual(['token']);
    const stale = await api.problem('saveConnection', {
      params: { id },
      body: { revision: 1, name: 'P', config: {}, secrets: {} },
    });
    expect(stale).toMatchObject({ status: 409, code: 'stale-revision', current: { revision: 3 } });
  });

  it('are there for the broker from the start, and that one cannot be changed', async () => {
    const { api, server } = await setUp();
    expect(await api.ok('connections')).toEqual([
      {
        id: 'broker',
        name: 'Built-in MQTT broker',
        type: 'mqtt',
        // It signs in with a credential of its own, which nobody is shown.
        config: { url: `mqtt://127.0.0.1:${server.mqtt}`, username: '$runner/main' },
        secrets: ['password'],
        revision: 1,
        builtIn: true,
      },
    ]);
    const problem = await api.problem('deleteConnection', {
      params: { id: 'broker' },
      query: { revision: 1 },
    });
    expect(problem).toMatchObject({ status: 403, detail: expect.stringContaining('belongs to Sluice') });
  });

  it('are not deleted while a flow uses them', async () => {
    const { api } = await setUp();
    const { id } = await api.ok('createConnection', { body: PLANT });
    const node = { id: 'n', type: 'mqtt-in', position: { x: 0, y: 0 }, config: { connection: id } };
    await api.ok('createFlow', { body: { name: 'A', flow: { ...emptyFlow('a', 'A'), nodes: [node] } } });
    const remove = { params: { id }, query: { revision: 1 } };
    expect(await api.problem('deleteConnection', remove)).toMatchObject({
      status: 409,
      code: 'in-use',
      detail: expect.stringContaining('“A”'),
    });
    await api.ok('deleteFlow', { params: { id: 'a' }, query: { revision: 1 } });
    await api.ok('deleteConnection', remove);
    expect(await api.problem('deleteConnection', remove)).toMatchObject({ status: 404 });
  });

  it('to an outside broker keep user and password of its address apart', () => {
    const made = builtInConnection('mqtts://ada:ti%40ger@broker.example:8883', true);
    expect(made).toMatchObject({
      config: { url: 'mqtts://broker.example:8883', username: 'ada' },
      secrets: { password: 'ti@ger' },
    });
  });
});

describe('devices', () => {
  it('appear when they publish over MQTT, and can be named', async () => {
    const { api, server, host } = await setUp();
    const device = await connectAsync(server.mqttUrl);
    onTestFinished(() => device.endAsync());
    await device.publishAsync('devices/f1/about', '{"name":"Freezer 1","tags":["cold"]}', {
      qos: 1,
      retain: true,
    });
    await device.publishAsync('devices/f1/telemetry', '{"temperature":-18}', { qos: 1 });
    await eventually(async () => {
      const [found] = await api.ok('devices');
      expect(found).toMatchObject({
        id: 'f1',
        name: 'Freezer 1',
        tags: ['cold'],
        measurements: { temperature: { value: -18 } },
      });
    });
    await eventually(() => expect(host.asked).toContain('devices f1'));
    const params = { id: 'f1' };
    await api.ok('saveDevice', { params, body: { name: 'Mine', model: 'F', tags: [] } });
    expect((await api.ok('device', { params })).name).toBe('Mine');
    expect(await api.problem('device', { params: { id: 'x' } })).toMatchObject({
      detail: 'There is no device “x”.',
    });
  });
});

describe('alarms', () => {
  const report = (state: 'active' | 'cleared', time: number, value = 5): AlarmReport => ({
    key: 'f1',
    device: 'f1',
    state,
    severity: 'major',
    text: 'too warm',
    time,
    value,
  });

  it('are one for a node and device: a repeat counts, a clear ends it, the next is a new one', async () => {
    const { api, host } = await setUp();
    const store = (...reports: AlarmReport[]) => host.options.storeAlarms('a', 'n', reports);
    await store(report('cleared', 0));
    expect(await api.ok('alarms')).toEqual([]);
    await store(report('active', 1), report('active', 2, 6));
    expect(await api.ok('alarms')).toMatchObject([
      { state: 'active', count: 2, raisedAt: 1, lastSeen: 2, value: 6, device: 'f1' },
    ]);
    await store(report('cleared', 3), report('active', 4));
    const [active, cleared] = await api.ok('alarms');
    expect(active).toMatchObject({ state: 'active', count: 1, raisedAt: 4 });
    expect(cleared).toMatchObject({ state: 'cleared', clearedAt: 3 });
    expect(await api.ok('alarms', { query: { state: 'cleared' } })).toHaveLength(1);
    expect(await api.problem('alarms', { query: { state: 'loud' } })).toMatchObject({ status: 422 });
  });
});

describe('dead letters', () => {
  async function withLetter() {
    const test = await setUp();
    const store = openStateStore(join(test.folder, 'runner', 'main', 'state.db'));
    onTestFinished(() => store.close());
    const message = createMessage({
      id: 'm1',
      time: 1,
      device: 'f1',
      payload: { t: 1, password: 'tiger' },
      headers: { qos: 1, error: 'It broke.', errorNode: 'n' },
    });
    const letter = { id: 'd1', node: 'n', port: 'in', at: 2, sentence: 'It broke.', message };
    store.commit([
      { flow: 'a', state: [], timers: [], pendingAdded: [], pendingDone: [], deadLetters: [letter] },
    ]);
    return test;
  }

  it('are shown with node, time and reason, secrets masked', async () => {
    const { api } = await withLetter();
    const [letter] = await api.ok('deadLetters', { query: { flow: 'a' } });
    expect(letter).toMatchObject({ id: 'd1', flow: 'a', node: 'n', at: 2, sentence: 'It broke.' });
    expect(letter?.message.payload).toEqual({ t: 1, password: '••••••' });
    expect(await api.ok('deadLetters', { query: { flow: 'b' } })).toEqual([]);
  });

  it('[EN7] go into their node again when replayed, with nothing masked, and are gone then', async () => {
    const { api, host } = await withLetter();
    host.answers.inject = {
      ok: false,
      code: 'not-found',
      sentence: 'The flow is not running.',
      problems: [],
    };
    const params = { id: 'd1' };
    expect(await api.problem('replayDeadLetter', { params })).toMatchObject({
      detail: '“a” is not running, so its failed messages stay here. Start it and replay them again.',
    });
    expect(await api.ok('deadLetters')).toHaveLength(1);
    host.answers.inject = { ok: true, problems: [] };
    host.running.set('a', 1);
    await api.ok('replayDeadLetter', { params });
    expect(host.injected.at(-1)).toMatchObject({
      flow: 'a',
      node: 'n',
      message: { payload: { password: 'tiger' } },
    });
    // As it came in at first: what the failure added is not a part of the message.
    expect(host.injected.at(-1)?.message?.headers).toEqual({ qos: 1 });
    expect(await api.ok('deadLetters')).toEqual([]);
    expect(await api.problem('replayDeadLetter', { params })).toMatchObject({ code: 'not-found' });
  });

  it('[EN7] are counted, exported, replayed and dropped together over the API', async () => {
    const { api, host } = await withLetter();
    host.running.set('a', 1);
    const { groups, ...counts } = await api.ok('deadLetterGroups', { query: { flow: 'a' } });
    expect(groups).toEqual([
      { flow: 'a', node: 'n', sentence: 'It broke.', count: 1, newestAt: 2, oldestAt: 2 },
    ]);
    expect(counts).toEqual({ kept: 1, dropped: 0 });
    expect(await api.ok('exportDeadLetters', { query: { node: 'n' } })).toMatchObject([
      { id: 'd1', message: { payload: { t: 1, password: 'tiger' }, bytes: null } },
    ]);
    expect(await api.ok('dropDeadLetters', { body: { sentence: 'Another one.' } })).toEqual({ dropped: 0 });
    expect(await api.ok('replayDeadLetters', { body: { flow: 'a' } })).toEqual({ replayed: 1, left: 0 });
    expect(await api.problem('deadLetters', { query: { before: 'd1' } })).toMatchObject({
      code: 'not-found',
    });
  });

  it('can be dropped, once', async () => {
    const { api } = await withLetter();
    await api.ok('dropDeadLetter', { params: { id: 'd1' } });
    expect(await api.problem('dropDeadLetter', { params: { id: 'd1' } })).toMatchObject({
      code: 'not-found',
    });
  });
});

describe('trouble with the state of the runner', () => {
  it('[EN9] commits that the disk lost are an alarm, which ends with the next start', async () => {
    const first = await startTestServer();
    const sentence = 'The disk has lost the last 3 commits of state.';
    first.host.tell('trouble', { kind: 'trouble', sentence });
    const active = await apiOf(first.server, first.cookieFor('viewer')).ok('alarms');
    expect(active).toMatchObject([{ state: 'active', severity: 'critical', text: sentence }]);
    await first.server.stop();
    const second = await startTestServer({ data: first.folder });
    const after = await apiOf(second.server, second.cookieFor('viewer')).ok('alarms');
    expect(after).toMatchObject([{ state: 'cleared', text: sentence }]);
  });
});
