import type { RouteName } from '@sluice/shared/protocol/http.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { Route } from '@sluice/shared/protocol/route.ts';
import type { MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRunnerHost } from '../../runner/host.ts';
import type { TestServer } from '../testServer.ts';
import { apiOf, send, startTestServer } from '../testServer.ts';
import { eventually } from '../../testingPatience.ts';

// Two workspaces on a real server with real runners, in which the same flow runs under the same id. Everything of the
// one has a canary in it; the other looks everywhere, and sees it nowhere.

const CANARY = 'canary-of-b';
const position = { x: 0, y: 0 };

/** Shows, traces, counts, keeps, alarms, logs and fails, with a text in every place that takes one. */
function flowWith(text: string) {
  const code = `log('${text}'); if (message.payload.fails) throw new Error('${text} failed'); return message;`;
  return {
    format: 1,
    id: 'a',
    name: `Flow ${text}`,
    description: text,
    connections: {},
    nodes: [
      { id: 'in', type: 'device-input', name: `In ${text}`, position, config: {} },
      { id: 'code', type: 'function', name: `Code ${text}`, notes: text, position, config: { code } },
      { id: 'last', type: 'debounce', position, config: { mode: 'throttle', wait: '1ms' } },
      { id: 'bell', type: 'alarm', position, config: { text: { template: `${text} {{device}}` } } },
      { id: 'show', type: 'debug', position, config: { label: text } },
      { id: 'web', type: 'http-in', position, config: { path: `/${text}` } },
    ],
    wires: [
      { from: ['in', 'out'], to: ['code', 'in'] },
      { from: ['code', 'out'], to: ['last', 'in'] },
      { from: ['code', 'out'], to: ['bell', 'in'] },
      { from: ['bell', 'out'], to: ['show', 'in'] },
    ],
    scenarios: [{ name: text, input: [], expect: [] }],
  };
}

interface Seen {
  readonly where: string;
  readonly text: string;
}

/** A workspace in which everything is called by a text, with a page that watches and a device that listens to all. */
async function inhabit(test: TestServer, workspace: string, text: string) {
  const { server } = test;
  const cookie = test.cookieFor('admin', workspace, false);
  const api = apiOf(server, cookie);
  const seen: Seen[] = [];
  const see = (where: string, what: unknown): void =>
    void seen.push({ where, text: typeof what === 'string' ? what : JSON.stringify(what) });
  await api.ok('createFlow', { body: { name: `Flow ${text}`, flow: flowWith(text) } });
  await api.ok('deploy', { body: { flow: 'a', revision: 1, note: text } });
  await api.ok('createConnection', {
    body: { name: text, type: 'mqtt', config: { url: `mqtt://${text}.invalid`, username: text } },
  });
  await api.ok('createDevice', { body: { id: text, name: text, model: text, tags: [text] } });
  await api.ok('createToken', { body: { name: text, role: 'viewer' } });
  await api.ok('invite', { body: { email: `${text}@example.org`, role: 'viewer' } });
  const socket = io(server.address, { transports: ['websocket'], extraHeaders: { cookie }, forceNew: true });
  onTestFinished(() => void socket.close());
  socket.onAny((event: string, ...payload: unknown[]) => see(`the event ${event}`, payload));
  expect(await socket.emitWithAck('watch', { flow: 'a' })).toEqual({ ok: true });
  expect(await socket.emitWithAck('watchDevices', { on: true })).toEqual({ ok: true });
  const { username, token } = await api.ok('createDeviceToken', { params: { id: text } });
  const device = await connectAsync(server.mqttUrl, { username, password: token, reconnectPeriod: 0 });
  onTestFinished(() => device.endAsync(true));
  device.on('message', (topic, payload) => see(`MQTT ${topic}`, `${topic} ${payload.toString()}`));
  return { workspace, text, cookie, api, seen, see, device };
}
type Inhabited = Awaited<ReturnType<typeof inhabit>>;

/** By every filter that may be tried, its own topics among them; those that are refused give nothing. */
async function listenToAll(device: MqttClient, text: string): Promise<void> {
  const filters = [
    '#',
    '+/#',
    '$SYS/#',
    `$share/g/#`,
    `devices/${text}/#`,
    'devices/#',
    'b/#',
    '$b/#',
    `+/b/#`,
  ];
  for (const filter of filters) await device.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
}

async function sendMessages({ device, text, api }: Inhabited): Promise<void> {
  await api.ok('startTrace', { params: { id: 'a' }, body: { node: 'in' } });
  const topic = `devices/${text}/telemetry`;
  for (const payload of [{ [text]: text }, { value: text, fails: true }, { [text]: 7 }])
    await device.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain: true });
  await eventually(async () => expect(await api.ok('deadLetters')).not.toEqual([]));
  await eventually(async () => expect(await api.ok('alarms')).not.toEqual([]));
  await eventually(async () => expect(await api.ok('traces', { params: { id: 'a' } })).not.toEqual([]));
}

const READING = (Object.entries(ROUTES) as [RouteName, Route][]).filter(([, { method }]) => method === 'get');

/** Asks for all that can be read, with ids of the canary and without. */
async function readAll(test: TestServer, { api, cookie, see }: Inhabited): Promise<void> {
  for (const id of ['a', CANARY])
    for (const [name, { path }] of READING) {
      if (path.startsWith('/api/oidc/')) continue;
      const params = { id, node: 'code', version: 1, key: 'k' };
      // What was asked for may stand in the sentence that there is no such thing.
      const { status, body } = await api.raw(name, { params });
      if (status < 400) see(`GET ${path}`, body);
    }
  for (const path of ['/metrics', '/api/audit/export?format=ndjson', '/api/audit/export?format=csv'])
    see(`GET ${path}`, await (await fetch(`${test.server.address}${path}`, { headers: { cookie } })).text());
  for (const path of [`/in/${CANARY}`, `/w/a/in/${CANARY}`])
    see(`POST ${path}`, (await send(test.server, 'post', path, { body: '1' })).status);
}

const hits = (seen: readonly Seen[]) =>
  new Set(seen.filter(({ text }) => text.includes(CANARY)).map(({ where }) => where));

describe('what is in a workspace', () => {
  it('is seen there, and in no answer, event, metric, export, trace or message of another', async () => {
    const test = await startTestServer({}, { createHost: createRunnerHost });
    const b = await inhabit(test, 'b', CANARY);
    const a = await inhabit(test, 'a', 'plain');
    await Promise.all([a, b].map(({ device, text }) => listenToAll(device, text)));
    await Promise.all([a, b].map(sendMessages));
    // What was retained before comes to who subscribes later.
    await Promise.all([a, b].map(({ device, text }) => listenToAll(device, text)));
    for (const one of [a, b]) await readAll(test, one);
    const events = ['alarm', 'values', 'log', 'devices', 'trace'].map((event) => `the event ${event}`);
    await eventually(() => expect([...hits(b.seen)]).toEqual(expect.arrayContaining(events)));
    const places = [...hits(b.seen)];
    expect(places).toEqual(
      expect.arrayContaining([
        'GET /api/flows',
        'GET /api/flows/:id',
        'GET /api/flows/:id/versions',
        'GET /api/flows/:id/traces',
        'GET /api/flows/:id/inputs',
        'GET /api/devices',
        'GET /api/connections',
        'GET /api/alarms',
        'GET /api/dead-letters',
        'GET /api/dead-letters/groups',
        'GET /api/dead-letters/export',
        'GET /api/tokens',
        'GET /api/invitations',
        'GET /api/audit',
        'GET /api/audit/export?format=csv',
        `MQTT devices/${CANARY}/telemetry`,
      ]),
    );
    expect([...hits(a.seen)]).toEqual([]);
    expect(a.seen.some(({ where }) => where === 'MQTT devices/plain/telemetry')).toBe(true);
    // Of the other workspace not even the name.
    const metrics = a.seen.find(({ where }) => where === 'GET /metrics')?.text ?? '';
    expect(metrics).toContain('workspace="a"');
    expect(metrics).not.toContain('workspace="b"');
  }, 90_000);
});
