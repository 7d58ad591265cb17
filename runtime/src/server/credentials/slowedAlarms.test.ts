import { describe, expect, it } from 'vitest';
import { systemTime } from '../../runner/time.ts';
import { apiOf, send, startTestServer } from '../testServer.ts';

describe('a device that sends 100 times what is usual for it', () => {
  it('is told to wait, and its workspace has an alarm, which ends with the server at the latest', async () => {
    let ahead = 0;
    const time = { ...systemTime, now: () => systemTime.now() + ahead };
    const { server, settings, cookieFor } = await startTestServer({}, { time });
    const cookie = cookieFor('admin');
    const api = apiOf(server, cookie);
    await api.ok('createDevice', { body: { id: 'loud', name: 'Loud' } });
    const { token } = await api.ok('createDeviceToken', { params: { id: 'loud' } });
    const post = () =>
      send(server, 'POST', '/ingest/loud', { body: { t: 1 }, headers: { authorization: `Bearer ${token}` } });
    expect((await post()).status).toBe(202);
    ahead = 60_000;
    let answer = await post();
    for (let count = 0; count < 200 && answer.status === 202; count++) answer = await post();
    expect(answer).toMatchObject({ status: 429, body: { code: 'too-many-tries' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const raised = await api.ok('alarms', { query: { state: 'active' } });
    expect(raised).toMatchObject([{ device: 'loud', severity: 'major', flow: 'sluice' }]);
    expect(raised[0]?.text).toContain('“loud” sends more than 100 times what it usually does');
    const other = apiOf(server, cookieFor('admin', 'other'));
    expect(await other.ok('alarms')).toEqual([]);
    await server.stop();
    const again = await startTestServer({ data: settings.data });
    expect(await apiOf(again.server, cookie).ok('alarms')).toMatchObject([{ state: 'cleared' }]);
  });
});
