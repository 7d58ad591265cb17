import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import type { IClientOptions, MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ended } from '../../broker/testingSignIn.ts';
import { fakeTime } from '../../runner/fakeTime.ts';
import type { TestServer } from '../testServer.ts';
import { startTestServer } from '../testServer.ts';
import { openTlsFiles } from '../tlsFiles.ts';
import { makeRequest, makeServerFiles, makeServerPem } from './testingTls.ts';
import { eventually } from '../../testingPatience.ts';

interface Certified {
  readonly id: string;
  readonly certificate: string;
  readonly authority: string;
  readonly serial: string;
  readonly fingerprint: string;
}

async function started(flags: Record<string, unknown> = {}) {
  const { pem, files } = await makeServerFiles();
  const test = await startTestServer({ tlsCert: files.cert, tlsKey: files.key, mqttsPort: 0, ...flags });
  const cookie = test.cookieFor('admin');
  const call = (method: string, path: string, body?: unknown) =>
    secureCall(test, { ca: pem.cert, cookie, method, path, body });
  return { test, call, ca: pem.cert };
}

async function secureCall(
  { server }: TestServer,
  options: { ca: string; cookie: string; method: string; path: string; body: unknown },
) {
  const { ca, cookie, method, path, body } = options;
  const headers = { cookie, 'content-type': 'application/json' };
  const request = httpsRequest({ host: '127.0.0.1', port: server.http, ca, method, path, headers });
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return {
    status: Number(response.statusCode),
    headers: response.headers,
    body: JSON.parse(text) as unknown,
  };
}

async function signIn({ server }: TestServer, ca: string, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(`mqtts://127.0.0.1:${server.mqtts}`, {
    reconnectPeriod: 0,
    ca,
    ...options,
  });
  client.on('error', () => undefined);
  onTestFinished(() => client.endAsync(true));
  return client;
}

async function certified(call: Awaited<ReturnType<typeof started>>['call'], device = 'freezer-1') {
  await call('POST', '/api/devices', { id: device, name: device });
  const { request, key } = await makeRequest();
  const answer = await call('POST', `/api/devices/${device}/credentials/certificate`, { request });
  expect(answer.status).toBe(200);
  return { ...(answer.body as Certified), key };
}

describe('a device with a certificate', () => {
  it('signs in by it, is held to its own topics, and is put out when it is revoked', async () => {
    const { test, call, ca } = await started();
    const { id, certificate, key } = await certified(call);
    const device = await signIn(test, ca, { cert: certificate, key });
    await device.publishAsync('devices/freezer-1/telemetry', '{"t":-18}', { qos: 1 });
    const own = await device.subscribeAsync('devices/freezer-1/#', { qos: 1 });
    expect(own).toMatchObject([{ qos: 1 }]);
    await eventually(async () =>
      expect((await call('GET', '/api/devices/freezer-1')).body).toMatchObject({
        measurements: { t: { value: -18 } },
      }),
    );
    const closed = ended(device);
    await call('DELETE', `/api/devices/freezer-1/credentials/${id}`);
    await closed;
    await expect(signIn(test, ca, { cert: certificate, key })).rejects.toThrow(/Not authorized/);
  });

  it('is called what the server says, whatever its request says', async () => {
    const { test, call } = await started();
    const { certificate, authority, serial, fingerprint } = await certified(call);
    const parsed = new X509Certificate(certificate);
    expect(parsed.subject.split('\n').toSorted()).toEqual(['CN=freezer-1', 'O=main']);
    expect(parsed.checkIssued(new X509Certificate(authority))).toBe(true);
    expect(parsed.verify(new X509Certificate(authority).publicKey)).toBe(true);
    expect(parsed.ca).toBe(false);
    expect(parsed.serialNumber.toLowerCase()).toBe(serial);
    expect(parsed.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(fingerprint);
    expect((await call('GET', '/api/device-address')).body).toEqual({
      broker: { port: test.server.mqtt, tlsPort: test.server.mqtts },
    });
    const { body } = await call('GET', '/api/authority');
    expect(body).toMatchObject({ certificates: [authority] });
  });

  it('gets in with no certificate that the server did not sign, and without any only by a token', async () => {
    const { test, call, ca } = await started();
    await certified(call);
    const { cert, key } = await makeServerPem('freezer-1');
    await expect(signIn(test, ca, { cert, key })).rejects.toThrow(/Not authorized/);
    await expect(signIn(test, ca, {})).rejects.toThrow(/Not authorized/);
    const { body } = await call('POST', '/api/devices/freezer-1/credentials/token');
    const { username, token } = body as { username: string; token: string };
    const device = await signIn(test, ca, { username, password: token });
    await device.publishAsync('devices/freezer-1/telemetry', '{"t":1}', { qos: 1 });
  });
});

describe('TLS', () => {
  it('is 1.2 at least, for the web server and the broker', async () => {
    const { test, ca } = await started();
    for (const port of [test.server.http, test.server.mqtts]) {
      const old = connectTls({
        port,
        ca,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL@SECLEVEL=0',
      });
      await expect(once(old, 'secureConnect')).rejects.toThrow();
      const now = connectTls({ port, ca, maxVersion: 'TLSv1.2', host: '127.0.0.1' });
      await once(now, 'secureConnect');
      now.destroy();
    }
  });

  it('comes with cookies that go over TLS alone, and HSTS', async () => {
    const account = { email: 'ada@example.org', password: 'otters like quiet rivers' };
    const { call } = await started({ adminEmail: account.email, adminPassword: account.password });
    const { status, headers } = await call('POST', '/api/session', account);
    expect(status).toBe(200);
    expect(String(headers['set-cookie'])).toContain('Secure');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('takes files that change without a restart, and leaves aside those that are no good', async () => {
    const { pem, files } = await makeServerFiles();
    const time = fakeTime();
    const lines: string[] = [];
    const opened = openTlsFiles(files, time, (_level, sentence) => lines.push(sentence));
    const seen: string[] = [];
    opened.onChanged(({ cert }) => seen.push(cert));
    writeFileSync(files.cert, 'nothing');
    time.advance(30_000);
    expect(opened.current).toEqual(pem);
    expect(lines).toEqual([expect.stringContaining('does not hold a certificate in PEM')]);
    const next = await makeServerPem();
    writeFileSync(files.cert, next.cert);
    writeFileSync(files.key, next.key);
    time.advance(10_000);
    expect(seen).toEqual([next.cert]);
    opened.stop();
  });

  it('says what is wrong with its files', async () => {
    const [one, other] = [await makeServerFiles(), await makeServerFiles()];
    const open = (cert: string, key: string) => () =>
      openTlsFiles({ cert, key }, fakeTime(), () => undefined);
    expect(open(one.files.cert, other.files.key)).toThrow('is not the one of the certificate');
    expect(open(one.files.key, one.files.key)).toThrow('does not hold a certificate in PEM');
    expect(open(one.files.cert, `${one.files.key}.gone`)).toThrow('of SLUICE_TLS_KEY cannot be read');
  });
});
