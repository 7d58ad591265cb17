import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, freePort, startChild } from './children.ts';
import { connectRaw } from './rawMqtt.ts';

const PATH = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/usr/bin/mosquitto'].find((path) =>
  existsSync(path),
);

export const HAS_MOSQUITTO = PATH !== undefined;
export const NO_MOSQUITTO = 'not measured: Mosquitto is not installed (apt-get install mosquitto)';

/** As it calls itself. */
export function mosquittoVersion(): string {
  if (PATH === undefined) return 'no Mosquitto';
  return spawnSync(PATH, ['-h'], { encoding: 'utf8' }).stdout.split('\n')[0]?.trim() ?? '';
}

/** Nothing is dropped and nothing is held back, so that the broker is the same for all. */
const CONFIGURATION = `allow_anonymous true
persistence false
max_queued_messages 0
max_queued_bytes 0
max_inflight_messages 1000
set_tcp_nodelay true
sys_interval 1
log_dest none
`;

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one on a port of its own, on loopback only. `folder` gets its configuration. */
export async function startMosquitto(folder: string): Promise<Mosquitto> {
  if (PATH === undefined) throw new Error(NO_MOSQUITTO);
  const port = await freePort();
  const file = join(folder, `mosquitto-${port}.conf`);
  await writeFile(file, `listener ${port} 127.0.0.1\n${CONFIGURATION}`);
  const child = startChild(PATH, ['-c', file]);
  for (let tries = 0; tries < 100; tries++) {
    try {
      (await connectRaw(port, 'bench-ready')).end();
      return { port, url: `mqtt://127.0.0.1:${port}`, stop: () => endChild(child) };
    } catch {
      await sleep(50);
    }
  }
  await endChild(child);
  throw new Error('Mosquitto did not start within 5 s.');
}
