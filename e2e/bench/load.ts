import { connectRaw, publishPacket } from './rawMqtt.ts';
import type { RawClient } from './rawMqtt.ts';
import { cpuSeconds } from './processes.ts';

// Closed loop over MQTT at QoS 0: publishes readings of many devices on devices/<id>/telemetry and counts what comes
// back on alerts/#. Every second reading is warm (above 30) and has to come back; `seq` in the payload tells which.

const DEVICES = 1_000;
const CONNECTIONS = 4;
/** Answers that may be outstanding: no backlog can grow. */
const WINDOW = 1_000;
const LONGEST_WARMUP_MS = 60_000;
const FIRST_SEQ = 10_000_000;

export interface LoadResult {
  /** Inputs a second that have come through. */
  readonly rate: number;
  /** Microseconds of CPU that the measured process tree took for one input. */
  readonly cpuMicros: number;
  readonly lost: number;
}

/** Runs the load against whatever is between the topics, and measures the process tree of `pid`. */
export async function runLoad(options: {
  port: number;
  pid: number;
  /** Inputs before the measure begins: by count, so that a slow machine does not measure how code is compiled. */
  warmup: number;
  measureMs: number;
}): Promise<LoadResult> {
  const loop = new Loop();
  await loop.connect(options.port);
  loop.start();
  await loop.cameBack(options.warmup / 2);
  const before = { at: performance.now(), cpu: cpuSeconds(options.pid), back: loop.back };
  await sleep(options.measureMs);
  const after = { at: performance.now(), cpu: cpuSeconds(options.pid), back: loop.back };
  const lost = await loop.finish();
  const inputs = 2 * (after.back - before.back);
  return {
    rate: (inputs / (after.at - before.at)) * 1_000,
    cpuMicros: ((after.cpu - before.cpu) / inputs) * 1e6,
    lost,
  };
}

class Loop {
  back = 0;
  #sent = 0;
  #running = false;
  #isPumpDue = false;
  #publishers: RawClient[] = [];
  #receiver: RawClient | undefined;

  async connect(port: number): Promise<void> {
    this.#receiver = await connectRaw(port, 'bench-receiver', 'alerts/#', (body) => this.#receive(body));
    for (let index = 0; index < CONNECTIONS; index++)
      this.#publishers.push(await connectRaw(port, `bench-${index}`));
  }

  async cameBack(count: number): Promise<void> {
    for (let waited = 0; this.back < count; waited += 50) {
      if (waited > LONGEST_WARMUP_MS)
        throw new Error(`Only ${this.back} of ${count} came back while warming up.`);
      await sleep(50);
    }
  }

  start(): void {
    this.#running = true;
    this.#pump();
  }

  #receive(body: Buffer): void {
    if (body.indexOf('"seq":') < 0) return;
    this.back += 1;
    if (this.#isPumpDue || !this.#running) return;
    this.#isPumpDue = true;
    setImmediate(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    const outgoing: Buffer[][] = this.#publishers.map(() => []);
    while (this.#running && Math.ceil(this.#sent / 2) - this.back < WINDOW) {
      const device = (this.#sent >> 1) % DEVICES;
      outgoing[device % CONNECTIONS]?.push(reading(this.#sent, device));
      this.#sent += 1;
    }
    for (const [index, packets] of outgoing.entries()) {
      if (packets.length > 0) this.#publishers[index]?.write(Buffer.concat(packets));
    }
  }

  /** Stops, waits for what is on its way, and tells how many answers never came. */
  async finish(): Promise<number> {
    this.#running = false;
    const expected = Math.ceil(this.#sent / 2);
    for (let tries = 0; tries < 100 && this.back < expected; tries++) await sleep(50);
    for (const client of [this.#receiver, ...this.#publishers]) client?.end();
    return expected - this.back;
  }
}

function reading(index: number, device: number): Buffer {
  const temperature = index % 2 === 0 ? 35.5 : 20.5;
  const payload = `{"deviceId":"d${device}","temperature":${temperature},"ts":${Date.now()},"seq":${FIRST_SEQ + index}}`;
  return publishPacket(`devices/d${device}/telemetry`, payload);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
