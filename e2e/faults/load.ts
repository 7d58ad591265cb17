import type { Ledger } from './ledger.ts';
import { topicOf } from './flows.ts';
import type { Publisher } from './publisher.ts';
import { every, now } from './time.ts';

const TICK_MS = 10;
const MOST_IN_FLIGHT = 2_000;
/** Messages that may be on their way: well below what brokers keep for a session. */
export const MOST_OUTSTANDING = 8_000;

export interface LoadOptions {
  readonly devices: readonly string[];
  readonly perSecond: number;
  /** No more is sent while so many are acknowledged and not out. */
  readonly mostOutstanding: number;
  /** What a message is to be in place of a reading; `undefined` for a reading. */
  readonly poison?: (device: string, sequence: number) => string | undefined;
}

/** Readings of many devices at a steady rate, entered in the ledger when they are sent and when they are acknowledged. */
export interface Load {
  start(): void;
  stop(): void;
  /** Acknowledged messages a second, over the time in which there were a broker to send to and room on the way. */
  rate(): number;
}

export function createLoad(publisher: Publisher, ledger: Ledger, options: LoadOptions): Load {
  const { devices, perSecond, mostOutstanding, poison } = options;
  const sequences = new Map<string, number>();
  let next = 0;
  let owed = 0;
  let activeMs = 0;
  let lastTick = 0;
  let stopTicks = () => {};

  const send = () => {
    const device = devices[next % devices.length] ?? '';
    next += 1;
    const sequence = (sequences.get(device) ?? 0) + 1;
    sequences.set(device, sequence);
    const reading = JSON.stringify({ device, seq: sequence, value: (next * 7) % 1_000, sentAt: now() });
    const content = poison?.(device, sequence) ?? reading;
    ledger.sent(device, sequence, content);
    publisher.publish(topicOf(device), Buffer.from(content), () => ledger.acknowledged(device, sequence));
  };
  const hasRoom = () => publisher.inFlight < MOST_IN_FLIGHT && ledger.outstanding < mostOutstanding;
  const tick = () => {
    const elapsed = now() - lastTick;
    lastTick += elapsed;
    if (!publisher.isConnected || !hasRoom()) return;
    activeMs += elapsed;
    // What could not be sent because there was no room is not made up for later.
    owed = Math.min(owed + (elapsed * perSecond) / 1_000, perSecond / 10);
    while (owed >= 1 && hasRoom()) {
      send();
      owed -= 1;
    }
  };

  return {
    start: () => {
      lastTick = now();
      stopTicks = every(TICK_MS, tick);
    },
    stop: () => stopTicks(),
    rate: () => (activeMs === 0 ? 0 : (ledger.counts.acknowledged / activeMs) * 1_000),
  };
}
