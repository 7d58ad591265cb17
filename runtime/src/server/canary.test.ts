import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import type { RouteName } from '@sluice/shared/protocol/http.ts';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import type { Route } from '@sluice/shared/protocol/route.ts';
import { connectAsync } from 'mqtt';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRunnerHost } from '../runner/host.ts';
import { writeBackup } from '../storage/backup.ts';
import { apiOf, send, startTestServer } from './testServer.ts';
import { eventually } from '../testingPatience.ts';

const canary = (name: string) => `${name}+${randomBytes(9).toString('base64')}?`;
const SECRETS = {
  mqttInAddress: canary('address'),
  mqttAway: canary('away'),
  influx: canary('influx'),
  smtp: canary('smtp'),
  unfit: canary('unfit'),
};

/** Every form in which a secret may be written. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) =>
    // The same bytes at any place in a longer text: what is before and after them changes only the borders.
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, bytes.toString('hex'), encodeURIComponent(secret), ...base64];
}

function hitsIn(where: string, text: string): string[] {
  return Object.entries(SECRETS).flatMap(([name, secret]) =>
    formsOf(secret).some((form) => text.includes(form)) ? [`${name} in ${where}`] : [],
  );
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A database and a mail server that refuse, and say back all that they were sent. */
async function chattyTargets() {
  const database = createHttpServer((request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: 'unauthorized', message: `no: ${request.headers.authorization}` }));
  });
  const asked: string[] = [];
  const mail = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('220 hello\r\n');
    socket.on('data', (bytes) => {
      const line = bytes.toString().trim();
      asked.push(line);
      if (line.startsWith('EHLO')) socket.write('250-me\r\n250 AUTH PLAIN LOGIN\r\n');
      else
        socket.write(
          `454 later, you said ${line} and ${Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString()}\r\n`,
        );
    });
  });
  return { influxPort: await listening(database), smtpPort: await listening(mail), asked };
}

function flowOf(ids: Readonly<Record<'influx' | 'smtp' | 'away' | 'inside', string>>) {
  const node = (id: string, type: string, config: object) => ({ id, type, position: { x: 0, y: 0 }, config });
  const to = (id: string) => ({ from: ['in', 'out'], to: [id, 'in'] });
  return {
    ...emptyFlow('all', 'All'),
    nodes: [
      node('in', 'mqtt-in', { connection: 'broker', topic: 'devices/+/telemetry', qos: 1 }),
      node('db', 'influxdb-out', {
        connection: ids.influx,
        measurement: 'm',
        fields: [{ name: 'v', value: 'payload.v' }],
      }),
      node('mail', 'notify', { connection: ids.smtp, to: 'a@example.org' }),
      node('away', 'mqtt-out', { connection: ids.away, topic: 'x', qos: 1 }),
      node('inside', 'mqtt-out', { connection: ids.inside, topic: 'y', qos: 1 }),
      node('seen', 'debug', {}),
    ],
    wires: ['db', 'mail', 'away', 'inside', 'seen'].map(to),
  };
}

const WITHOUT_SIDE_EFFECT = (Object.entries(ROUTES) as [RouteName, Route][]).filter(
  ([, { method }]) => method === 'get',
);

describe('secrets of connections', () => {
  it('are in no answer, no event, no line of the log, no file, whatever is done with them and goes wrong', async () => {
    const test = await startTestServer({}, { createHost: createRunnerHost });
    const { server, folder, lines } = test;
    const cookie = test.cookieFor('admin');
    const api = apiOf(server, cookie);
    const { influxPort, smtpPort, asked } = await chattyTargets();
    const create = async (type: string, config: object, secrets: object = {}) =>
      (await api.ok('createConnection', { body: { name: type, type, config, secrets } })).id;
    const password = encodeURIComponent(SECRETS.mqttInAddress);
    const ids = {
      influx: await create(
        'influxdb',
        { url: `http://127.0.0.1:${influxPort}`, org: 'o', bucket: 'b' },
        { token: SECRETS.influx },
      ),
      smtp: await create('smtp', {
        host: '127.0.0.1',
        port: smtpPort,
        username: 'ada',
        from: 'a@example.org',
        password: SECRETS.smtp,
      }),
      away: await create(
        'mqtt',
        { url: 'mqtt://127.0.0.1:9', username: 'ada' },
        { password: SECRETS.mqttAway },
      ),
      inside: await create('mqtt', { url: `mqtt://ada:${password}@127.0.0.1:${server.mqtt}` }),
    };
    const texts = new Map<string, string>();
    const keep = (where: string, what: unknown): void => {
      texts.set(where, (texts.get(where) ?? '') + (typeof what === 'string' ? what : JSON.stringify(what)));
    };
    const unfit = { url: `ftp://ada:${SECRETS.unfit}@host` };
    for (const type of ['mqtt', 'influxdb', 'smtp'])
      keep(
        `the refusal of ${type}`,
        await api.problem('createConnection', { body: { name: 'x', type, config: unfit } }),
      );

    const socket = io(server.address, {
      transports: ['websocket'],
      reconnection: false,
      extraHeaders: { cookie },
    });
    onTestFinished(() => void socket.close());
    socket.onAny((event: string, payload: unknown) => keep(`the event ${event}`, payload));
    await api.ok('createFlow', { body: { name: 'All', flow: flowOf(ids) } });
    await socket.emitWithAck('watch', { flow: 'all' });
    await api.ok('deploy', { body: { flow: 'all', revision: 1 } });
    const device = await connectAsync(server.mqttUrl);
    onTestFinished(() => device.endAsync(true));
    await api.ok('startTrace', { params: { id: 'all' }, body: { node: 'in' } });
    for (const v of [1, 2, 3])
      await device.publishAsync('devices/f1/telemetry', JSON.stringify({ v }), { qos: 1 });
    await eventually(async () => expect((await api.ok('deadLetters')).length).toBeGreaterThan(2));
    await eventually(() => expect(asked.some((line) => line.startsWith('AUTH'))).toBe(true));
    await api.ok('rotateKeys');

    for (const [name, row] of WITHOUT_SIDE_EFFECT) {
      const params = { id: 'all', node: 'db', version: 1, key: 'f1' };
      keep(`GET ${row.path}`, await api.raw(name, { params }));
    }
    const exported = await fetch(`${server.address}/api/audit/export?format=ndjson`, { headers: { cookie } });
    keep('the audit log as lines', await exported.text());
    keep('/metrics', await send(server, 'get', '/metrics', { headers: { cookie } }));
    keep('the log', lines.join('\n'));
    const file = join(folder, 'x.backup');
    const secret = { kind: 'key', key: randomBytes(32) } as const;
    const { signal } = new AbortController();
    await writeBackup({ folder, file, secret, masterKeyFile: undefined, now: 1, signal });
    await server.stop();
    for (const path of readdirSync(folder, { recursive: true }).map(String)) {
      if (path !== 'master.key' && statSync(join(folder, path)).isFile())
        keep(path, readFileSync(join(folder, path), 'latin1'));
    }
    // The targets did say it, and people see what they said without it.
    expect(texts.get('GET /api/dead-letters')).toContain('••••••');
    expect([...texts].flatMap(([where, text]) => hitsIn(where, text))).toEqual([]);
  }, 60_000);
});
