import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { until } from './time.ts';

const PROGRAM = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find((path) => existsSync(path));

/** Unacknowledged messages that it lets a client have at a time. */
const MOST_IN_FLIGHT = 1_000;

export const hasMosquitto = PROGRAM !== undefined;

/** A Mosquitto with a configuration and a store of its own, on loopback. */
export interface Mosquitto {
  readonly port: number;
  start(): Promise<void>;
  /** SIGTERM: it stores its sessions first. */
  stop(): Promise<void>;
  /** SIGKILL: what it has not stored is lost. */
  kill(): Promise<void>;
}

export async function createMosquitto(folder: string): Promise<Mosquitto> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const configuration = join(folder, 'mosquitto.conf');
  writeFileSync(configuration, configurationOf(port, folder));
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    ending.kill(signal);
    await once(ending, 'exit');
  };
  return {
    port,
    start: async () => {
      if (PROGRAM === undefined) throw new Error('Mosquitto is not installed (apt-get install mosquitto).');
      child = spawn(PROGRAM, ['-c', configuration], { stdio: 'ignore' });
      await until(`Mosquitto on port ${port}`, 10_000, () => isListening(port));
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** As root Mosquitto would become another user, who may not write here. */
function configurationOf(port: number, folder: string): string {
  return [
    `listener ${port} 127.0.0.1`,
    'user root',
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 1',
    `max_inflight_messages ${MOST_IN_FLIGHT}`,
    'max_queued_messages 0',
    'max_queued_bytes 0',
    'set_tcp_nodelay true',
    'log_dest none',
    '',
  ].join('\n');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return address.port;
}
