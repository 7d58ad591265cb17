import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { dirname, join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeTime } from '../runner/fakeTime.ts';
import type { RunnerTime } from '../runner/time.ts';
import { newId, systemTime } from '../runner/time.ts';
import { startBroker } from '../broker/broker.ts';
import { ADA, apiOf, send, startTestServer, testSettings } from './testServer.ts';
import { eventually } from '../testingPatience.ts';

const ADMIN = { adminEmail: ADA.email, adminPassword: ADA.password };

describe('the start', () => {
  it('says each step, and keeps its files for this user only', async () => {
    const steps: string[] = [];
    const { server, folder } = await startTestServer({}, { progress: (line) => steps.push(line) });
    expect(steps).toEqual([`Data folder ${folder}`, `MQTT broker on port ${server.mqtt}`, 'Flows']);
    for (const file of ['sluice.db', 'master.key', 'lock.db', 'broker/broker.db']) {
      expect([file, statSync(join(folder, file)).mode & 0o077]).toEqual([file, 0]);
    }
  });

  it('leaves no timer behind of the wait for the flows that ran before', async () => {
    const waits: number[] = [];
    const time: RunnerTime = {
      ...systemTime,
      after: (ms, run) => {
        const stop = systemTime.after(ms, run);
        if (ms !== 20_000) return stop;
        waits.push(ms);
        return () => {
          waits.pop();
          stop();
        };
      },
    };
    await startTestServer({}, { time, progress: (line) => line === 'Flows' && waits.push(0) });
    expect(waits).toEqual([0]);
  });

  it('keeps a connection for longer than the proxies in front of it, which write into it for 60 s', async () => {
    const { server } = await startTestServer();
    const answered = await send(server, 'get', '/api/health');
    expect(Number(/timeout=(\d+)/.exec(answered.headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(60);
  });

  it('refuses a data folder that another server uses, and leaves that one alone', async () => {
    const first = await startTestServer();
    await expect(startTestServer({ data: first.folder })).rejects.toThrow('is in use by another Sluice');
    expect((await apiOf(first.server).ok('health')).ready).toBe(true);
    await first.server.stop();
    await startTestServer({ data: first.folder });
  });

  it('refuses a data folder that cannot be written', async () => {
    const file = join((await startTestServer()).folder, 'a-file');
    writeFileSync(file, '');
    await expect(startTestServer({ data: join(file, 'data') })).rejects.toThrow('cannot be written');
  });

  it.each([
    ['sluice.db', 'no database', /sluice\.db is damaged or no database of Sluice\. Put a backup/],
    ['broker/broker.db', 'no database', /broker\.db is damaged or no database of Sluice/],
    ['sluice.db/inside', '', /sluice\.db cannot be opened\. Give Sluice the right/],
    ['broker', '', /^The data folder .* cannot be written \(EEXIST/],
    ['runner', '', /^The data folder .* cannot be written \(ENOTDIR/],
    ['master.key', 'no key', /does not hold a key: it has to be 64 hex digits/],
    ['master.key/inside', '', /^The master key file .* cannot be read \(EISDIR/],
  ])('says in a sentence what is wrong with %s, and leaves nothing locked', async (path, text, sentence) => {
    const { data } = testSettings();
    const file = join(data, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.repeat(100));
    await expect(startTestServer({ data })).rejects.toThrow(sentence);
    rmSync(join(data, path.split('/')[0] ?? ''), { recursive: true });
    await startTestServer({ data });
  });

  it('says that the web port is taken, and leaves nothing running or locked', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { data } = testSettings();
    await expect(startTestServer({ data, port })).rejects.toThrow(
      `The port ${port} is taken by another program. Stop that one, or set another port with SLUICE_PORT (0 takes any free one).`,
    );
    await startTestServer({ data });
  });

  it('says that an address is not one of this machine', async () => {
    await expect(startTestServer({ host: '192.0.2.1', ...ADMIN })).rejects.toThrow(
      'Sluice cannot listen on 192.0.2.1',
    );
  });

  it('refuses an easy password from the settings', async () => {
    await expect(startTestServer({ ...ADMIN, adminPassword: 'password1234' })).rejects.toThrow('tried first');
  });

  it('does not make a second account from the settings', async () => {
    const first = await startTestServer(ADMIN);
    await first.server.stop();
    const again = await startTestServer({
      data: first.folder,
      adminEmail: 'eve@example.org',
      adminPassword: ADA.password,
    });
    const answered = await send(again.server, 'post', '/api/session', {
      body: { email: 'eve@example.org', password: ADA.password },
    });
    expect(answered.status).toBe(401);
  });
});

/** A connection to the web server that does nothing by itself. */
async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('the stop', () => {
  it('closes everything and may be asked for twice', async () => {
    const { server } = await startTestServer();
    const device = await connectAsync(server.mqttUrl, { reconnectPeriod: 0 });
    await Promise.all([server.stop(), server.stop()]);
    await eventually(() => expect(device.connected).toBe(false));
    await expect(fetch(`${server.address}/api/health`)).rejects.toThrow();
  });

  it('answers what is under way, and does not wait for a page that goes on asking', async () => {
    const { server } = await startTestServer(ADMIN);
    const page = await connected(server.http);
    const ended = once(page, 'close');
    const answers: string[] = [];
    page.on('data', (chunk: Buffer) => {
      answers.push(chunk.toString());
      page.write('GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n');
    });
    page.write(
      'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{',
    );
    // The server has the request above when it has answered a later one.
    await apiOf(server).ok('health');
    const stopped = server.stop();
    page.write('}');
    await Promise.all([stopped, ended]);
    expect(answers.map((text) => /^HTTP\/1\.1 (\d+)/.exec(text)?.[1])).toEqual(['422', '200']);
    expect(answers.at(-1)).toMatch(/^connection: close$/im);
  });

  it('does not wait for a live socket whose other side is silent', async () => {
    const time = fakeTime();
    const { server, cookieFor } = await startTestServer({}, { time });
    const page = await connected(server.http);
    page.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nCookie: ${cookieFor('viewer')}\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\n' +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n\r\n`,
    );
    const [answer] = (await once(page, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 101 /);
    const stopped = server.stop();
    time.advance(3_000);
    await stopped;
  });

  it('keeps the data folder usable after kill -9', async () => {
    const settings = testSettings(ADMIN);
    const program = `
      import { startServer } from ${JSON.stringify(join(import.meta.dirname, 'startServer.ts'))};
      const server = await startServer(${JSON.stringify(settings)}, { log() {}, progress() {} });
      console.log(server.http);`;
    const killed = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void killed.kill('SIGKILL'));
    const [line] = (await once(killed.stdout, 'data')) as [Buffer];
    const login = await fetch(`http://127.0.0.1:${Number(line.toString())}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: ADA.email, password: ADA.password }),
    });
    const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0];
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const again = await startTestServer({ data: settings.data });
    expect((await apiOf(again.server, cookie).ok('session')).email).toBe(ADA.email);
  });
});

describe('an outside broker', () => {
  const outside = async (port = 0) => {
    const broker = await startBroker({
      port,
      folder: join(testSettings().data, 'outside'),
      packetBytes: 262_144,
      time: systemTime,
      newId,
      log: () => undefined,
      observe: () => undefined,
    });
    onTestFinished(() => broker.stop());
    return broker;
  };

  it('is used in place of the embedded one', async () => {
    const broker = await outside();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const test = await startTestServer({ mqttUrl: url });
    expect(test.server).toMatchObject({ mqtt: 0, mqttUrl: url });
    const api = apiOf(test.server, test.cookieFor('viewer'));
    expect(await api.ok('connections')).toMatchObject([{ id: 'broker', config: { url }, builtIn: true }]);
    await eventually(() => expect(test.lines).toContain(`Connected to the MQTT broker ${url}.`));
    const device = await connectAsync(url);
    onTestFinished(() => device.endAsync());
    await eventually(async () => {
      await device.publishAsync('devices/f1/telemetry', '{"t":1}', { qos: 1 });
      expect(await api.ok('devices')).toMatchObject([{ id: 'f1' }]);
    });
  });

  it('may be away at the start and come late; that is said once', async () => {
    const reserved = createTcpServer().listen(0, '127.0.0.1');
    await once(reserved, 'listening');
    const address = reserved.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await new Promise((resolve) => reserved.close(resolve));
    const test = await startTestServer({ mqttUrl: `mqtt://127.0.0.1:${port}` });
    const away = (line: string) => line.includes('cannot be reached');
    await eventually(() => expect(test.lines.filter(away)).toHaveLength(1));
    await outside(port);
    await eventually(() => expect(test.lines.some((line) => line.startsWith('Connected'))).toBe(true));
    expect(test.lines.filter(away)).toHaveLength(1);
  });
});
