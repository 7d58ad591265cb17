import { settleAndJudge } from '../report.ts';
import { now, sleep } from '../time.ts';
import type { Case } from './case.ts';

const SLOW_PER_SECOND = 500;

/** Who subscribes to the results reads them much slower than they come: memory stays flat, and all of them come. */
export const slowReader: Case = {
  name: 'slow-reader',
  brokers: ['mosquitto', 'embedded'],
  shortBrokers: ['embedded'],
  run: async (bed, { isShort }) => {
    const from = now();
    bed.sink.slow(SLOW_PER_SECOND);
    await sleep(isShort ? 4_000 : 60_000);
    bed.sink.slow(undefined);
    const outage = await bed.recovered(from);
    return settleAndJudge(bed, { outages: [outage], underWay: 0, mostDuplicates: 0 });
  },
};
