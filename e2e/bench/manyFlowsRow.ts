import { setTimeout as sleep } from 'node:timers/promises';
import { deployFlow } from './api.ts';
import { runLoad } from './load.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HAS_MOSQUITTO, NO_MOSQUITTO, startMosquitto } from './mosquitto.ts';
import { alertFlow, silentFlow } from './productFlows.ts';
import { connectRaw } from './rawMqtt.ts';
import type { Row } from './row.ts';
import { median } from './row.ts';
import { startSluice } from './sluice.ts';
import type { Sluice } from './sluice.ts';

// A thousand flows on one topic. One of them answers, so that the loop is closed; the others look at every reading and
// send nothing, so that what is counted is evaluations.

const FLOWS = 1_000;
const AT_ONCE = 8;
/** How often Mosquitto tells its figures, and some more. */
const FIGURES_MS = 2_500;

export async function manyFlowsRows(rounds: number): Promise<Row[]> {
  const what = `${FLOWS} flows on one topic`;
  if (!HAS_MOSQUITTO) return [{ what, value: NO_MOSQUITTO, bar: '' }];
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const broker = await startMosquitto(folder);
  const sluice = await startSluice(broker.url);
  const measure = async (warmup: number, times: number) => {
    const options = { port: broker.port, pid: sluice.pid, qos: 0, expect: 'half', devices: 1_000 } as const;
    const pace = { kind: 'closed', window: 64 } as const;
    const found: number[] = [];
    for (let round = 0; round < times; round++)
      found.push((await runLoad({ ...options, pace, warmup, seconds: 3 })).cpuMicros);
    return median(found);
  };
  try {
    const settings = { connection: sluice.connection, qos: 0 } as const;
    await deployFlow(sluice.api, alertFlow(settings));
    const before = await subscriptions(broker.port);
    const one = await measure(100_000, rounds);
    await deployAll(sluice, (index) => silentFlow(settings, index), FLOWS - 1);
    const after = await subscriptions(broker.port);
    const all = await measure(3_000, rounds);
    const evaluations = (FLOWS / all) * 1e6;
    return [
      {
        what: `${what}: subscriptions at the broker more than with one flow`,
        value: String(after - before),
        bar: '0',
        isMet: after === before,
      },
      {
        what: `${what}: evaluations a second of one core`,
        value: `${(evaluations / 1e6).toFixed(2)} million /s (${all.toFixed(0)} µs an input)`,
        against: `one flow ${one.toFixed(2)} µs an input`,
        ratio: all / one,
        bar: 'at least 1 million /s',
        isMet: evaluations >= 1e6,
      },
    ];
  } finally {
    await sluice.stop();
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function deployAll(
  { api }: Sluice,
  flowOf: (index: number) => { readonly name: string },
  count: number,
): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) =>
        deployFlow(api, flowOf(from + index)),
      ),
    );
}

/** How many subscriptions the broker counts, its own reader of this figure with them. */
async function subscriptions(port: number): Promise<number> {
  let count = Number.NaN;
  const reader = await connectRaw(port, 'bench-figures', {
    filter: '$SYS/broker/subscriptions/count',
    onPublish: (bytes, at, end) => {
      count = Number(bytes.toString('utf8', at, end));
    },
  });
  await sleep(FIGURES_MS);
  reader.end();
  return count;
}
