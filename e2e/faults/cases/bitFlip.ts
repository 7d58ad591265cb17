import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bed } from '../bed.ts';
import { killTree } from '../processes.ts';
import { settleAndJudge } from '../report.ts';
import type { Outage } from '../thermometers.ts';
import { now, sleep } from '../time.ts';
import type { Case } from './case.ts';

/** Behind the headers of a database file and of a write-ahead log (SQLite file format, sections 1.3 and 4.1). */
const FIRST_BYTE = 100;
const SHORT_ROUNDS = 2;
const LONG_ROUNDS = 20;
/** What the log says of state that is damaged. */
const REPORTED = /damage|has lost|not the one that was written|malformed|set aside/i;

/**
 * Between a kill and the start one bit of the state on disk is another, in the log and in the file by turns. Either
 * nothing comes of it, or the product says so; what does not hang on that state goes on in any case.
 */
export const bitFlip: Case = {
  name: 'bit-flip',
  brokers: ['mosquitto', 'embedded'],
  shortBrokers: ['mosquitto'],
  run: async (bed, { isShort, rounds = isShort ? SHORT_ROUNDS : LONG_ROUNDS }) => {
    const outages: Outage[] = [];
    const flipped: string[] = [];
    let underWay = 0;
    let reported = 0;
    for (let round = 0; round < rounds; round++) {
      await sleep(bed.random.between(300, 1_000));
      const from = now();
      underWay += bed.tap?.underWay() ?? 0;
      await killTree(bed.product().pid);
      flipped.push(flipIn(bed, round % 2 === 0 ? 'state.db-wal' : 'state.db'));
      await bed.startServer();
      outages.push(await bed.recovered(from));
      if (REPORTED.test(bed.product().output())) reported += 1;
    }
    const { figures, breaches } = await settleAndJudge(bed, { outages, underWay, isStateLost: reported > 0 });
    return {
      figures: [`flipped ${flipped.join(' and ')}`, `${reported} of ${rounds} reported`, ...figures],
      breaches,
    };
  },
};

/** Turns over one bit; gives where. */
function flipIn({ data, random }: Bed, name: string): string {
  const [found] = globSync(`**/${name}`, { cwd: data });
  if (found === undefined) throw new Error(`There is no ${name} in ${data}.`);
  const file = join(data, found);
  const bytes = readFileSync(file);
  if (bytes.length <= FIRST_BYTE) return `nothing (${name} is empty)`;
  const place = random.between(FIRST_BYTE, bytes.length - 1);
  bytes[place] = (bytes[place] ?? 0) ^ (1 << random.between(0, 7));
  writeFileSync(file, bytes);
  return `${name} at ${place} of ${bytes.length}`;
}
