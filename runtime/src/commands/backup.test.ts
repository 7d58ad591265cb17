import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { emptyFlow } from '@sluice/shared/flow/flow.ts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunningServer } from '../server/startServer.ts';
import { startServer } from '../server/startServer.ts';
import { ADA, apiOf, send } from '../server/testServer.ts';
import { readSettings } from '../settings.ts';
import { createConnectionStore } from '../storage/connections.ts';
import { openDatabase } from '../storage/database.ts';
import { openKeyring } from '../storage/workspaceKeys.ts';
import { runCli } from './cli.ts';
import { testingTerminal } from './testingTerminal.ts';
import { eventually } from '../testingPatience.ts';

const PASSPHRASE = 'otters like quiet rivers';

async function start(data: string): Promise<RunningServer> {
  const flags = { data, port: 0, mqttPort: 0, adminEmail: ADA.email, adminPassword: ADA.password };
  const settings = readSettings({ flags, environment: {} });
  const server = await startServer(settings, { log: () => undefined, progress: () => undefined });
  onTestFinished(() => server.stop());
  return server;
}

async function signIn(server: RunningServer) {
  const { email, password } = ADA;
  const answered = await send(server, 'post', '/api/session', { body: { email, password } });
  expect(answered.status).toBe(200);
  return apiOf(server, answered.headers.get('set-cookie')?.split(';')[0] ?? '');
}

async function call(...argv: string[]) {
  const terminal = testingTerminal();
  const code = await runCli(argv, terminal);
  return { code, lines: [...terminal.printed, ...terminal.said] };
}

/** Waits for a first reading above 30, and then for an hour. */
const FLOW = {
  ...emptyFlow('warm', 'Warm'),
  nodes: [
    {
      id: 'in',
      type: 'mqtt-in',
      position: { x: 0, y: 0 },
      config: { connection: 'broker', topic: 'devices/+/telemetry', qos: 1 },
    },
    {
      id: 'hot',
      type: 'threshold',
      position: { x: 240, y: 0 },
      config: { value: 'payload.temperature', operator: '>', limit: 30, mode: 'change', raiseAfter: '1h' },
    },
  ],
  wires: [{ from: ['in', 'out'], to: ['hot', 'in'] }],
};

async function stateOf(api: Awaited<ReturnType<typeof signIn>>) {
  return api.ok('nodeState', { params: { id: 'warm', node: 'hot' } });
}

function folders() {
  const root = mkdtempSync(join(tmpdir(), 'sluice-backup-'));
  return { data: join(root, 'data'), file: join(root, 'x.backup'), restored: join(root, 'restored') };
}

describe('sluice backup and restore', () => {
  it('bring a running server to another folder: accounts, flows, secrets, state and timers', async () => {
    vi.stubEnv('SLUICE_BACKUP_PASSPHRASE', PASSPHRASE);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { data, file, restored } = folders();
    const server = await start(data);
    const api = await signIn(server);
    const secrets = { token: 'canary-7f3a9' };
    const config = { url: 'http://127.0.0.1:9', org: 'o', bucket: 'b' };
    const { id } = await api.ok('createConnection', {
      body: { name: 'History', type: 'influxdb', config, secrets },
    });
    const { revision } = await api.ok('createFlow', { body: { name: 'Warm', flow: FLOW } });
    await api.ok('deploy', { body: { flow: 'warm', revision } });
    const device = await connectAsync(server.mqttUrl);
    await device.publishAsync('devices/f1/telemetry', '{"temperature": 40}', { qos: 1 });
    await device.endAsync();
    await eventually(async () => expect((await stateOf(api)).timers).toBe(1));
    const before = await stateOf(api);

    const made = await call('backup', file, '--data', data);
    expect(made.lines).toHaveLength(1);
    expect(made.lines[0]).toMatch(
      /x\.backup holds \d+ files with .* as they were at 2\d{3}-.*Keep what it was/,
    );
    expect(made.code).toBe(0);
    // What comes later is not in it.
    await api.ok('createFlow', { body: { name: 'Later' } });
    await server.stop();

    expect(await call('restore', file, '--data', restored)).toMatchObject({ code: 0 });
    const again = await signIn(await start(restored));
    expect((await again.ok('flows')).map(({ name }) => name)).toEqual(['Warm']);
    await eventually(async () => expect((await stateOf(again)).timers).toBe(1));
    expect((await stateOf(again)).entries).toEqual(before.entries);
    expect((await again.ok('checkAudit')).isWhole).toBe(true);
    const database = openDatabase(join(restored, 'sluice.db'));
    onTestFinished(() => database.close());
    const connections = createConnectionStore(
      database,
      openKeyring(database, join(restored, 'master.key'), () => 1),
    );
    expect(connections.get('main', id)?.secrets).toEqual(secrets);
  });

  it('say in one line what is missing or wrong, and then do nothing', async () => {
    const { data, file, restored } = folders();
    await (await start(data)).stop();
    const wrong = async (...argv: string[]) => {
      const { code, lines } = await call(...argv);
      expect([lines.length, code > 0]).toEqual([1, true]);
      return lines[0];
    };
    expect(await wrong('backup', file, '--data', data)).toContain(
      'set SLUICE_BACKUP_PASSPHRASE, or give a key file',
    );
    expect(await wrong('backup', file, '--data', data, '--key-file', file)).toContain('cannot be read');
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('SLUICE_BACKUP_PASSPHRASE', 'short');
    expect(await wrong('backup', file, '--data', data)).toContain('at least 12 characters');
    vi.stubEnv('SLUICE_BACKUP_PASSPHRASE', PASSPHRASE);
    expect((await call('backup', file, '--data', data)).code).toBe(0);
    expect(await wrong('restore', file, '--data', data)).toContain('is there already and not empty');
    vi.stubEnv('SLUICE_BACKUP_PASSPHRASE', `${PASSPHRASE}!`);
    expect(await wrong('restore', file, '--data', restored)).toContain('The passphrase does not open');
  });
});

describe('sluice rotate-master-key', () => {
  it('seals all anew for a stopped server, refuses a running one, and the next start opens the secrets', async () => {
    const { data } = folders();
    const server = await start(data);
    const api = await signIn(server);
    const config = { url: 'http://127.0.0.1:9', org: 'o', bucket: 'b' };
    await api.ok('createConnection', {
      body: { name: 'H', type: 'influxdb', config, secrets: { token: 'tiger' } },
    });
    const keyFile = join(data, 'master.key');
    const old = readFileSync(keyFile, 'utf8');
    expect((await call('rotate-master-key', '--data', data)).lines[0]).toContain(
      'is in use by another Sluice',
    );
    await server.stop();
    expect((await call('rotate-master-key', '--data', data)).lines[0]).toContain('one secret is sealed anew');
    expect(readFileSync(keyFile, 'utf8')).not.toBe(old);
    const started = await start(data);
    expect((await (await signIn(started)).ok('connections')).map(({ name }) => name)).toContain('H');
    await started.stop();
    writeFileSync(keyFile, old);
    await expect(start(data)).rejects.toThrow('holds another key than the one');
  });
});
