import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IClientOptions, MqttClient } from 'mqtt';
import { connect } from 'mqtt';
import { onTestFinished } from 'vitest';
import { newId, systemTime } from '../runner/time.ts';
import type { Broker } from './broker.ts';
import { startBroker } from './broker.ts';
import type { BrokerOptions } from './options.ts';
import { LOCAL } from './identity.ts';
import type { SignIn } from './signIn.ts';

/**
 * Who is called `<workspace>/<device>` is that device, with the password as its credential; `<workspace>/` is the runner;
 * who is called nothing is the local network.
 */
const believeAll: SignIn = ({ username, password = '' }) => {
  if (username === undefined) return { ok: true, identity: LOCAL };
  const [workspace = '', device = ''] = username.split('/');
  if (device === '') return { ok: true, identity: { kind: 'runner', workspace, credential: username } };
  return {
    ok: true,
    identity: { kind: 'device', workspace, device, credential: password, expiresAt: undefined },
  };
};

/** A real broker for tests, and what it told. */
export async function startTestBroker(changes: Partial<BrokerOptions> = {}) {
  const seen: string[] = [];
  const lines: string[] = [];
  const options: BrokerOptions = {
    port: 0,
    folder: mkdtempSync(join(tmpdir(), 'sluice-broker-')),
    packetBytes: 262_144,
    time: systemTime,
    newId,
    log: (_level, sentence) => lines.push(sentence),
    observe: (topic, payload, workspace) =>
      seen.push(`${workspace}: ${topic} ${Buffer.from(payload).toString()}`),
    signIn: believeAll,
    ...changes,
  };
  const broker = await startBroker(options);
  onTestFinished(() => broker.stop());
  return { broker, seen, lines, folder: options.folder };
}

export interface Joined {
  readonly client: MqttClient;
  /** `topic payload` of what came. */
  readonly messages: string[];
}

/** Signs in as `believeAll` says. */
export async function joinAs(
  broker: Pick<Broker, 'port'>,
  username?: string,
  options: IClientOptions = {},
): Promise<Joined> {
  const messages: string[] = [];
  const who = username === undefined ? {} : { username, password: `of ${username}` };
  const client = connect(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...who, ...options });
  onTestFinished(() => client.endAsync(true));
  // Before CONNACK, so that nothing of a session is missed.
  client.on('message', (topic, payload) => messages.push(`${topic} ${payload.toString()}`));
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.on('error', reject);
  });
  return { client, messages };
}

/** Resolves when its connection has ended. */
export function ended(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}
