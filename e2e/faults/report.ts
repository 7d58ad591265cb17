import type { Bed } from './bed.ts';

import { deadLetters } from './api.ts';
import { wayOf } from './flows.ts';
import { judge } from './oracle.ts';
import type { Outage } from './thermometers.ts';
import { untilNothingChanges } from './time.ts';

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
  /** The broker itself has lost messages, so what counts is what the product was given and what it was told. */
  readonly isBrokerKilled?: boolean;
  /** State was damaged and the product has said so: what hangs on it may be gone. */
  readonly isStateLost?: boolean;
  /** Messages that must not come out. */
  readonly isPoison?: (device: string, sequence: number) => boolean;
  /** What waits in the memory of the product while the fault lasts, as it promises, MB. */
  readonly heldMb?: number;
  /** In place of the bound that follows from the above. */
  readonly mostDuplicates?: number;
}

/** Lets the load end, and judges it by the ledger. */
export async function settleAndJudge(bed: Bed, faults: Faults): Promise<Report> {
  const { ledger, tap, thermometers, publisher, load, memory } = bed;
  const isExcused = excusing(bed, faults);
  await settle(bed, isExcused);
  const bound = faults.mostDuplicates ?? mostDuplicates(bed, faults);
  const isBrokerKilled = faults.isBrokerKilled === true;
  const counted = judge(ledger, {
    mostDuplicates: isBrokerKilled ? Number.POSITIVE_INFINITY : bound,
    isExcused,
  });
  const timers = thermometers.judge({
    outages: faults.outages,
    longestWay: ledger.longestWay,
    mostDuplicates: bound,
  });
  const again = isBrokerKilled ? (tap?.sentAgain ?? 0) : counted.duplicates;
  const breaches = [...counted.breaches, ...memory.breaches(faults.heldMb ?? 0)];
  if (faults.isStateLost !== true) breaches.push(...timers.breaches);
  if (publisher.inFlight > 0) breaches.push(`${publisher.inFlight} messages were never acknowledged`);
  if (isBrokerKilled && again > bound)
    breaches.push(`${again} were sent once more by the product; at most ${bound} were under way`);
  if (faults.isPoison === undefined) breaches.push(...(await unexpectedLetters(bed)));
  const { firstMb, mostMb } = memory.figures();
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

/** When nothing has come for so long nothing will. */
const NO_PROGRESS_MS = 20_000;
/** So long there have to be no more duplicates. */
const QUIET_MS = 500;

type IsExcused = (device: string, sequence: number) => boolean;

/** Stops the load and waits until all is out, or until nothing comes any more. */
async function settle({ load, thermometers, publisher, ledger }: Bed, isExcused: IsExcused): Promise<void> {
  load.stop();
  thermometers.finish();
  const isMissing = () => {
    for (const { device, sequence } of ledger.missing()) if (!isExcused(device, sequence)) return true;
    return false;
  };
  const isThrough = () => publisher.inFlight === 0 && thermometers.isAtRest && !isMissing();
  await untilNothingChanges(NO_PROGRESS_MS, isThrough, () => ledger.counts.arrived + thermometers.finished);
  await untilNothingChanges(
    QUIET_MS,
    () => false,
    () => ledger.counts.arrived,
  );
}

/** The product's own windows, in messages. */
const BOUNDS = {
  /** What one MQTT connection of it may have unacknowledged. */
  inputs: 4_096,
  /** What its four `mqtt-out` of the load may have sent and not yet noted on disk as sent: four calls of 256 each. */
  outputs: 4 * 4 * 256,
} as const;

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

/** What need not come out. */
function excusing({ tap }: Bed, { isBrokerKilled, isStateLost, isPoison }: Faults): IsExcused {
  return (device, sequence) => {
    const key = `${device}#${sequence}`;
    // Lost, but not by the product: it was never told that it has it, or it was told that the broker has it.
    if (isBrokerKilled === true && tap !== undefined && (!tap.isTaken(key) || tap.isConfirmed(key)))
      return true;
    if (isStateLost === true && ['k', 'h'].includes(wayOf(device) ?? '')) return true;
    return isPoison?.(device, sequence) === true;
  };
}

async function unexpectedLetters({ api }: Bed): Promise<string[]> {
  const letters = await deadLetters(api, '');
  const [first] = letters;
  return first === undefined ? [] : [`${letters.length} dead letters, the first: ${JSON.stringify(first)}`];
}
