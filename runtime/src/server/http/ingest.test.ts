import { describe, expect, it } from 'vitest';
import { joinAs } from '../../broker/testingSignIn.ts';
import { apiOf, send, startTestServer } from '../testServer.ts';
import { eventually } from '../../testingPatience.ts';

async function started() {
  const test = await startTestServer();
  const api = apiOf(test.server, test.cookieFor('admin'));
  await api.ok('createDevice', { body: { id: 'freezer-1', name: 'Freezer 1' } });
  const { token, id } = await api.ok('createDeviceToken', { params: { id: 'freezer-1' } });
  const post = (body: unknown, headers: Record<string, string> = {}, device = 'freezer-1') =>
    send(test.server, 'POST', `/ingest/${device}`, {
      body,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  return { test, api, token, id, post };
}

describe('POST /ingest/:device', () => {
  it('[EN6] is what an MQTT publish would be: the device is seen and subscribers get it', async () => {
    const { test, api, post } = await started();
    const { client, messages } = await joinAs({ port: test.server.mqtt });
    await client.subscribeAsync('devices/+/telemetry', { qos: 1 });
    const answer = await post({ temperature: -18.5 });
    expect(answer).toMatchObject({ status: 202, body: { ok: true } });
    const { measurements } = await api.ok('device', { params: { id: 'freezer-1' } });
    expect(measurements).toMatchObject({ temperature: { value: -18.5 } });
    await eventually(() => expect(messages).toEqual(['devices/freezer-1/telemetry {"temperature":-18.5}']));
  });

  it('refuses in problem details what is not signed in, another’s, or no measurements', async () => {
    const { test, api, id, post } = await started();
    const deep = '['.repeat(200) + ']'.repeat(200);
    const cases: readonly [Promise<{ status: number; body: unknown }>, number, string][] = [
      [post({ t: 1 }, { authorization: '' }), 401, 'not-signed-in'],
      [post({ t: 1 }, { authorization: `Bearer ${'x'.repeat(43)}` }), 401, 'not-signed-in'],
      [post({ t: 1 }, {}, 'freezer-2'), 403, 'not-allowed'],
      [post('{"t":1}', { 'content-type': 'text/plain' }), 415, 'wrong-content-type'],
      [post(`{"a":"${'x'.repeat(300_000)}"}`), 413, 'too-large'],
      [post(`{"a":${deep}}`), 413, 'too-large'],
      [post('{"t":'), 400, 'invalid-json'],
      [post([1]), 422, 'invalid-input'],
      [post('"t"'), 422, 'invalid-input'],
    ];
    for (const [answer, status, code] of cases)
      expect(await answer).toMatchObject({ status, body: { code } });
    await api.ok('revokeCredential', { params: { id: 'freezer-1', credential: id } });
    expect((await post({ t: 1 })).status).toBe(401);
    // A person's session is no device.
    const asPerson = await send(test.server, 'POST', '/ingest/freezer-1', {
      body: { t: 1 },
      headers: { cookie: test.cookieFor('admin') },
    });
    expect(asPerson.status).toBe(401);
    const { measurements } = await api.ok('device', { params: { id: 'freezer-1' } });
    expect(measurements).toEqual({});
  });
});
