import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { createServer } from 'node:tls';
import type { NodeStatus } from '@sluice/shared/node/context.ts';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { startTestBroker } from '../broker/testingSignIn.ts';
import { systemTime } from '../runner/time.ts';
import { openInfluxdb } from './influxdb.ts';
import { openMqtt } from './mqtt.ts';
import { openSmtp } from './smtp.ts';
import { makeAuthority } from './testingCertificates.ts';
import { collect, never, packet, stopAll, stops } from './testingMqtt.ts';
import { eventually } from '../testingPatience.ts';

afterEach(stopAll);

// Outside systems with certificates of a private CA, which let in who shows a certificate of that CA and nobody else.

const authority = await makeAuthority();
const system = await authority.issue(['localhost']);
const runner = await authority.issue(['runner']);

function tlsFor({ cert, key } = system): TlsOptions {
  return { cert, key, ca: authority.ca, requestCert: true, rejectUnauthorized: true };
}

/** A real broker behind a real TLS port that asks for a client certificate. */
async function startStrictBroker(files = system): Promise<number> {
  const { broker } = await startTestBroker();
  const server = createServer(tlsFor(files), (outer) => pass(outer, broker.port));
  server.on('tlsClientError', () => undefined);
  return listening(server);
}

/** The same over WebSocket (MQTT 3.1.1, section 6). */
async function startStrictWebBroker(): Promise<number> {
  const { broker } = await startTestBroker();
  const server = createHttps(tlsFor());
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' });
  sockets.on('connection', (socket) => pass(createWebSocketStream(socket), broker.port));
  server.on('tlsClientError', () => undefined);
  return listening(server);
}

function pass(outer: Duplex, port: number): void {
  const inner = connect(port, '127.0.0.1');
  outer.on('error', () => inner.destroy()).pipe(inner);
  inner.on('error', () => outer.destroy()).pipe(outer);
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function openTo(port: number, config: Record<string, unknown>, secrets: Record<string, string>) {
  const statuses: NodeStatus[] = [];
  const connection = openMqtt({
    connection: {
      id: 'plant',
      name: 'Plant',
      type: 'mqtt',
      config: { url: `mqtts://localhost:${port}`, ...config },
      secrets,
    },
    instance: 'test',
    scheduler: systemTime,
    retryMs: 100,
  });
  stops.push(() => connection.close());
  connection.api.onStatus((status) => statuses.push(status));
  return { connection, statuses };
}

const TRUSTED = { ca: authority.ca, certificate: runner.cert };
const KEY = { privateKey: runner.key };

async function fails(port: number, config: Record<string, unknown>, secrets: Record<string, string>) {
  const { statuses } = openTo(port, config, secrets);
  await eventually(() => expect(statuses.at(-1)?.state).toBe('error'));
  expect(statuses.map(({ state }) => state)).not.toContain('ok');
  return statuses.find(({ state }) => state === 'error')?.text;
}

describe('a broker of a private CA that asks for client certificates', () => {
  it('is spoken to with the CA, the certificate and the key of the connection', async () => {
    const { connection, statuses } = openTo(await startStrictBroker(), TRUSTED, KEY);
    const { receive, texts } = collect();
    await connection.api.subscribe('a', 1, receive);
    await connection.api.publish(packet('hello', 1), never());
    await eventually(() => expect(texts()).toEqual(['hello']));
    expect(statuses.at(-1)?.state).toBe('ok');
  });

  it('is not trusted without its CA, and the status says what to write', async () => {
    const port = await startStrictBroker();
    expect(await fails(port, { certificate: runner.cert }, KEY)).toMatch(
      /of a CA that is not trusted here; write/,
    );
    const { ca } = await makeAuthority('Another CA');
    expect(await fails(port, { ...TRUSTED, ca }, KEY)).toMatch(/of a CA that is not trusted here/);
  });

  it('lets nobody in without a certificate, or with one of another CA, and the status says so', async () => {
    const port = await startStrictBroker();
    expect(await fails(port, { ca: authority.ca }, {})).toMatch(/asks for a client certificate/);
    const stranger = await (await makeAuthority('Another CA')).issue(['runner']);
    expect(
      await fails(port, { ...TRUSTED, certificate: stranger.cert }, { privateKey: stranger.key }),
    ).toMatch(/does not trust the CA of the client certificate|does not accept/);
  });

  it('may be called otherwise than its address, where the server name says so', async () => {
    const port = await startStrictBroker(await authority.issue(['broker.plant']));
    expect(await fails(port, TRUSTED, KEY)).toMatch(/for another name than the address has/);
    const { statuses } = openTo(port, { ...TRUSTED, serverName: 'broker.plant' }, KEY);
    await eventually(() => expect(statuses.at(-1)?.state).toBe('ok'));
  });

  it('is spoken to over WebSocket in the same way, and trusted by nobody without its CA', async () => {
    const port = await startStrictWebBroker();
    const url = `wss://localhost:${port}`;
    const { connection } = openTo(port, { ...TRUSTED, url }, KEY);
    const { receive, texts } = collect();
    await connection.api.subscribe('a', 1, receive);
    await connection.api.publish(packet('hello', 1), never());
    await eventually(() => expect(texts()).toEqual(['hello']));
    expect(await fails(port, { certificate: runner.cert, url }, KEY)).toMatch(/CA that is not trusted here/);
    expect(await fails(port, { ca: authority.ca, url }, {})).toMatch(/certificate/);
  });

  it('is left and joined anew when the certificate of the connection changes', async () => {
    const port = await startStrictBroker();
    const { connection, statuses } = openTo(port, { ca: authority.ca }, {});
    await eventually(() => expect(statuses.at(-1)?.state).toBe('error'));
    const config = { url: `mqtts://localhost:${port}`, ...TRUSTED };
    connection.change({ id: 'plant', name: 'Plant', type: 'mqtt', config, secrets: KEY });
    await eventually(() => expect(statuses.at(-1)?.state).toBe('ok'));
  });
});

describe('other systems of a private CA that ask for client certificates', () => {
  it('a database takes points from a connection that has both, and from no other', async () => {
    const urls: string[] = [];
    const server = createHttps(tlsFor(), (request, response) => {
      urls.push(request.url ?? '');
      request.resume().on('end', () => response.writeHead(204).end());
    });
    server.on('tlsClientError', () => undefined);
    const port = await listening(server);
    const open = (config: Record<string, unknown>, secrets: Record<string, string>) =>
      openInfluxdb({
        id: 'db',
        name: 'History',
        type: 'influxdb',
        config: { url: `https://localhost:${port}`, org: 'plant', bucket: 'telemetry', ...config },
        secrets: { token: 's3cret', ...secrets },
      });
    await open(TRUSTED, KEY).write(['m f=1 1'], never());
    expect(urls).toHaveLength(1);
    await expect(open({}, {}).write(['m f=1 1'], never())).rejects.toThrow(/InfluxDB/);
    await expect(open({ ca: authority.ca }, {}).write(['m f=1 1'], never())).rejects.toThrow(/InfluxDB/);
    expect(urls).toHaveLength(1);
  });

  it('a mail server takes a mail from a connection that has both, and from no other', async () => {
    const mails: string[] = [];
    const server = createServer(tlsFor(), (socket) => {
      socket.on('error', () => undefined).write('220 fake ready\r\n');
      let isMail = false;
      socket.on('data', (chunk) => {
        for (const line of String(chunk).split('\r\n')) {
          if (isMail && line === '.') socket.write('250 taken\r\n');
          if (line === '.') isMail = false;
          else if (isMail) mails.push(line);
          else if (line === 'DATA') socket.write('354 go on\r\n');
          else if (line === 'QUIT') socket.end('221 bye\r\n');
          else if (line !== '') socket.write('250 ok\r\n');
          isMail ||= line === 'DATA';
        }
      });
    });
    server.on('tlsClientError', () => undefined);
    const port = await listening(server);
    const open = (config: Record<string, unknown>, secrets: Record<string, string>) =>
      openSmtp({
        id: 'mail',
        name: 'Mail',
        type: 'smtp',
        config: { host: 'localhost', port, secure: true, from: 'a@example.org', ...config },
        secrets,
      });
    const mail = { to: 'b@example.org', subject: 'Too warm', text: 'Look at it.' };
    await open(TRUSTED, KEY).send(mail, never());
    expect(mails.join('\n')).toContain('Look at it.');
    const before = mails.length;
    await expect(open({}, {}).send(mail, never())).rejects.toThrow(/mail server/);
    await expect(open({ ca: authority.ca }, {}).send(mail, never())).rejects.toThrow(/mail server/);
    expect(mails).toHaveLength(before);
  });
});
