import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './load.ts';
import { runLoad, sleep } from './load.ts';
import { connectRaw, publishPacket } from './rawMqtt.ts';
import type { Row } from './row.ts';

// MQTT in → threshold → change → MQTT out at QoS 0 on Mosquitto, beside a bare mqtt.js script in the same run.

const ROUNDS = 3;
const MAIN = fileURLToPath(new URL('../../runtime/src/main.ts', import.meta.url));
const BARE = fileURLToPath(new URL('bareScript.js', import.meta.url));
const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find((path) => existsSync(path));

export async function mqttRows(): Promise<Row[]> {
  if (MOSQUITTO === undefined) {
    return [
      {
        what: 'MQTT in → threshold → change → MQTT out',
        value: 'not measured',
        bar: 'Mosquitto is not installed (apt-get install mosquitto)',
      },
    ];
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const port = await freePort();
  const broker = await startBroker(MOSQUITTO, folder, port);
  try {
    const flow = join(folder, 'flow.json');
    await writeFile(flow, JSON.stringify(flowOn(port)));
    const sluice: LoadResult[] = [];
    const bare: LoadResult[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await measure(port, [BARE], { MQTT_URL: `mqtt://127.0.0.1:${port}` }));
      sluice.push(await measure(port, ['--no-node-snapshot', MAIN, 'run', flow], {}));
    }
    return rowsOf(sluice, bare);
  } finally {
    await end(broker);
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(sluice: readonly LoadResult[], bare: readonly LoadResult[]): Row[] {
  const own = median(sluice.map(({ cpuMicros }) => cpuMicros));
  const peer = median(bare.map(({ cpuMicros }) => cpuMicros));
  const lost = sluice.reduce((sum, result) => sum + result.lost, 0);
  return [
    {
      what: 'MQTT in → threshold → change → MQTT out, QoS 0: CPU time an input',
      value: `${own.toFixed(1)} µs; bare mqtt.js ${peer.toFixed(1)} µs; ratio ${(own / peer).toFixed(2)}`,
      bar: 'ratio at most 1.15',
    },
    {
      what: 'the same, closed loop',
      value: `${Math.round(median(sluice.map(({ rate }) => rate)))} /s; bare mqtt.js ${Math.round(median(bare.map(({ rate }) => rate)))} /s; ${lost} lost`,
      bar: 'none lost',
    },
  ];
}

async function measure(
  port: number,
  command: readonly string[],
  environment: Record<string, string>,
): Promise<LoadResult> {
  const child = spawn(process.execPath, [...command], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  try {
    await answers(port);
    return await runLoad({ port, pid: child.pid ?? 0, warmup: 200_000, measureMs: 5_000 });
  } finally {
    await end(child);
  }
}

/** Sends a warm probe until one comes back. */
async function answers(port: number): Promise<void> {
  const state = { isBack: false };
  const receiver = await connectRaw(port, 'bench-probe-receiver', 'alerts/#', () => {
    state.isBack = true;
  });
  const sender = await connectRaw(port, 'bench-probe-sender');
  for (let tries = 0; tries < 600 && !state.isBack; tries++) {
    sender.write(publishPacket('devices/probe/telemetry', '{"temperature":99}'));
    await sleep(50);
  }
  receiver.end();
  sender.end();
  if (!state.isBack) throw new Error('What is to be measured did not answer within 30 s.');
  await sleep(200);
}

function flowOn(port: number): object {
  const node = (id: string, type: string, x: number, config: object) => ({
    id,
    type,
    position: { x, y: 0 },
    config,
  });
  return {
    format: 1,
    id: 'bench',
    name: 'Bench',
    connections: { plant: { type: 'mqtt', config: { url: `mqtt://127.0.0.1:${port}` } } },
    nodes: [
      node('in', 'mqtt-in', 0, { connection: 'plant', topic: 'devices/+/telemetry', qos: 0 }),
      node('hot', 'threshold', 240, { value: 'payload.temperature', operator: '>', limit: 30, mode: 'each' }),
      node('to', 'change', 480, { set: [{ path: 'topic', to: { template: 'alerts/{{device}}' } }] }),
      node('out', 'mqtt-out', 720, { connection: 'plant', qos: 0 }),
    ],
    wires: [
      { from: ['in', 'out'], to: ['hot', 'in'] },
      { from: ['hot', 'true'], to: ['to', 'in'] },
      { from: ['to', 'out'], to: ['out', 'in'] },
    ],
    scenarios: [],
  };
}

async function startBroker(path: string, folder: string, port: number): Promise<ChildProcess> {
  const configuration = join(folder, 'mosquitto.conf');
  await writeFile(
    configuration,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nmax_queued_bytes 0\nset_tcp_nodelay true\nlog_dest none\n`,
  );
  const broker = spawn(path, ['-c', configuration], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    try {
      (await connectRaw(port, 'bench-ready')).end();
      return broker;
    } catch {
      await sleep(50);
    }
  }
  throw new Error('Mosquitto did not start within 5 s.');
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
