import { createHash } from 'node:crypto';
import { now } from './time.ts';

/** One message as it was sent. */
interface Sent {
  readonly hash: string;
  /** Its number among all that were sent. */
  readonly number: number;
  readonly at: number;
  isAcknowledged: boolean;
}

/** One arrival at the sink. */
interface Arrival {
  readonly sequence: number;
  readonly hash: string;
}

export interface DeviceRecord {
  /** By sequence, from 1; the place 0 is empty. */
  readonly sent: (Sent | undefined)[];
  /** In the order in which they came. */
  readonly arrived: Arrival[];
}

/**
 * What was sent, what a broker has acknowledged to the publisher, and what has come out: by device and sequence, with a
 * hash of the content. Kept outside the product, of which it knows nothing.
 */
export interface Ledger {
  sent(device: string, sequence: number, content: string): void;
  acknowledged(device: string, sequence: number): void;
  arrived(device: string, sequence: number, content: string): void;
  readonly devices: ReadonlyMap<string, DeviceRecord>;
  readonly counts: { readonly sent: number; readonly acknowledged: number; readonly arrived: number };
  /** How many of those acknowledged have not come out yet. */
  readonly outstanding: number;
  /** Which they are. */
  missing(): Iterable<{ readonly device: string; readonly sequence: number }>;
  /** The longest that a message which was sent between these times, ms since the epoch, took until it came out. */
  longestWay(from: number, to: number): number;
  /** The longest time without an arrival since it was asked last, ms. */
  longestGap(): number;
  /** The highest number of a message that has come out, of the devices whose name begins so. */
  highestOut(prefix: string): number;
}

export function createLedger(): Ledger {
  const devices = new Map<string, DeviceRecord>();
  const out = new Map<string, Set<number>>();
  const highest = new Map<string, number>();
  const counts = { sent: 0, acknowledged: 0, arrived: 0 };
  const longestBySecond = new Map<number, number>();
  let outstanding = 0;
  let lastAt = 0;
  let gapMs = 0;
  const recordOf = (device: string): DeviceRecord => {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const fresh: DeviceRecord = { sent: [undefined], arrived: [] };
    devices.set(device, fresh);
    out.set(device, new Set());
    return fresh;
  };
  return {
    devices,
    counts,
    get outstanding() {
      return outstanding;
    },
    sent: (device, sequence, content) => {
      counts.sent += 1;
      recordOf(device).sent[sequence] = {
        hash: hashOf(content),
        number: counts.sent,
        at: now(),
        isAcknowledged: false,
      };
    },
    acknowledged: (device, sequence) => {
      const sent = recordOf(device).sent[sequence];
      if (sent === undefined || sent.isAcknowledged) return;
      sent.isAcknowledged = true;
      counts.acknowledged += 1;
      if (out.get(device)?.has(sequence) !== true) outstanding += 1;
    },
    longestWay: (from, to) => {
      let longest = 0;
      for (let second = secondOf(from); second <= secondOf(to); second++)
        longest = Math.max(longest, longestBySecond.get(second) ?? 0);
      return longest;
    },
    longestGap: () => {
      const longest = gapMs;
      gapMs = 0;
      return longest;
    },
    arrived: (device, sequence, content) => {
      const at = now();
      if (lastAt > 0) gapMs = Math.max(gapMs, at - lastAt);
      lastAt = at;
      counts.arrived += 1;
      const record = recordOf(device);
      record.arrived.push({ sequence, hash: hashOf(content) });
      const sent = record.sent[sequence];
      const before = out.get(device);
      if (sent !== undefined && before?.has(sequence) === false) {
        const second = secondOf(sent.at);
        longestBySecond.set(second, Math.max(longestBySecond.get(second) ?? 0, at - sent.at));
      }
      if (sent?.isAcknowledged === true && before?.has(sequence) === false) outstanding -= 1;
      before?.add(sequence);
      const prefix = device.charAt(0);
      highest.set(prefix, Math.max(highest.get(prefix) ?? 0, sent?.number ?? 0));
    },
    missing: function* () {
      for (const [device, { sent }] of devices) {
        for (const [sequence, one] of sent.entries())
          if (one?.isAcknowledged === true && out.get(device)?.has(sequence) !== true)
            yield { device, sequence };
      }
    },
    highestOut: (prefix) => highest.get(prefix) ?? 0,
  };
}

function secondOf(at: number): number {
  return Math.floor(at / 1_000);
}

function hashOf(content: string): string {
  return createHash('sha1').update(content).digest('base64').slice(0, 16);
}
