import type { Bed } from '../bed.ts';
import type { FlowParts } from '../flows.ts';
import { standardFlows, withExtraNodes, withoutTarget } from '../flows.ts';
import { settleAndJudge } from '../report.ts';
import type { Outage } from '../thermometers.ts';
import { now, sleep } from '../time.ts';
import type { Case } from './case.ts';

const SHORT_ROUNDS = 4;
const LONG_ROUNDS = 60;
const LONG_PAUSE_MS = 2_000;
const SHORT_PAUSE_MS = 700;
/** So many shapes, one after the other. */
const SHAPES = 3;

/**
 * All flows are deployed again and again with nodes put in and taken out, once with a mistake. Nothing may be lost, and
 * nothing doubled: what was under way is through before the new version begins.
 */
export const redeploy: Case = {
  name: 'redeploy',
  brokers: ['mosquitto', 'embedded'],
  run: async (bed, { isShort, rounds = isShort ? SHORT_ROUNDS : LONG_ROUNDS }) => {
    const outages: Outage[] = [];
    const breaches: string[] = [];
    bed.ledger.longestGap();
    for (let round = 1; round <= rounds; round++) {
      await sleep(isShort ? SHORT_PAUSE_MS : LONG_PAUSE_MS);
      const from = now();
      if (round === 2) breaches.push(...(await deployMistakes(bed)));
      breaches.push(...(await deployAll(bed, (parts) => withExtraNodes(parts, round % SHAPES))));
      outages.push(await bed.recovered(from));
    }
    const longestGap = bed.ledger.longestGap();
    const report = await settleAndJudge(bed, { outages, underWay: 0, mostDuplicates: 0 });
    return {
      figures: [`${rounds} deploys of each flow`, `longest gap ${longestGap} ms`, ...report.figures],
      breaches: [...breaches, ...report.breaches],
    };
  },
};

/** Deploys every flow in another form; a sentence for each that was refused. */
async function deployAll(bed: Bed, change: (parts: FlowParts) => FlowParts): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, parts] of Object.entries(standardFlows(bed.connection))) {
    const answer = await bed.api.redeploy(bed.flows.get(name) ?? '', name, change(parts));
    if (answer.status >= 400) refused.push(`${name} was refused: ${JSON.stringify(answer.body)}`);
  }
  return refused;
}

/** Every flow without the settings of its target: has to be refused, while the version before runs on. */
async function deployMistakes(bed: Bed): Promise<string[]> {
  const refused = await deployAll(bed, withoutTarget);
  const left = bed.flows.size - refused.length;
  return left === 0 ? [] : [`${left} flows whose target is not set were deployed`];
}
