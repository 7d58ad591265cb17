import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { createMessage } from '@sluice/shared/message/message.ts';
import type { User } from '@sluice/shared/protocol/people.ts';
import type { Answer, ClientEvents, ServerEvents } from '@sluice/shared/protocol/live.ts';
import {
  alarmChangedSchema,
  countersSchema,
  devicesChangedSchema,
  endedSchema,
  logSchema,
  roleChangedSchema,
  statusSchema,
  traceChangedSchema,
  valuesSchema,
} from '@sluice/shared/protocol/live.ts';
import { connectAsync } from 'mqtt';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAllowed } from '../http/permission.ts';
import type { TestServer } from '../testServer.ts';
import { apiOf, startTestServer } from '../testServer.ts';
import { LIVE_PERMISSIONS } from './live.ts';
import { eventually } from '../../testingPatience.ts';

type Live = Socket<ServerEvents, ClientEvents>;
type Frames = { event: string; payload: unknown }[];

const SCHEMAS = {
  counters: countersSchema,
  values: valuesSchema,
  status: statusSchema,
  log: logSchema,
  devices: devicesChangedSchema,
  alarm: alarmChangedSchema,
  trace: traceChangedSchema,
  role: roleChangedSchema,
  ended: endedSchema,
};

function open(server: TestServer['server'], headers: Record<string, string>): Live {
  const socket: Live = io(server.address, {
    transports: ['websocket'],
    reconnection: false,
    extraHeaders: headers,
  });
  onTestFinished(() => void socket.close());
  return socket;
}

/** An open socket; whatever the server sends is checked by its schema and collected. */
async function connected(test: TestServer, role: User['role'] = 'integrator', cookie = test.cookieFor(role)) {
  const socket = open(test.server, { cookie });
  const frames: Frames = [];
  socket.onAny((event: keyof typeof SCHEMAS, payload: unknown) => {
    frames.push({ event, payload: SCHEMAS[event].parse(payload) });
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve);
    socket.on('connect_error', reject);
  });
  const ask = (event: keyof ClientEvents, request: unknown): Promise<Answer> =>
    socket.emitWithAck<'watch'>(event as 'watch', request as never);
  const of = (event: string) => frames.filter((frame) => frame.event === event).map(({ payload }) => payload);
  return { socket, frames, ask, of };
}

async function setUp() {
  const test = await startTestServer();
  const api = apiOf(test.server, test.cookieFor('integrator'));
  await api.ok('createFlow', { body: { name: 'A' } });
  return { ...test, api };
}

const refused = (socket: Live) =>
  new Promise<string>((resolve, reject) => {
    socket.on('connect_error', (error) => resolve(error.message));
    socket.on('connect', () => reject(new Error('the socket was let in')));
  });

const message = createMessage({ id: 'm', time: 1, topic: 't', payload: { t: 1, token: 'tiger' } });
const sample = (wire = 'a.out>b.in') =>
  ({ kind: 'values', flow: 'a', samples: [{ wire, message }] }) as const;
const count = (value: number) =>
  ({
    kind: 'counters',
    flow: 'a',
    wires: { 'a.out>b.in': value },
    nodes: { b: { in: 1, out: 1, errors: 2, deadLetters: 0, waiting: 0, evicted: 0, retries: 0, busyMs: 0 } },
    totals: { batches: 1, messages: 1, underWay: 0, oldestMs: 0, memory: 0 },
    outboxes: [],
  }) as const;

describe('the live socket', () => {
  it('lets in nobody without a session', async () => {
    const { server } = await setUp();
    expect(await refused(open(server, {}))).toBe('not-signed-in');
    expect(await refused(open(server, { cookie: 'sluice_session=guess' }))).toBe('not-signed-in');
  });

  it('lets in nobody from another site, whatever cookie they bring', async () => {
    const { server, cookieFor } = await setUp();
    const cookie = cookieFor('admin');
    expect(await refused(open(server, { cookie, origin: 'https://evil.example' }))).toMatch(
      /websocket error/,
    );
  });

  it('[EN14] sends counters and values of flows that are watched, and only while they are', async () => {
    const test = await setUp();
    const { ask, of } = await connected(test);
    test.host.tell('values', sample());
    expect(await ask('watch', { flow: 'a' })).toEqual({ ok: true });
    expect(test.host.watched).toEqual(new Set(['a']));
    test.host.tell('counters', count(5));
    test.host.tell('values', sample());
    await eventually(() => expect(of('values')).toHaveLength(1));
    expect(of('counters')).toEqual([{ flow: 'a', wires: { 'a.out>b.in': [5, 0] }, errors: { b: 2 } }]);
    expect(of('values')).toMatchObject([{ samples: [{ message: { payload: { t: 1, token: '••••••' } } }] }]);
    await ask('unwatch', { flow: 'a' });
    expect(test.host.watched.size).toBe(0);
    test.host.tell('values', sample());
    await ask('unwatch', { flow: 'a' });
    expect(of('values')).toHaveLength(1);
  });

  it('keeps a flow watched for as long as one page watches it', async () => {
    const test = await setUp();
    const [one, two] = [await connected(test), await connected(test)];
    await one.ask('watch', { flow: 'a' });
    await two.ask('watch', { flow: 'a' });
    await one.ask('unwatch', { flow: 'a' });
    expect(test.host.watched.size).toBe(1);
    two.socket.close();
    await eventually(() => expect(test.host.watched.size).toBe(0));
  });

  it('sends values of the named nodes only, and none while paused', async () => {
    const test = await setUp();
    const { ask, of } = await connected(test);
    await ask('watch', { flow: 'a', nodes: ['b'] });
    test.host.tell('values', sample('x.out>y.in'));
    test.host.tell('values', sample('x.out>b.in'));
    await eventually(() => expect(of('values')).toMatchObject([{ samples: [{ wire: 'x.out>b.in' }] }]));
    await ask('pause', { flow: 'a', paused: true });
    test.host.tell('values', sample('x.out>b.in'));
    test.host.tell('counters', count(1));
    await eventually(() => expect(of('counters')).toHaveLength(1));
    expect(of('values')).toHaveLength(1);
    await ask('pause', { flow: 'a', paused: false });
    test.host.tell('values', sample('x.out>b.in'));
    await eventually(() => expect(of('values')).toHaveLength(2));
  });

  it('sends a trace each time that it goes on to those who watch the flow, paused or not', async () => {
    const test = await setUp();
    const [one, other] = [await connected(test), await connected(test)];
    await one.ask('watch', { flow: 'a' });
    await one.ask('pause', { flow: 'a', paused: true });
    await other.ask('watch', { flow: 'b' });
    const trace = { id: 't', flow: 'a', startedAt: 1, topic: 'x', isDone: false, end: '', steps: [] };
    test.host.tell('trace', { kind: 'trace', flow: 'a', trace });
    const done = { ...trace, isDone: true, end: 'Stopped at “Hot”.' };
    test.host.tell('trace', { kind: 'trace', flow: 'a', trace: done });
    await eventually(() => expect(one.of('trace')).toHaveLength(2));
    expect(one.of('trace')).toEqual([
      { flow: 'a', trace },
      { flow: 'a', trace: done },
    ]);
    await other.ask('unwatch', { flow: 'b' });
    expect(other.of('trace')).toEqual([]);
  });

  it('sends the status of nodes and deployment at once and when it changes', async () => {
    const test = await setUp();
    await test.api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    test.host.tell('status', {
      kind: 'status',
      flow: 'a',
      nodes: { n: { state: 'waiting', text: 'no broker' } },
    });
    const { ask, of } = await connected(test);
    await ask('watch', { flow: 'a' });
    await eventually(() =>
      expect(of('status')).toMatchObject([
        { flow: 'a', deployment: { version: 1, state: 'running' }, nodes: { n: { text: 'no broker' } } },
      ]),
    );
    test.host.tell('notices', {
      kind: 'notices',
      skipped: 0,
      notices: [{ kind: 'status', flow: 'a', node: 'n', status: { state: 'ok', text: '' } }],
    });
    await eventually(() => expect(of('status').at(-1)).toMatchObject({ nodes: { n: { state: 'ok' } } }));
    await test.api.ok('stopFlow', { params: { id: 'a' } });
    await eventually(() =>
      expect(of('status').at(-1)).toMatchObject({ deployment: { state: 'stopped' }, nodes: {} }),
    );
  });

  it('sends what the message panel shows, with a cap and how many were skipped', async () => {
    const test = await setUp();
    const { ask, of } = await connected(test);
    await ask('watch', { flow: 'a' });
    const debug = { kind: 'debug', flow: 'a', node: 'n', label: 'here', message } as const;
    const failed = {
      kind: 'error',
      flow: 'a',
      node: 'n',
      sentence: 'It broke.',
      message: undefined,
    } as const;
    const flood = Array.from(
      { length: 200 },
      () => ({ kind: 'log', flow: 'a', node: 'f', text: 'hello' }) as const,
    );
    test.host.tell('notices', { kind: 'notices', skipped: 5, notices: [debug, failed, ...flood] });
    await eventually(() => expect(of('log')).toHaveLength(1));
    const [log] = of('log') as [ReturnType<typeof logSchema.parse>];
    expect([log.entries.length, log.skipped]).toEqual([100, 107]);
    expect(log.entries.slice(0, 2)).toMatchObject([
      { kind: 'debug', text: 'here', message: { payload: { token: '••••••' } } },
      { kind: 'error', text: 'It broke.' },
    ]);
  });

  it('gives a page that opens later the last errors and notices of its flow, once', async () => {
    const test = await setUp();
    await test.api.ok('deploy', { body: { flow: 'a', revision: 1 } });
    const early = await connected(test);
    await early.ask('watch', { flow: 'a' });
    const errors = Array.from(
      { length: 60 },
      (_, index) =>
        ({ kind: 'error', flow: 'a', node: 'n', sentence: `Error ${index}.`, message: undefined }) as const,
    );
    const debug = { kind: 'debug', flow: 'a', node: 'n', label: 'here', message } as const;
    const held = { kind: 'flow', flow: 'a', state: 'held', sentence: 'It is held.' } as const;
    const elsewhere = { ...held, flow: 'b' };
    const notices = [...errors, debug, held, elsewhere];
    test.host.tell('notices', { kind: 'notices', skipped: 0, notices });
    // Asked for while the entries still wait to be sent to the page that was there before.
    const late = await connected(test);
    await late.ask('watch', { flow: 'a' });
    await late.ask('watch', { flow: 'a', nodes: ['n'] });
    const textsOf = (frames: unknown[]) =>
      frames.flatMap((log) => logSchema.parse(log).entries.map(({ text }) => text));
    const recent = [...errors.slice(-49).map(({ sentence }) => sentence), 'It is held.'];
    test.host.tell('notices', { kind: 'notices', skipped: 0, notices: [debug] });
    await eventually(() => expect(textsOf(late.of('log'))).toEqual([...recent, 'here']));
    await eventually(() =>
      expect(textsOf(early.of('log'))).toEqual([
        ...errors.map(({ sentence }) => sentence),
        'here',
        'It is held.',
        'here',
      ]),
    );
  });

  it('sends devices to those who asked, and alarms to all', async () => {
    const test = await setUp();
    const [asking, other] = [await connected(test), await connected(test)];
    await asking.ask('watchDevices', { on: true });
    const device = await connectAsync(test.server.mqttUrl);
    onTestFinished(() => device.endAsync());
    await device.publishAsync('devices/f1/telemetry', '{"t":1}', { qos: 1 });
    await eventually(() => expect(asking.of('devices')).toMatchObject([{ devices: [{ id: 'f1' }] }]));
    await test.host.options.storeAlarms('a', 'n', [
      { key: 'f1', device: 'f1', state: 'active', severity: 'minor', text: 'warm', time: 1, value: 1 },
    ]);
    await eventually(() =>
      expect(other.of('alarm')).toMatchObject([{ alarm: { text: 'warm', state: 'active' } }]),
    );
    expect(other.of('devices')).toEqual([]);
  });

  it('injects a message, with an id and the time of now', async () => {
    const test = await setUp();
    const { ask } = await connected(test);
    expect(
      await ask('inject', { flow: 'a', node: 'n', message: { payload: { t: 9 }, device: 'f1' } }),
    ).toEqual({ ok: true });
    expect(await ask('inject', { flow: 'a', node: 'button' })).toEqual({ ok: true });
    const [first, second] = test.host.injected;
    expect(first).toMatchObject({
      flow: 'a',
      node: 'n',
      port: undefined,
      message: { device: 'f1', payload: { t: 9 }, topic: '' },
    });
    expect(first?.message?.id).toHaveLength(36);
    expect(second).toMatchObject({ node: 'button', message: undefined });
    test.host.answers.inject = {
      ok: false,
      code: 'not-found',
      sentence: 'There is no node “x”.',
      problems: [],
    };
    expect(await ask('inject', { flow: 'a', node: 'x' })).toEqual({
      ok: false,
      code: 'not-found',
      sentence: 'There is no node “x”.',
    });
  });

  it('keeps to the permissions of every event for every role', async () => {
    const test = await setUp();
    const requests: Record<keyof ClientEvents, unknown> = {
      watch: { flow: 'a' },
      unwatch: { flow: 'a' },
      pause: { flow: 'a', paused: true },
      watchDevices: { on: true },
      inject: { flow: 'a', node: 'n' },
    };
    for (const role of ['viewer', 'operator', 'integrator', 'deployer', 'admin'] as const) {
      const { ask } = await connected(test, role);
      for (const event of Object.keys(LIVE_PERMISSIONS) as (keyof ClientEvents)[]) {
        const answer = await ask(event, requests[event]);
        const may = isAllowed(LIVE_PERMISSIONS[event], { role } as User);
        expect([role, event, answer.ok ? 'ok' : answer.code]).toEqual([
          role,
          event,
          may ? 'ok' : 'not-allowed',
        ]);
      }
    }
  });

  it('answers events that do not fit with a sentence, and goes on', async () => {
    const test = await setUp();
    const { ask, socket } = await connected(test);
    expect(await ask('watch', { flow: 5 })).toMatchObject({
      ok: false,
      code: 'invalid-input',
      sentence: expect.stringContaining('“flow” in the event'),
    });
    expect(await ask('watch', null)).toMatchObject({ ok: false, code: 'invalid-input' });
    expect(await ask('watch', { flow: 'none' })).toMatchObject({
      ok: false,
      code: 'not-found',
      sentence: 'There is no flow “none”.',
    });
    expect(
      await ask('inject', { flow: 'a', node: 'n', message: { payload: { a: 1 }, headers: { a: {} } } }),
    ).toMatchObject({ code: 'invalid-input' });
    (socket as unknown as { emit(event: string, text: string): void }).emit('watch', 'no answer wanted');
    expect(await ask('watch', { flow: 'a' })).toEqual({ ok: true });
  });

  it('does nothing any more for a session that was signed out', async () => {
    const test = await setUp();
    const cookie = test.cookieFor('admin');
    const { ask } = await connected(test, 'admin', cookie);
    // Not by way of the server, which would end the socket at once.
    test.database.prepare('DELETE FROM sessions').run();
    expect(await ask('watch', { flow: 'a' })).toMatchObject({ ok: false, code: 'not-signed-in' });
  });

  it('watches no flow of another workspace', async () => {
    const test = await setUp();
    const { ask } = await connected(test);
    test.database.prepare("INSERT INTO workspaces VALUES ('other', 'Other', 0)").run();
    test.database
      .prepare("INSERT INTO flows VALUES ('other', 'theirs', ?, 'h', 1, 1, 'eve')")
      .run(JSON.stringify(emptyFlow('theirs', 'Theirs')));
    expect(await ask('watch', { flow: 'theirs' })).toMatchObject({ ok: false, code: 'not-found' });
    expect(await ask('inject', { flow: 'theirs', node: 'n' })).toMatchObject({
      ok: false,
      code: 'not-found',
    });
  });
});

describe('a page that does not keep up', () => {
  it('gets fewer frames instead of a growing buffer', async () => {
    const test = await setUp();
    const { socket, ask, of } = await connected(test);
    await ask('watch', { flow: 'a' });
    // In one turn nothing is written out, as to a page that reads nothing.
    for (let frame = 0; frame < 5_000; frame++) test.host.tell('values', sample());
    await eventually(() => expect(of('values').length).toBeGreaterThan(10));
    expect(of('values').length).toBeLessThan(100);
    test.host.tell('values', sample());
    expect(socket.connected).toBe(true);
  });
});
