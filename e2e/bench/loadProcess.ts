import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadOptions, LoadResult } from './load.ts';
import { createReadings } from './readings.ts';
import type { Readings } from './readings.ts';
import { connectRaw } from './rawMqtt.ts';
import type { RawClient } from './rawMqtt.ts';
import { cpuSeconds, memoryOf } from './processes.ts';
import { median, quantile } from './row.ts';

// The process of `runLoad`: publishes readings of many devices on devices/<id>/telemetry and counts what comes back on
// alerts/#. Every second reading is warm (above 30). All that is expected back is told apart by its `seq`: lost, doubled,
// late. Takes its options as the first message of its parent, and answers with the result.

const CONNECTIONS = 4;
/** Inputs that are told apart: five minutes of the fastest run. */
const MOST_SEQS = 1 << 24;
const LONGEST_WARMUP_MS = 120_000;

async function measure(options: LoadOptions): Promise<LoadResult> {
  const loop = new Loop(options);
  await loop.connect();
  loop.start();
  await loop.cameBack(options.warmup * loop.share);
  const before = loop.snapshot();
  const seconds = await latenciesBySecond(loop, options.seconds);
  const after = loop.snapshot();
  const memory = memoryOf(options.pid);
  const lost = await loop.finish();
  const inputs = (after.back - before.back) / loop.share;
  return {
    rate: (inputs / (after.at - before.at)) * 1_000,
    cpuMicros: ((after.cpu - before.cpu) / inputs) * 1e6,
    p99: median(seconds.map(p99Of)),
    lost,
    doubled: loop.doubled,
    memory,
  };
}

/** A second in which nothing came back is the worst that there is. */
function p99Of(latencies: readonly number[]): number {
  return latencies.length === 0 ? Number.POSITIVE_INFINITY : quantile(latencies, 0.99);
}

async function latenciesBySecond(loop: Loop, seconds: number): Promise<number[][]> {
  const found: number[][] = [];
  for (let second = 0; second < seconds; second++) {
    const latencies: number[] = [];
    loop.latencies = latencies;
    await sleep(1_000);
    found.push(latencies);
  }
  loop.latencies = undefined;
  return found;
}

class Loop {
  /** The part of the inputs that has to come back. */
  readonly share: number;
  latencies: number[] | undefined;
  doubled = 0;
  readonly #options: LoadOptions;
  readonly #readings: Readings;
  readonly #sentAt = new Float64Array(MOST_SEQS);
  readonly #seen = new Uint8Array(MOST_SEQS);
  #back = 0;
  #sent = 0;
  #isRunning = false;
  #isPumpDue = false;
  #startedAt = 0;
  #publishers: RawClient[] = [];
  #receiver: RawClient | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.share = options.expect === 'half' ? 0.5 : 1;
    this.#readings = createReadings({ ...options, connections: CONNECTIONS });
  }

  async connect(): Promise<void> {
    const { port, qos } = this.#options;
    this.#receiver = await connectRaw(port, `bench-receiver-${process.pid}`, {
      filter: 'alerts/#',
      qos,
      onPublish: (bytes, at, end) => this.#receive(this.#readings.seqIn(bytes, at, end)),
    });
    for (let index = 0; index < CONNECTIONS; index++)
      this.#publishers.push(await connectRaw(port, `bench-${process.pid}-${index}`));
    // The subscription is there when the broker has had the time to take it.
    await sleep(100);
  }

  async cameBack(count: number): Promise<void> {
    for (let waited = 0; this.#back < count; waited += 20) {
      if (waited > LONGEST_WARMUP_MS)
        throw new Error(`Only ${this.#back} of ${count} came back while warming up.`);
      await sleep(20);
    }
  }

  start(): void {
    this.#isRunning = true;
    this.#startedAt = performance.now();
    if (this.#options.pace.kind === 'closed') this.#pump();
    else this.#tick(this.#options.pace.rate);
  }

  snapshot() {
    return { at: performance.now(), cpu: cpuSeconds(this.#options.pid), back: this.#back };
  }

  #receive(seq: number | undefined): void {
    if (seq === undefined || seq >= this.#sent) return;
    if (this.#seen[seq] === 1) {
      this.doubled += 1;
      return;
    }
    this.#seen[seq] = 1;
    this.#back += 1;
    this.latencies?.push(performance.now() - (this.#sentAt[seq] ?? 0));
    if (this.#isPumpDue || !this.#isRunning || this.#options.pace.kind === 'open') return;
    this.#isPumpDue = true;
    setImmediate(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  /** Sends until as many answers are outstanding as may be. */
  #pump(): void {
    if (!this.#isRunning || this.#options.pace.kind === 'open') return;
    const { window } = this.#options.pace;
    const now = performance.now();
    while (this.#expected() - this.#back < window) this.#put(now);
    this.#flush();
  }

  /** Sends what is due by now; each is timed from when it was due, whether or not that was late. */
  #tick(rate: number): void {
    if (!this.#isRunning) return;
    const now = performance.now();
    const due = Math.floor(((now - this.#startedAt) * rate) / 1_000);
    while (this.#sent < due) this.#put(this.#startedAt + (this.#sent / rate) * 1_000);
    this.#flush();
    setTimeout(() => this.#tick(rate), 1);
  }

  #put(at: number): void {
    if (this.#sent >= MOST_SEQS) throw new Error('The load ran for longer than it can count.');
    this.#sentAt[this.#sent] = at;
    this.#readings.put(this.#sent);
    this.#sent += 1;
  }

  #flush(): void {
    this.#readings.take().forEach((bytes, index) => {
      if (bytes !== undefined) this.#publishers[index]?.write(bytes);
    });
  }

  #expected(): number {
    return Math.ceil(this.#sent * this.share);
  }

  /** Stops, waits for what is on its way, and tells how many answers never came. */
  async finish(): Promise<number> {
    this.#isRunning = false;
    // Every device is left cold, as the next round expects it.
    if (this.#sent % 2 === 1) this.#put(performance.now());
    this.#flush();
    for (let tries = 0; tries < 200 && this.#back < this.#expected(); tries++) await sleep(50);
    // Doubles come after what they double.
    await sleep(100);
    for (const client of [this.#receiver, ...this.#publishers]) client?.end();
    return this.#expected() - this.#back;
  }
}

const [options] = (await once(process, 'message')) as [LoadOptions];
process.send?.(await measure(options));
