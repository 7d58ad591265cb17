import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRaw, publishPacket } from './rawMqtt.ts';
import type { LoadResult, Memory } from './load.ts';
import { runLoad } from './load.ts';
import type { Mosquitto } from './mosquitto.ts';
import { startMosquitto } from './mosquitto.ts';
import { memoryOf } from './processes.ts';
import { median } from './row.ts';

// Several programs that do the same, measured in turn in short rounds. In each round each of them is started anew, alone
// with a broker of its own: nothing that another keeps in memory, and no heap that grew over minutes, is in its figures.
// The rounds are interleaved, so that what else the machine does meets all of them; the median leaves out the worst of it.

const WINDOW = 1_000;
const DEVICES = 1_000;
/** Enough for the compiler to be through with everything. */
const WARM_UP_INPUTS = 150_000;
const SECONDS = 5;
/** What a program has yet to do after its start is done: memory is that of rest. */
const REST_MS = 3_000;
const NINE_TENTHS = 0.9;

export interface Contestant {
  readonly name: string;
  /** Whose readings it gets; 1,000 where it says nothing. */
  readonly devices?: number;
  /** Resolves with `undefined` where it cannot be had. */
  start(broker: Mosquitto, folder: string): Promise<{ pid: number; stop(): Promise<void> } | undefined>;
}

export interface ContestOptions {
  readonly qos: 0 | 1;
  readonly expect: 'half' | 'all';
  readonly rounds: number;
  /** Latency is measured too. */
  readonly isTimed?: boolean;
  /** At nine tenths of the rate of this one, the latency of those after it is measured too. */
  readonly pacemaker?: string;
}

/** Medians over the rounds; of memory, of the most that a round had under load. */
export interface Figures {
  readonly cpuMicros: number;
  readonly rate: number;
  readonly idle: Memory;
  readonly loaded: Memory;
  readonly lost: number;
  readonly doubled: number;
  /** Milliseconds at a half and at nine tenths of the own highest rate, and at nine tenths of that of the pacemaker. */
  readonly p99?: { readonly half: number; readonly high: number; readonly paced: number | undefined };
}

interface Round {
  readonly idle: Memory;
  readonly closed: LoadResult;
  /** At a half and at nine tenths of the rate of `closed`, and at the rate of the pacemaker. */
  readonly open?: { readonly half: LoadResult; readonly high: LoadResult; readonly paced?: LoadResult };
}

/** Figures by name; those that could not be had are not in it. */
export async function contest(
  contestants: readonly Contestant[],
  options: ContestOptions,
): Promise<ReadonlyMap<string, Figures>> {
  const rounds = new Map<string, Round[]>();
  for (let round = 0; round < options.rounds; round++) {
    let pace: number | undefined;
    for (const contestant of contestants) {
      const measured = await measureAlone(contestant, options, pace);
      if (measured === undefined) continue;
      rounds.set(contestant.name, [...(rounds.get(contestant.name) ?? []), measured]);
      if (contestant.name === options.pacemaker) pace = measured.closed.rate * NINE_TENTHS;
    }
  }
  return new Map([...rounds].map(([name, ofName]) => [name, figuresOf(ofName)]));
}

/** `pace`: inputs a second at which it is timed too. */
async function measureAlone(
  contestant: Contestant,
  options: ContestOptions,
  pace: number | undefined,
): Promise<Round | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const stops: (() => Promise<void>)[] = [];
  try {
    const broker = await startMosquitto(folder);
    stops.push(broker.stop);
    const running = await contestant.start(broker, folder);
    if (running === undefined) return undefined;
    stops.push(running.stop);
    await answers(contestant.name, broker.port);
    await sleep(REST_MS);
    const idle = memoryOf(running.pid);
    const { devices = DEVICES } = contestant;
    const loadAt = (how: HowLong) => load({ port: broker.port, pid: running.pid, devices }, options, how);
    const closed = await loadAt({ warmup: WARM_UP_INPUTS, seconds: SECONDS });
    if (options.isTimed !== true) return { idle, closed };
    // What piles up while connections are new takes long to go at nine tenths: the first second does not count.
    const openAt = (rate: number) => loadAt({ rate, warmup: rate, seconds: SECONDS });
    const half = await openAt(closed.rate / 2);
    const high = await openAt(closed.rate * NINE_TENTHS);
    if (pace === undefined) return { idle, closed, open: { half, high } };
    return { idle, closed, open: { half, high, paced: await openAt(pace) } };
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(folder, { recursive: true, force: true });
  }
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

interface HowLong {
  /** Inputs. */
  readonly warmup: number;
  readonly seconds: number;
  /** Inputs a second; a closed loop without it. */
  readonly rate?: number;
}

function load(
  against: { readonly port: number; readonly pid: number; readonly devices: number },
  { qos, expect }: ContestOptions,
  { warmup, seconds, rate }: HowLong,
): Promise<LoadResult> {
  const pace =
    rate === undefined ? ({ kind: 'closed', window: WINDOW } as const) : ({ kind: 'open', rate } as const);
  return runLoad({ ...against, qos, expect, pace, warmup, seconds });
}

function figuresOf(rounds: readonly Round[]): Figures {
  const closed = rounds.map((round) => round.closed);
  const open = rounds.flatMap((round) => round.open ?? []);
  const paced = open.flatMap((results) => results.paced ?? []);
  const all = rounds.flatMap(resultsOf);
  return {
    cpuMicros: median(closed.map(({ cpuMicros }) => cpuMicros)),
    rate: median(closed.map(({ rate }) => rate)),
    idle: memoryOver(rounds, ({ idle }) => [idle]),
    loaded: memoryOver(rounds, (round) => resultsOf(round).map(({ memory }) => memory)),
    lost: sum(all.map(({ lost }) => lost)),
    doubled: sum(all.map(({ doubled }) => doubled)),
    ...(open.length > 0 && {
      p99: {
        half: median(open.map(({ half }) => half.p99)),
        high: median(open.map(({ high }) => high.p99)),
        paced: paced.length === 0 ? undefined : median(paced.map(({ p99 }) => p99)),
      },
    }),
  };
}

/** The median over the rounds of the most that each had. */
function memoryOver(rounds: readonly Round[], found: (round: Round) => readonly Memory[]): Memory {
  const most = (of: (memory: Memory) => number) =>
    median(rounds.map((round) => Math.max(...found(round).map(of))));
  return { physical: most(({ physical }) => physical), resident: most(({ resident }) => resident) };
}

/** Of all loads of a round. */
function resultsOf({ closed, open }: Round): readonly LoadResult[] {
  if (open === undefined) return [closed];
  const { half, high, paced } = open;
  return paced === undefined ? [closed, half, high] : [closed, half, high, paced];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
