import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRaw, publishPacket } from './rawMqtt.ts';
import type { LoadResult } from './load.ts';
import { runLoad } from './load.ts';
import type { Mosquitto } from './mosquitto.ts';
import { startMosquitto } from './mosquitto.ts';
import { residentMb } from './processes.ts';
import { median } from './row.ts';

// Several programs that do the same, each with a broker of its own, measured in turn in short rounds: what else the
// machine does meanwhile meets all of them, and the median leaves out the worst of it.

const WINDOW = 1_000;
const DEVICES = 1_000;
const WARM_UP_INPUTS = 150_000;
const MEASURE_MS = 2_500;
const OPEN_MS = 3_000;
const REST_MS = 3_000;

export interface Contestant {
  readonly name: string;
  /** Resolves with `undefined` where it cannot be had. */
  start(broker: Mosquitto, folder: string): Promise<{ pid: number; stop(): Promise<void> } | undefined>;
}

export interface ContestOptions {
  readonly qos: 0 | 1;
  readonly expect: 'half' | 'all';
  readonly rounds: number;
  readonly devices?: number;
  /** Names of those whose latency is measured too. */
  readonly timed?: readonly string[];
}

/** Medians over the rounds. */
export interface Figures {
  readonly cpuMicros: number;
  readonly rate: number;
  readonly idleMb: number;
  readonly loadMb: number;
  readonly lost: number;
  readonly doubled: number;
  /** Milliseconds at a half and at nine tenths of the own highest rate. */
  readonly p99?: { readonly half: number; readonly high: number };
}

interface Entry {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly idleMb: number;
  readonly closed: LoadResult[];
  readonly half: LoadResult[];
  readonly high: LoadResult[];
}

/** Figures by name; those that could not be had are not in it. */
export async function contest(
  contestants: readonly Contestant[],
  options: ContestOptions,
): Promise<ReadonlyMap<string, Figures>> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const stops: (() => Promise<void>)[] = [];
  try {
    const entries: Entry[] = [];
    for (const contestant of contestants) {
      const entry = await enter(contestant, folder, stops);
      if (entry !== undefined) entries.push(entry);
    }
    for (const entry of entries) await load(entry, options, { warmup: WARM_UP_INPUTS, measureMs: 500 });
    for (let round = 0; round < options.rounds; round++)
      for (const entry of entries) entry.closed.push(await load(entry, options, { measureMs: MEASURE_MS }));
    for (let round = 0; round < options.rounds; round++)
      for (const entry of entries)
        if (options.timed?.includes(entry.name) === true) await time(entry, options);
    return new Map(entries.map((entry) => [entry.name, figuresOf(entry)]));
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function enter(
  { name, start }: Contestant,
  folder: string,
  stops: (() => Promise<void>)[],
): Promise<Entry | undefined> {
  const broker = await startMosquitto(folder);
  stops.push(broker.stop);
  const running = await start(broker, folder);
  if (running === undefined) return undefined;
  stops.push(running.stop);
  await answers(name, broker.port);
  await sleep(REST_MS);
  const idleMb = residentMb(running.pid).total;
  return { name, port: broker.port, pid: running.pid, idleMb, closed: [], half: [], high: [] };
}

/** Sends a warm probe until one comes back. */
async function answers(name: string, port: number): Promise<void> {
  const state = { isBack: false };
  const onPublish = () => {
    state.isBack = true;
  };
  const receiver = await connectRaw(port, 'bench-probe-receiver', { filter: 'alerts/#', onPublish });
  const sender = await connectRaw(port, 'bench-probe-sender');
  for (let tries = 0; tries < 600 && !state.isBack; tries++) {
    sender.write(publishPacket('devices/probe/telemetry', '{"deviceId":"probe","temperature":99}'));
    await sleep(50);
  }
  receiver.end();
  sender.end();
  if (!state.isBack) throw new Error(`${name} did not answer within 30 s.`);
}

function load(
  { port, pid }: Entry,
  { qos, expect, devices = DEVICES }: ContestOptions,
  { warmup = 2_000, measureMs, rate }: { warmup?: number; measureMs: number; rate?: number },
): Promise<LoadResult> {
  const pace =
    rate === undefined ? ({ kind: 'closed', window: WINDOW } as const) : ({ kind: 'open', rate } as const);
  return runLoad({ port, pid, qos, expect, devices, pace, warmup, measureMs });
}

async function time(entry: Entry, options: ContestOptions): Promise<void> {
  const highest = median(entry.closed.map(({ rate }) => rate));
  for (const [share, results] of [
    [0.5, entry.half],
    [0.9, entry.high],
  ] as const) {
    const rate = highest * share;
    // What piles up while connections are new takes long to go at nine tenths: the first second does not count.
    results.push(await load(entry, options, { warmup: rate, measureMs: OPEN_MS, rate }));
  }
}

function figuresOf({ idleMb, closed, half, high }: Entry): Figures {
  const over = (of: (result: LoadResult) => number, results = closed) => median(results.map(of));
  const sum = (of: (result: LoadResult) => number) =>
    [...closed, ...half, ...high].reduce((total, result) => total + of(result), 0);
  return {
    cpuMicros: over(({ cpuMicros }) => cpuMicros),
    rate: over(({ rate }) => rate),
    idleMb,
    loadMb: Math.max(...closed.map(({ residentMb: size }) => size)),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    ...(half.length > 0 && {
      p99: { half: over(({ p99 }) => p99, half), high: over(({ p99 }) => p99, high) },
    }),
  };
}
