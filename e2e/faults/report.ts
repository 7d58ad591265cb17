import type { Bed } from './bed.ts';
import { BOUNDS } from './bed.ts';
import { judge } from './oracle.ts';
import type { Outage } from './thermometers.ts';

/** What came of one fault: figures for whoever reads it, and each breach as a sentence. */
export interface Report {
  readonly figures: readonly string[];
  readonly breaches: readonly string[];
}

/** What was done to the product. */
export interface Faults {
  readonly outages: readonly Outage[];
  /** Messages that were under way when it happened, where they could be counted. */
  readonly underWay: number;
  /** The broker itself has lost messages, so what counts is what it was told and what it told. */
  readonly isBrokerKilled?: boolean;
  readonly isExcused?: (device: string, sequence: number) => boolean;
  /** In place of the bound that follows from the above. */
  readonly mostDuplicates?: number;
}

/** Lets the load end, and judges it by the ledger. */
export async function settleAndJudge(bed: Bed, faults: Faults): Promise<Report> {
  const { ledger, tap, thermometers, publisher, load, memory } = bed;
  const isExcused = faults.isBrokerKilled === true ? excuses(bed) : faults.isExcused;
  await bed.settle(isExcused);
  const bound = faults.mostDuplicates ?? mostDuplicates(bed, faults);
  const counted = judge(ledger, {
    mostDuplicates: faults.isBrokerKilled === true ? Number.POSITIVE_INFINITY : bound,
    ...(isExcused === undefined ? {} : { isExcused }),
  });
  const timers = thermometers.judge(faults.outages, bound);
  const { firstMb, mostMb } = memory.figures();
  const again = tap !== undefined && faults.isBrokerKilled === true ? tap.sentAgain : counted.duplicates;
  const breaches = [...counted.breaches, ...timers.breaches, ...memory.breaches()];
  if (publisher.inFlight > 0) breaches.push(`${publisher.inFlight} messages were never acknowledged`);
  if (faults.isBrokerKilled === true && again > bound)
    breaches.push(`${again} were sent once more by the product; at most ${bound} were under way`);
  return {
    figures: [
      `${counted.acknowledged} acknowledged at ${Math.round(load.rate())}/s`,
      `${counted.lost} lost`,
      `${again} duplicates (bound ${bound})`,
      ...(timers.episodes === 0 ? [] : [`${timers.episodes} alerts`]),
      `${firstMb} → ${mostMb} MB`,
    ],
    breaches,
  };
}

/**
 * The bound: what was unacknowledged and unconfirmed at each fault as the tap has counted it, or the product's own
 * window where there is no tap; at each fault what sinks had sent and not yet struck out on disk; and what the
 * publisher itself sent again.
 */
function mostDuplicates({ tap, publisher }: Bed, { outages, underWay }: Faults): number {
  const most = outages.length * BOUNDS.inputs;
  const inputs = tap === undefined ? most : Math.min(most, underWay);
  return inputs + outages.length * BOUNDS.outputs + publisher.sentAgain;
}

/** Lost, but not by the product: it was never told that it has it, or it was told that the broker has it. */
function excuses({ tap }: Bed): (device: string, sequence: number) => boolean {
  return (device, sequence) => {
    const key = `${device}#${sequence}`;
    return tap !== undefined && (!tap.isTaken(key) || tap.isConfirmed(key));
  };
}
