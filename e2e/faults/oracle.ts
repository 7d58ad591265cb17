import type { DeviceRecord, Ledger } from './ledger.ts';

/** What the ledger says. Each breach is a sentence; without one the product has kept its promise. */
export interface Judgement {
  readonly breaches: readonly string[];
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicates: number;
}

export interface Rules {
  /** The most duplicates: what was under way at the faults. */
  readonly mostDuplicates: number;
  /** A message that need not come out, by device and sequence. */
  readonly isExcused?: (device: string, sequence: number) => boolean;
}

/**
 * Acknowledged − delivered is nothing; nothing came out that was not sent; by device the order is that of sending, once
 * duplicates are left out; duplicates are within their bound.
 */
export function judge(ledger: Ledger, rules: Rules): Judgement {
  const found = { lost: [] as string[], foreign: [] as string[], disordered: [] as string[] };
  let duplicates = 0;
  for (const [device, record] of ledger.devices) {
    const seen = judgeArrivals(device, record, found);
    duplicates += record.arrived.length - seen.size;
    for (const [sequence, sent] of record.sent.entries()) {
      if (sent?.isAcknowledged !== true || seen.has(sequence)) continue;
      if (rules.isExcused?.(device, sequence) !== true) found.lost.push(`${device}#${sequence}`);
    }
  }
  const breaches = [
    ...breach(found.lost, 'acknowledged and never delivered'),
    ...breach(found.foreign, 'delivered and not sent like that'),
    ...breach(found.disordered, 'delivered after a later one of the device'),
  ];
  if (duplicates > rules.mostDuplicates)
    breaches.push(`${duplicates} duplicates; at most ${rules.mostDuplicates} were under way at the faults`);
  return {
    breaches,
    acknowledged: ledger.counts.acknowledged,
    lost: found.lost.length,
    duplicates,
  };
}

function judgeArrivals(
  device: string,
  { sent, arrived }: DeviceRecord,
  found: { readonly foreign: string[]; readonly disordered: string[] },
): ReadonlySet<number> {
  const seen = new Set<number>();
  let last = 0;
  for (const { sequence, hash } of arrived) {
    if (sent[sequence]?.hash !== hash) found.foreign.push(`${device}#${sequence}`);
    if (seen.has(sequence)) continue;
    if (sequence < last) found.disordered.push(`${device}#${sequence}`);
    last = Math.max(last, sequence);
    seen.add(sequence);
  }
  return seen;
}

const SHOWN = 5;

function breach(which: readonly string[], what: string): string[] {
  if (which.length === 0) return [];
  const more = which.length > SHOWN ? ', …' : '';
  return [`${which.length} ${what}: ${which.slice(0, SHOWN).join(', ')}${more}`];
}
