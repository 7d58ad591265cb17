import type { Bed } from '../bed.ts';
import { whyNoSmallDisk } from '../disk.ts';
import { killProgram } from '../processes.ts';
import { settleAndJudge } from '../report.ts';
import { holdsWithin, now, sleep } from '../time.ts';
import type { Case } from './case.ts';

const DISK_MB = 96;

/** Not one byte more can be written for a while. Nothing is acknowledged meanwhile, somebody is told, and it goes on by itself. */
export const fullDisk: Case = {
  name: 'full-disk',
  brokers: ['mosquitto', 'embedded'],
  skip: whyNoSmallDisk,
  bed: () => ({ diskMb: DISK_MB }),
  run: async (bed, { isShort }) => {
    const from = now();
    const underWay = bed.tap?.underWay() ?? 0;
    bed.disk?.fill();
    const isTold = await holdsWithin(10_000, () => isSaid(bed));
    await sleep(isShort ? 1_000 : 20_000);
    bed.disk?.makeRoom();
    const outage = await bed.recovered(from);
    const { figures, breaches } = await settleAndJudge(bed, { outages: [outage], underWay });
    return { figures, breaches: isTold ? breaches : ['nobody was told that the disk is full', ...breaches] };
  },
};

/**
 * The disk is full while the target is away, and then the runner is killed: what came in since is neither on disk nor at
 * the target, so it must not have been acknowledged.
 */
export const fullDiskKill: Case = {
  name: 'full-disk-kill',
  brokers: ['mosquitto'],
  skip: whyNoSmallDisk,
  bed: () => ({ diskMb: DISK_MB, hasTarget: true }),
  run: async (bed) => {
    const from = now();
    const underWay = bed.tap?.underWay() ?? 0;
    bed.disk?.fill();
    await bed.target?.stop();
    await holdsWithin(10_000, () => isSaid(bed));
    const underWayLater = bed.tap?.underWay() ?? 0;
    await killProgram(bed.product().pid, 'runner');
    bed.disk?.makeRoom();
    await bed.target?.start();
    const outage = await bed.recovered(from);
    return settleAndJudge(bed, { outages: [outage, outage], underWay: underWay + underWayLater });
  },
};

async function isSaid({ product, api }: Bed): Promise<boolean> {
  if (/disk is full/i.test(product().output())) return true;
  return /disk is full/i.test(JSON.stringify((await api.get('/api/deployments')).body));
}
