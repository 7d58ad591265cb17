import type { Bed } from '../bed.ts';
import { killProgram } from '../processes.ts';
import type { Report } from '../report.ts';
import { settleAndJudge } from '../report.ts';
import { holdsWithin, now, sleep } from '../time.ts';
import type { Case } from './case.ts';

/** The broker of the devices is away, and comes back with its sessions. */
export const brokerAway: Case = {
  name: 'broker-away',
  brokers: ['mosquitto'],
  run: async (bed, { isShort }) => {
    const from = now();
    const underWay = bed.tap?.underWay() ?? 0;
    await bed.mosquitto?.stop();
    await sleep(isShort ? 3_000 : 30_000);
    await bed.mosquitto?.start();
    const outage = await bed.recovered(from);
    return settleAndJudge(bed, { outages: [outage], underWay });
  },
};

/** Enough for what comes in a minute. */
const MOST_OUTSTANDING = 200_000;

/**
 * The broker that the flows send to is away. Intake goes on: what comes in is acknowledged and waits on disk, which is
 * proved by killing the runner meanwhile.
 */
export const targetAway: Case = {
  name: 'target-away',
  brokers: ['mosquitto', 'embedded'],
  shortBrokers: ['mosquitto'],
  bed: () => ({ hasTarget: true, load: { mostOutstanding: MOST_OUTSTANDING } }),
  run: async (bed, { isShort }) => {
    const from = now();
    const underWay = bed.tap?.underWay() ?? 0;
    await bed.target?.stop();
    await sleep(isShort ? 2_000 : 30_000);
    const waiting = await waitingOnDisk(bed);
    await killProgram(bed.product().pid, 'runner');
    await sleep(isShort ? 2_000 : 30_000);
    await bed.target?.start();
    const outage = await bed.recovered(from);
    const report = await settleAndJudge(bed, { outages: [outage, outage], underWay: 2 * underWay });
    return withOutbox(report, waiting, await isEmptied(bed));
  },
};

interface Outbox {
  readonly waiting: number;
}

async function outboxes(bed: Bed): Promise<readonly Outbox[]> {
  const { status, body } = await bed.api.get('/api/outboxes');
  if (status !== 200) throw new Error(`The outboxes were answered with ${status}: ${JSON.stringify(body)}`);
  return body as readonly Outbox[];
}

/** How many messages the product says that it keeps, once it keeps some. */
async function waitingOnDisk(bed: Bed): Promise<number> {
  let waiting = 0;
  await holdsWithin(10_000, async () => {
    waiting = (await outboxes(bed)).reduce((sum, { waiting: more }) => sum + more, 0);
    return waiting > 0;
  });
  return waiting;
}

function isEmptied(bed: Bed): Promise<boolean> {
  return holdsWithin(10_000, async () => (await outboxes(bed)).every(({ waiting }) => waiting === 0));
}

function withOutbox({ figures, breaches }: Report, waiting: number, isEmpty: boolean): Report {
  return {
    figures: [`${waiting} waited in the outboxes`, ...figures],
    breaches: [
      ...(waiting > 0 ? [] : ['no message was shown as waiting while the target was away']),
      ...(isEmpty ? [] : ['messages are still shown as waiting when all are out']),
      ...breaches,
    ],
  };
}
