import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IClientOptions, MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TestServer } from '../testServer.ts';
import { apiOf, startTestServer } from '../testServer.ts';
import { makeRequest } from './testingTls.ts';
import { eventually } from '../../testingPatience.ts';

async function started(flags: Record<string, unknown> = {}) {
  const test = await startTestServer(flags);
  const api = apiOf(test.server, test.cookieFor('admin'));
  await api.ok('createDevice', { body: { id: 'freezer-1', name: 'Freezer 1' } });
  return { test, api };
}

async function signIn({ server }: TestServer, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${server.mqtt}`, { reconnectPeriod: 0, ...options });
  client.on('error', () => undefined);
  onTestFinished(() => client.endAsync(true));
  return client;
}

function closed(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

const params = { id: 'freezer-1' };

it('where devices reach the broker is told by its ports, and there is none beside an outside broker', async () => {
  const { test, api } = await started();
  expect(await api.ok('deviceAddress')).toEqual({ broker: { port: test.server.mqtt } });
  const outside = await startTestServer({ mqttUrl: `mqtt://127.0.0.1:${test.server.mqtt}` });
  expect(await apiOf(outside.server, outside.cookieFor('integrator')).ok('deviceAddress')).toEqual({});
});

describe('a device with a token', () => {
  it('signs in, publishes and is seen; the token is shown once and never stored', async () => {
    const { test, api } = await started();
    const { token, username, id } = await api.ok('createDeviceToken', { params });
    expect(username).toBe('main/freezer-1');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const device = await signIn(test, { username, password: token });
    await device.publishAsync('devices/freezer-1/telemetry', '{"t":-18}', { qos: 1 });
    await eventually(async () =>
      expect((await api.ok('device', { params })).measurements).toMatchObject({ t: { value: -18 } }),
    );
    const [listed, ...others] = await api.ok('credentials', { params });
    expect(listed).toMatchObject({ id, kind: 'token', device: 'freezer-1', lastUsedAt: expect.any(Number) });
    expect(others).toEqual([]);
    expect(JSON.stringify(listed)).not.toContain(token);
    for (const file of readdirSync(test.folder).filter((name) => name.startsWith('sluice.db')))
      expect(readFileSync(join(test.folder, file)).includes(token)).toBe(false);
  });

  it('is refused with a wrong token, another’s user name, and when the token was revoked', async () => {
    const { test, api } = await started();
    const { token, username, id } = await api.ok('createDeviceToken', { params });
    await expect(signIn(test, { username, password: `${token.slice(1)}A` })).rejects.toThrow(/Bad username/);
    await expect(signIn(test, { username: 'main/freezer-2', password: token })).rejects.toThrow();
    await expect(signIn(test, { username: 'other/freezer-1', password: token })).rejects.toThrow();
    await api.ok('revokeCredential', { params: { ...params, credential: id } });
    await expect(signIn(test, { username, password: token })).rejects.toThrow(/Bad username/);
  });

  it('has several that count at once; revoking one closes its connections at once and no other', async () => {
    const { test, api } = await started();
    const [old, next] = [
      await api.ok('createDeviceToken', { params }),
      await api.ok('createDeviceToken', { params }),
    ];
    const one = await signIn(test, { username: old.username, password: old.token });
    const other = await signIn(test, { username: next.username, password: next.token });
    const ended = closed(one);
    await api.ok('revokeCredential', { params: { ...params, credential: old.id } });
    await ended;
    await other.publishAsync('devices/freezer-1/telemetry', '{"t":1}', { qos: 1 });
    expect(other.connected).toBe(true);
    expect(await api.ok('credentials', { params })).toMatchObject([{ id: next.id }]);
  });

  it('publishes no last will when its token is revoked', async () => {
    const { test, api } = await started();
    const { token, username, id } = await api.ok('createDeviceToken', { params });
    const local = await signIn(test, {});
    const messages: string[] = [];
    local.on('message', (topic) => messages.push(topic));
    await local.subscribeAsync('devices/#', { qos: 1 });
    const will = { topic: 'devices/freezer-1/gone', payload: Buffer.from('x'), qos: 1 as const };
    const device = await signIn(test, { username, password: token, will });
    const ended = closed(device);
    await api.ok('revokeCredential', { params: { ...params, credential: id } });
    await ended;
    await local.publishAsync('devices/after', 'x', { qos: 1 });
    await eventually(() => expect(messages).toContain('devices/after'));
    expect(messages).not.toContain('devices/freezer-1/gone');
  });

  it('finds nothing in the session of a device whose last credential was revoked', async () => {
    const { test, api } = await started();
    const first = await api.ok('createDeviceToken', { params });
    const session = { clientId: 'same', clean: false };
    const device = await signIn(test, { username: first.username, password: first.token, ...session });
    await device.subscribeAsync('devices/freezer-1/orders', { qos: 1 });
    await device.endAsync();
    const local = await signIn(test, {});
    await local.publishAsync('devices/freezer-1/orders', 'secret', { qos: 1 });
    await api.ok('revokeCredential', { params: { ...params, credential: first.id } });
    const next = await api.ok('createDeviceToken', { params });
    const messages: string[] = [];
    const again = await signIn(test, {
      username: next.username,
      password: next.token,
      ...session,
    });
    again.on('message', (_topic, payload) => messages.push(payload.toString()));
    await again.subscribeAsync('devices/freezer-1/orders', { qos: 1 });
    await local.publishAsync('devices/freezer-1/orders', 'open', { qos: 1 });
    await eventually(() => expect(messages).toEqual(['open']));
  });
});

describe('credentials by REST', () => {
  it('are of devices of this workspace, and of nobody else’s', async () => {
    const { test, api } = await started();
    const { id } = await api.ok('createDeviceToken', { params });
    const other = apiOf(test.server, test.cookieFor('admin', 'other'));
    for (const route of ['credentials', 'createDeviceToken'] as const)
      expect((await other.problem(route, { params })).status).toBe(404);
    const revoked = await other.problem('revokeCredential', { params: { ...params, credential: id } });
    expect(revoked.status).toBe(404);
    const { request } = await makeRequest();
    expect((await other.problem('signDeviceCertificate', { params, body: { request } })).status).toBe(404);
    expect(await api.ok('credentials', { params })).toHaveLength(1);
  });

  it('a device that is there already, or cannot be a part of a topic, is not made', async () => {
    const { api } = await started();
    expect(await api.problem('createDevice', { body: { id: 'freezer-1', name: 'x' } })).toMatchObject({
      code: 'already-there',
    });
    for (const id of ['a/b', '+', '#', 'a\u0000b'])
      expect((await api.problem('createDevice', { body: { id, name: 'x' } })).status).toBe(422);
  });

  it('refuses what is no certificate request, or not signed by its own key', async () => {
    const { api } = await started();
    const { request } = await makeRequest();
    const lines = request.split('\n');
    const last = lines.findLastIndex((line) => line.length > 20 && !line.startsWith('-'));
    const line = lines[last] ?? '';
    lines[last] = `${line.slice(0, 10)}${line[10] === 'A' ? 'B' : 'A'}${line.slice(11)}`;
    for (const bad of ['', 'x', lines.join('\n')]) {
      const problem = await api.problem('signDeviceCertificate', { params, body: { request: bad } });
      expect(problem).toMatchObject({
        status: 422,
        detail: expect.stringContaining('The certificate request'),
      });
    }
  });
});
