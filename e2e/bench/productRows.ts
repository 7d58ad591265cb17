import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import mqtt from 'mqtt';
import { startProduct } from '../product.ts';
import type { Product } from '../product.ts';
import type { Api } from './api.ts';
import { createFlow, deploy, signIn } from './api.ts';
import { residentMb } from './processes.ts';
import type { Row } from './row.ts';
import { quantile } from './row.ts';
import { warm } from './sluice.ts';

// The product as a whole: memory at rest, start, and how soon a value is seen.

const PUBLISHES = 40;

export async function productRows(): Promise<Row[]> {
  warm();
  const startedAt = performance.now();
  const product = await startProduct();
  const startMs = performance.now() - startedAt;
  try {
    const api = await signIn(product);
    const { flow, deployMs } = await deployFirst(api);
    const delays = await valueDelays(product, api.cookie, flow);
    await sleep(5_000);
    const { total, processes } = residentMb(product.pid);
    return [
      {
        what: 'Start to the printed address, installed and built',
        value: `${(startMs / 1_000).toFixed(1)} s`,
        bar: 'under 3 s',
      },
      {
        what: 'Deploy of the first flow, the start of its runner included',
        value: `${Math.round(deployMs)} ms`,
        bar: 'within 1 s',
      },
      {
        what: 'Publish to first value at the browser’s socket, 3 nodes, embedded broker',
        value: `median ${quantile(delays, 0.5)} ms, highest of ${PUBLISHES} ${quantile(delays, 1)} ms`,
        bar: 'within 500 ms',
      },
      {
        what: `Resident at rest, ${processes} processes (server with broker, runner)`,
        value: `${Math.round(total)} MB`,
        bar: 'under 220 MB',
      },
    ];
  } finally {
    await product.stop();
  }
}

/** Makes and deploys a flow of three nodes, the first of the product: its runner starts with it. */
async function deployFirst(api: Api): Promise<{ flow: string; deployMs: number }> {
  const node = (id: string, type: string, config: object) => ({ id, type, position: { x: 0, y: 0 }, config });
  const flow = {
    format: 1,
    id: 'bench',
    name: 'Bench',
    nodes: [
      node('in', 'device-input', {}),
      node('hot', 'threshold', { value: 'payload.temperature', operator: '>', limit: 30, mode: 'each' }),
      node('show', 'debug', {}),
    ],
    wires: [
      { from: ['in', 'out'], to: ['hot', 'in'] },
      { from: ['hot', 'true'], to: ['show', 'in'] },
    ],
  };
  const made = await createFlow(api, flow);
  const startedAt = performance.now();
  await deploy(api, made);
  return { flow: made.id, deployMs: performance.now() - startedAt };
}

/** Milliseconds from each publish to the value of the last wire at a watching socket. */
async function valueDelays(product: Product, cookie: string, flow: string): Promise<number[]> {
  const socket = io(product.url, {
    extraHeaders: { cookie, origin: product.url },
    transports: ['websocket'],
  });
  const device = await mqtt.connectAsync(product.mqttUrl);
  const sentAt = new Map<number, number>();
  const delays: number[] = [];
  socket.on(
    'values',
    ({ samples }: { samples: { wire: string; message: { payload: { n?: number } } }[] }) => {
      for (const { wire, message } of samples) {
        const at = wire === 'hot.true>show.in' ? sentAt.get(message.payload.n ?? -1) : undefined;
        if (at !== undefined) delays.push(Math.round(performance.now() - at));
      }
    },
  );
  await socket.emitWithAck('watch', { flow });
  for (let n = 0; n < PUBLISHES; n++) {
    sentAt.set(n, performance.now());
    await device.publishAsync('devices/f1/telemetry', JSON.stringify({ temperature: 35, n }));
    await sleep(300);
  }
  await sleep(1_000);
  socket.disconnect();
  await device.endAsync();
  if (delays.length < PUBLISHES) throw new Error(`Only ${delays.length} of ${PUBLISHES} values arrived.`);
  return delays;
}
